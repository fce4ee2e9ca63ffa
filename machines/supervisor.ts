/**
 * Supervisor: starts its children in order, restarts them by its strategy, stops them in reverse.
 * Path: starting -> running -> restarting -> running ... -> stopping -> stopped.
 * Invariants: it does one thing at a time; a child that it stopped or gave up is not alive when it
 * has ended; it never restarts more often than its intensity allows, and then it ends in order.
 */
import { enqueueActions, setup } from 'xstate';
import { alarmOf, newSupervision, type Order, supervise } from '../src/policies/index.ts';
import {
  asAddress,
  effect,
  type IncidentParams,
  type SendParams,
  type SupervisorEvent,
  type SupervisorSpec,
} from '../src/protocol/index.ts';
import { timeOf } from './run.ts';
import {
  type GaveUp,
  isPhase,
  openedBy,
  outputOf,
  policyEvent,
  type SupervisorContext,
  type SupervisorOutput,
  tellFailed,
  tellStarted,
  toldOf,
} from './supervisor-setup.ts';

/** The policy decides, whatever the supervisor is doing. */
const decided = { actions: 'decide' } as const;

/** The supervisor machine. */
export const supervisorMachine = setup({
  types: {} as {
    input: SupervisorSpec;
    context: SupervisorContext;
    events: SupervisorEvent;
    output: SupervisorOutput;
    tags: 'active';
  },
  guards: { isPhase },
  actions: {
    send: effect<SendParams>(),
    /** At the root: nobody above decides what becomes of it. */
    incident: effect<IncidentParams>(),
    /** Starts, stops and kills children, and answers callers, in this order. */
    order: effect<{ orders: readonly Order[] }>(),
    /** Tells the log that it gave up. */
    tell: effect<{ gaveUp: readonly GaveUp[] }>(),
    /** Asks the policy; passes on what it orders and sets the alarm by what it knows then. */
    decide: enqueueActions(({ context, event, enqueue }) => {
      const { spec, supervision: before } = context;
      const at = timeOf(event, spec.createdAt);
      const what = policyEvent(event);
      const { supervision, orders } = supervise(spec, before, what, at);
      enqueue.assign({ supervision });
      const carried = orders.filter(({ order }) => order !== 'retry');
      if (carried.length > 0) enqueue({ type: 'order', params: { orders: carried } });
      const to = [asAddress(spec.supervisor)];
      for (const order of orders) {
        if (order.order !== 'retry') continue;
        const { child, start } = order;
        const event = { type: 'supervisor.retry', child, start };
        enqueue({ type: 'send', params: { to, event } });
      }
      const [due, dueBefore] = [alarmOf(supervision), alarmOf(before)];
      if (due === dueBefore && what.is !== 'alarm') return;
      enqueue.cancel('alarm');
      if (due === undefined) return;
      const delay = Math.max(0, due - at);
      enqueue.raise({ type: 'supervisor.alarm', at: due }, { id: 'alarm', delay });
    }),
  },
}).createMachine({
  id: 'supervisor',
  version: '1',
  initial: 'starting',
  context: ({ input }) => ({ spec: input, supervision: newSupervision(input) }),
  output: ({ context }) => outputOf(context),
  on: {
    'supervised.started': decided,
    'supervised.ignored': decided,
    'supervised.failed': decided,
    'dependency.settled': decided,
    'child.poisoned': decided,
    'supervisor.retry': decided,
    'supervisor.alarm': decided,
    'supervisor.start': decided,
    'supervisor.add': decided,
    'supervisor.restart': decided,
    'supervisor.terminate': decided,
    'supervisor.remove': decided,
    'supervisor.delete': decided,
    'supervisor.which': decided,
    'supervisor.count': decided,
    'supervisor.stop': decided,
    'supervisor.kill': decided,
    'supervisor.orphan': decided,
  },
  states: {
    starting: {
      tags: 'active',
      entry: 'decide',
      always: [
        {
          guard: { type: 'isPhase', params: { phase: 'running' } },
          target: 'running',
          actions: { type: 'send', params: ({ context }) => tellStarted(context) },
        },
        { guard: { type: 'isPhase', params: { phase: 'stopping' } }, target: 'stopping' },
        { guard: { type: 'isPhase', params: { phase: 'killing' } }, target: 'killing' },
        { guard: { type: 'isPhase', params: { phase: 'stopped' } }, target: 'stopped' },
      ],
    },
    running: {
      tags: 'active',
      always: [
        { guard: { type: 'isPhase', params: { phase: 'restarting' } }, target: 'restarting' },
        { guard: { type: 'isPhase', params: { phase: 'stopping' } }, target: 'stopping' },
        { guard: { type: 'isPhase', params: { phase: 'killing' } }, target: 'killing' },
        { guard: { type: 'isPhase', params: { phase: 'stopped' } }, target: 'stopped' },
      ],
    },
    restarting: {
      tags: 'active',
      always: [
        { guard: { type: 'isPhase', params: { phase: 'running' } }, target: 'running' },
        { guard: { type: 'isPhase', params: { phase: 'stopping' } }, target: 'stopping' },
        { guard: { type: 'isPhase', params: { phase: 'killing' } }, target: 'killing' },
        { guard: { type: 'isPhase', params: { phase: 'stopped' } }, target: 'stopped' },
      ],
    },
    stopping: {
      tags: 'active',
      always: [
        { guard: { type: 'isPhase', params: { phase: 'killing' } }, target: 'killing' },
        { guard: { type: 'isPhase', params: { phase: 'stopped' } }, target: 'stopped' },
      ],
    },
    killing: {
      tags: 'active',
      always: { guard: { type: 'isPhase', params: { phase: 'stopped' } }, target: 'stopped' },
    },
    stopped: {
      type: 'final',
      entry: [
        { type: 'send', params: ({ context }) => tellFailed(context) },
        { type: 'incident', params: ({ context }) => openedBy(context) },
        { type: 'tell', params: ({ context }) => toldOf(context) },
      ],
    },
  },
});
