/**
 * What `step.ts` relies on in XState: that a machine's `transition`, given a scope of the host's
 * own, decides what a live actor of `createActor` does. Held for every machine of the house over
 * arbitrary stories, and for throws at every place where a user's code can throw.
 *
 * It asserts by itself, so that it runs under vitest, which loads XState's development build, and
 * under plain Node, which loads the production one.
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import fc from 'fast-check';
import { type AnyMachineSnapshot, type AnyStateMachine, assign, createActor, setup } from 'xstate';
import { type Kind, machines } from '../../machines/index.ts';
import { begin, type Decision, revive, step, textOf, withSpec } from '../../src/engine/step.ts';
import { effect, limits } from '../../src/protocol/index.ts';
import { approvalTelling } from '../machines/approval-telling.ts';
import { handoffTelling } from '../machines/handoff-telling.ts';
import { LiveWalk } from '../machines/live.ts';
import { play, type Story, storiesOf, type Telling } from '../machines/stories.ts';
import { supervisorTelling } from '../machines/supervisor-telling.ts';
import { taskTelling } from '../machines/task-telling.ts';
import { botTelling, inboxTelling, incidentTelling, systemTelling } from '../machines/tellings.ts';
import { type Step, statusOf, Walk } from '../machines/walk.ts';
import { workflowTelling } from '../machines/workflow-telling.ts';

const tellings: Readonly<Record<Kind, Telling<unknown>>> = {
  system: systemTelling,
  bot: botTelling,
  inbox: inboxTelling,
  task: taskTelling,
  workflow: workflowTelling,
  approval: approvalTelling,
  handoff: handoffTelling,
  incident: incidentTelling,
  supervisor: supervisorTelling,
};

/** Holds the machines of the house to `createActor`; throws at the first difference. */
export function holdToLiveActors(numRuns: number): void {
  for (const kind of Object.keys(machines) as Kind[]) {
    const machine: AnyStateMachine = machines[kind];
    const property = fc.property(storiesOf(tellings[kind]), (story) =>
      compare(machine, tellings[kind], story),
    );
    fc.assert(property, { numRuns });
  }
}

/** The engine's steps, a live actor and a walk by microsteps, side by side. */
function compare(machine: AnyStateMachine, telling: Telling<unknown>, story: Story<unknown>): void {
  const walk = Walk.start(machine, story.spec);
  const live = new LiveWalk(machine, story.spec);
  const timers = new Map<string, unknown>();
  let { snapshot } = same(begin(machine, story.spec), walk.steps[0], { walk, live, timers });
  play(telling, story, walk, (seen) => {
    if (seen.before === undefined || seen.before.status !== 'active') return;
    live.repeat(seen);
    if (seen.isFiring) timers.delete(timerOf(seen, timers));
    const text = textOf(snapshot);
    const decision = step(snapshot, { ...seen.event });
    equal(textOf(snapshot), text, 'a step leaves the snapshot that it began with alone');
    same(decision, seen, { walk, live, timers });
    if (!seen.isTaken) equal(decision.snapshot, snapshot, 'what is not taken changes nothing');
    snapshot = revived(machine, decision.snapshot);
  });
}

interface Beside {
  readonly walk: Walk;
  readonly live: LiveWalk;
  readonly timers: Map<string, unknown>;
}

function same(decision: Decision, seen: Step | undefined, { walk, live, timers }: Beside) {
  ok(seen !== undefined);
  deepEqual(shown(decision.snapshot), shown(live.snapshot));
  deepEqual(plain(decision.effects), plain(live.takeActions()));
  deepEqual(decision.entered, passed(seen));
  for (const { timer, delayMs, event } of decision.timers) {
    if (delayMs === undefined) timers.delete(timer);
    else timers.set(timer, { delayMs, event });
  }
  // The host clears all timers of who ended, as a live actor does.
  if (decision.snapshot.status !== 'active') timers.clear();
  const ended = walk.snapshot.status !== 'active';
  const waiting = (ended ? [] : walk.timers).map(
    ({ id, delayMs, event }) => [id, { delayMs, event }] as const,
  );
  deepEqual(new Map(timers), new Map(waiting));
  equal(timers.size, live.waiting);
  return decision;
}

/** The statuses that a step passed through, from its microsteps. */
function passed({ before, microsteps }: Step): string[] {
  const statuses = microsteps.map(({ status }) => status);
  const from = before === undefined ? '' : statusOf(before);
  return statuses.filter((status, index) => status !== (statuses[index - 1] ?? from));
}

/** A snapshot that went through text is the same but for its objects; the spec stands beside it. */
function revived(machine: AnyStateMachine, snapshot: AnyMachineSnapshot) {
  const again = revive(machine, textOf(snapshot), snapshot.context.spec);
  deepEqual(shown(again), shown(snapshot));
  equal(again.machine, machine);
  equal(again.matches(snapshot.value), true);
  const respecified = withSpec(again, { other: true });
  deepEqual(respecified.context.spec, { other: true });
  equal(textOf(respecified), textOf(again));
  return again;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const shown = (snapshot: AnyMachineSnapshot): unknown => ({
  ...JSON.parse(textOf(snapshot)),
  spec: plain(snapshot.context.spec),
  tags: [...snapshot.tags].sort(),
  nodes: snapshot._nodes.map((node) => node.id).sort(),
  children: Object.keys(snapshot.children),
  history: snapshot.historyValue,
});

const timerOf = ({ event }: Step, timers: Beside['timers']): string =>
  [...timers].find(([, timer]) => Object(timer).event.type === event.type)?.[0] ?? '';

const fault = (): never => {
  throw new RangeError('a fault of the chart');
};

/** A chart whose `go` meets a fault at the named place. */
const faulty = setup({
  types: {} as { context: { n: number }; input: { fails?: boolean } },
  guards: { throwing: fault },
  delays: { throwing: fault, endless: () => Number.NaN },
  actions: { say: effect<object>(), throwing: assign(fault) },
}).createMachine({
  id: 'faulty',
  initial: 'idle',
  context: ({ input }) => (input.fails === true ? fault() : { n: 0 }),
  on: {
    say: { actions: { type: 'say', params: () => ({ said: true }) } },
    guard: { guard: 'throwing' },
    assign: { actions: [{ type: 'say', params: {} }, 'throwing'] },
    params: {
      actions: [
        { type: 'say', params: {} },
        { type: 'say', params: fault },
      ],
    },
    entry: '.entry',
    exit: '.exit',
    delay: '.delay',
    endless: '.endless',
    loop: '.ping',
  },
  states: {
    idle: {},
    entry: { entry: 'throwing' },
    exit: { exit: 'throwing' },
    delay: { after: { throwing: 'idle' } },
    endless: { after: { endless: 'idle' } },
    ping: { always: 'pong' },
    pong: { always: 'ping' },
  },
});

/** A throw anywhere in a chart ends the step, and nothing of it reaches the next one. */
export function holdToThrows(): void {
  throws(() => begin(faulty, { fails: true }), RangeError);
  const { snapshot } = begin(faulty, {});
  const exiting = step(snapshot, { type: 'exit' }).snapshot;
  for (const type of ['guard', 'assign', 'params', 'entry', 'delay']) {
    throws(() => step(snapshot, { type }), /a fault of the chart/, `a throw in ${type}`);
    deepEqual(plain(step(snapshot, { type: 'say' }).effects), [
      { type: 'say', params: { said: true } },
    ]);
  }
  throws(() => step(exiting, { type: 'loop' }), RangeError, 'a throw in exit');
  throws(() => step(snapshot, { type: 'endless' }), /milliseconds \(found NaN\)/);
  const loop = new RegExp(`${limits.microsteps + 1} microsteps`);
  throws(() => step(snapshot, { type: 'loop' }), loop);
  equal(step(snapshot, { type: 'unknown' }).snapshot, snapshot);
}

/** Whether this is XState's development build: it warns of a message to who has stopped. */
export function isDevelopmentBuild(): boolean {
  const { warn } = console;
  let warned = false;
  console.warn = () => {
    warned = true;
  };
  const stopped = createActor(faulty, { input: {} }).start().stop();
  stopped.send({ type: 'late' });
  console.warn = warn;
  return warned;
}
