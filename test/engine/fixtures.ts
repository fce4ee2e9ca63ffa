/**
 * A host on a simulated clock and disk, and actors that do what their mail says, so that what a
 * test sends is what it is about.
 */
import { assign, cancel, raise, setup } from 'xstate';
import { type SimulatedClock, simulatedClock } from '../../src/clock/index.ts';
import {
  type Behaviour,
  type Creation,
  type Fitness,
  LocalHost,
  type Putting,
  type Recovery,
} from '../../src/engine/index.ts';
import { type Batch, type SimulatedDisk, simulatedDisk } from '../../src/journal/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type BuryParams,
  type Effect,
  effect,
  type Limits,
  type LogFacts,
  type Logger,
  limits,
  type RecordParams,
  type SendParams,
  type TroupeError,
  type WatchParams,
  type WithdrawParams,
} from '../../src/protocol/index.ts';

import { errorOf } from '../refusal.ts';

interface PuppetContext {
  readonly spec: unknown;
  /** What it was told, in order. */
  readonly notes: readonly unknown[];
}

const fault = (): never => {
  throw new RangeError('a fault of the chart');
};

const msOf = ({ event }: { event: ActorEvent }): number => Number(event.ms);

const itsNote = ({ event }: { event: ActorEvent }): unknown => event.note;
const firedOf = ({ event }: { event: ActorEvent }): unknown => `fired ${event.timer}`;
const outcomeOf = ({ event }: { event: ActorEvent }): unknown => event.outcome;

const told = ({ event }: { event: ActorEvent }): never => event.params as never;

/** A machine without a will of its own: every event names what to do. */
export const puppetMachine = setup({
  types: {} as {
    context: PuppetContext;
    events: ActorEvent;
    input: unknown;
    tags: 'open' | 'active';
  },
  guards: { faulty: fault },
  delays: { faulty: fault },
  actions: {
    send: effect<SendParams>(),
    withdraw: effect<WithdrawParams>(),
    record: effect<RecordParams>(),
    watch: effect<WatchParams>(),
    bury: effect<BuryParams>(),
    /** Is performed by the host's behaviour. */
    act: effect<unknown>(),
    faulty: assign(fault),
    note: assign({ notes: ({ context }, note: unknown) => [...context.notes, note] }),
    armA: raise({ type: 'fired', timer: 'a' }, { id: 'a', delay: msOf }),
    armB: raise({ type: 'fired', timer: 'b' }, { id: 'b', delay: msOf }),
    disarmA: cancel('a'),
    disarmB: cancel('b'),
  },
}).createMachine({
  id: 'puppet',
  initial: 'open',
  context: ({ input }) => ({ spec: input, notes: input === 'faulty' ? fault() : [] }),
  output: ({ context }) => ({ status: 'COMPLETED', result: context.notes }),
  on: {
    note: { actions: { type: 'note', params: itsNote } },
    fired: { actions: { type: 'note', params: firedOf } },
    'dependency.settled': { actions: { type: 'note', params: outcomeOf } },
    send: { actions: { type: 'send', params: told } },
    withdraw: { actions: { type: 'withdraw', params: told } },
    record: { actions: { type: 'record', params: told } },
    watch: { actions: { type: 'watch', params: told } },
    bury: { actions: { type: 'bury', params: told } },
    act: { actions: { type: 'act', params: told } },
    'arm.a': { actions: 'armA' },
    'arm.b': { actions: 'armB' },
    'disarm.a': { actions: 'disarmA' },
    'disarm.b': { actions: 'disarmB' },
    idle: '.idle',
    finish: '.over',
    'fault.guard': { guard: 'faulty' },
    'fault.assign': { actions: [{ type: 'act', params: 1 }, 'faulty'] },
    'fault.params': {
      actions: [
        { type: 'act', params: 1 },
        { type: 'act', params: fault },
      ],
    },
    'fault.entry': '.faulty',
    'fault.delay': '.delayed',
    'fault.loop': '.ping',
  },
  states: {
    open: { tags: ['open', 'active'], on: { close: 'closed' } },
    closed: { tags: 'active', on: { open: 'open' } },
    idle: {},
    faulty: { entry: 'faulty' },
    delayed: { after: { faulty: 'open' } },
    ping: { always: 'pong' },
    pong: { always: 'ping' },
    over: { type: 'final' },
  },
});

/** What a test may set. */
export interface StandOptions {
  readonly disk?: SimulatedDisk;
  readonly clock?: SimulatedClock;
  readonly limits?: Partial<Limits>;
  readonly perform?: Behaviour['perform'];
  readonly resume?: Behaviour['resume'];
  readonly fitness?: Fitness;
  readonly committed?: (batch: Batch) => void;
  readonly log?: Partial<Logger>;
  /** Stands between `recover` and `resume` (default false). */
  readonly isRecovering?: boolean;
}

/** A host on its stand, with all that it did. */
export interface Stand {
  readonly host: LocalHost;
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly batches: Batch[];
  readonly logs: { readonly text: string; readonly facts: LogFacts | undefined }[];
  readonly performed: { readonly by: Address; readonly effect: Effect }[];
  readonly resumed: Address[];
  readonly recovery: Recovery;
}

/** A host that has recovered and, unless it is to stand still there, is at rest. */
export async function stand(given: StandOptions = {}): Promise<Stand> {
  const clock = given.clock ?? simulatedClock(1);
  const disk = given.disk ?? simulatedDisk();
  const done: Pick<Stand, 'batches' | 'logs' | 'performed' | 'resumed'> = {
    batches: [],
    logs: [],
    performed: [],
    resumed: [],
  };
  const log = (text: string, facts?: LogFacts): void => void done.logs.push({ text, facts });
  const behaviour: Behaviour = {
    machine: puppetMachine,
    perform: (cell, due) => {
      done.performed.push({ by: cell.address, effect: due });
      given.perform?.(cell, due);
    },
    resume: (cell) => {
      done.resumed.push(cell.address);
      given.resume?.(cell);
    },
  };
  const host = new LocalHost({
    clock,
    journal: disk.open(),
    limits: { ...limits, ...given.limits },
    log: { debug: () => {}, info: log, warn: log, error: log, ...given.log },
    behaviours: { puppet: behaviour, bot: behaviour },
    committed: (batch) => {
      done.batches.push(batch);
      given.committed?.(batch);
    },
  });
  const recovery = host.recover(given.fitness ?? (() => undefined));
  if (given.isRecovering !== true) {
    await Promise.all([host.resume(), rest(clock)]);
  }
  return { host, clock, disk, recovery, ...done };
}

/** The error of what is refused. */
export async function rejection(promise: Promise<unknown>): Promise<TroupeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return errorOf(() => {
    throw error;
  });
}

/** Comes to rest; gives the code of what refused each, undefined for what was done. */
export async function outcomes(on: Stand, ...promises: Promise<unknown>[]): Promise<unknown[]> {
  const codes = promises.map((promise) =>
    promise.then(
      () => undefined,
      (error: unknown) => Object(error).code,
    ),
  );
  await rest(on.clock);
  return Promise.all(codes);
}

/** Runs what is scheduled, and what promises do in between, until nothing is left to run now. */
export async function rest(clock: SimulatedClock): Promise<void> {
  do await turnOfLoop();
  while (clock.step());
}

/** Goes through time too, until no timer waits. */
export async function quiesce(clock: SimulatedClock): Promise<void> {
  do await rest(clock);
  while (clock.jump());
}

/** Lets every promise that can go on go on: they all run before the event loop's next turn. */
export const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The address of an actor of that name. */
export const address = (name: string): Address => asAddress(`run/${name}`);

/** What makes a puppet. */
export const creation = (name: string, given: Partial<Creation> = {}): Creation => ({
  address: address(name),
  kind: 'puppet',
  definition: 'puppet',
  version: '1',
  structure: '',
  parent: '',
  spec: { name },
  ...given,
});

/** Creates puppets and comes to rest. */
export async function create(on: Stand, ...names: string[]): Promise<void> {
  await Promise.all([
    on.host.enter('create', (stage) => {
      for (const name of names) stage.create(creation(name));
    }),
    rest(on.clock),
  ]);
}

/** Sends one event to a puppet and comes to rest. */
export async function send(
  on: Stand,
  name: string,
  event: ActorEvent,
  putting?: Putting,
): Promise<void> {
  const sent = on.host.enter('send', (stage) => stage.send(address(name), event, putting));
  await Promise.all([sent, rest(on.clock)]);
}

/** Puts events into the mailbox of a puppet in one group, and takes not a step. */
export function post(on: Stand, name: string, ...events: ActorEvent[]): void {
  void on.host.enter('post', (stage) => {
    for (const event of events) stage.send(address(name), event);
  });
}

/** An event that tells a puppet to ask for an effect. */
export const ask = (type: string, params: unknown): ActorEvent => ({ type, params });

/** An event that tells a puppet to note something. */
export const note = (value: unknown): ActorEvent => ({ type: 'note', note: value });

/** What a puppet has noted, as committed. */
export const notesOf = ({ host }: Stand, name: string): readonly unknown[] =>
  host.find(address(name))?.committed.context.notes ?? [];

/** What was put to the dead letters, oldest first. */
export const lettersOf = ({ host }: Stand) =>
  host.journal.deadLetters(1_000).map(({ to, type, reason }) => [to, type, reason]);
