/**
 * A troupe that misuse is tried on: its disk can be looked at and outlives crashes, its time moves
 * when a test says so, and a bystander in it shows that others take turns.
 */
import { type AnyActorRef, type AnyStateMachine, assign, setup } from 'xstate';
import type { LogFacts, Run, RunOptions, Troupe, TroupeOptions } from '../../src/index.ts';
import { type Journal, type SimulatedDisk, simulatedDisk } from '../../src/journal/index.ts';
import { type Team, type TestClock, teamOf, testClock } from '../troupe/team.ts';

/** An incident, as its actor keeps it. */
export interface Opened {
  readonly about: string;
  readonly code: string;
  readonly message: string;
}

/** A troupe at home. */
export interface Home extends Team {
  readonly disk: SimulatedDisk;
  readonly journal: Journal;
  /** Dead letters as `[to, type, reason]`, oldest first. */
  letters(): Promise<string[][]>;
  incidents(): Opened[];
  /** Ends the process at once, with all that it holds in memory, and makes the next one. */
  crash(...definitions: NonNullable<TroupeOptions['definitions']>): Promise<Home>;
}

interface Kept {
  readonly clock?: TestClock;
  readonly disk?: SimulatedDisk;
  readonly limits?: TroupeOptions['limits'];
}

/** Counts what it is told; it has nothing to do with what is tried. */
export const bystander = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'bystander',
  context: { n: 0 },
  on: { TICK: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

/** A troupe of these machines and the bystander. */
export async function home(
  definitions: NonNullable<TroupeOptions['definitions']>,
  kept: Kept = {},
): Promise<Home> {
  const { clock = testClock(), disk = simulatedDisk(), limits } = kept;
  const journal = disk.open();
  const options = limits === undefined ? {} : { limits };
  const team = await teamOf([...definitions, bystander], { journal, clock, ...options });
  await clock.quiet();
  return {
    ...team,
    disk,
    journal,
    letters: async () => {
      const letters = await team.troupe.deadLetters.list();
      return letters.map(({ to, type, reason }) => [to, type, reason]).reverse();
    },
    incidents: () =>
      journal.actors({ kind: 'incident' }).map(({ input }) => {
        const { about, code, message }: Opened = JSON.parse(input);
        return { about, code, message };
      }),
    crash: async (...next) => {
      clock.clear();
      return home(next, { clock, disk, ...options });
    },
  };
}

/** Starts a run of a machine whose types are beside the point. */
export const startRun = (
  troupe: Troupe,
  machine: AnyStateMachine,
  input?: unknown,
  options?: RunOptions,
): Promise<Run<unknown, never>> =>
  troupe.start(machine, input, options) as Promise<Run<unknown, never>>;

/** Sends an event that the machine's own types may not know. */
export const tell = (troupe: Troupe, run: Run<unknown, never>, event: unknown): Promise<void> =>
  Reflect.apply(troupe.send, troupe, [run, event]);

/** Sends an event through the run's reference. */
export const sendNow = (run: Run<unknown, never>, event: unknown): void => {
  const { actor }: { readonly actor: { send(event: unknown): void } } = run;
  actor.send(event);
};

/** A machine's own child, from inside. */
export const childOf = (self: AnyActorRef, id: string): AnyActorRef =>
  self.getSnapshot().children[id];

/** Whether others still take turns. */
export async function othersGoOn({ troupe, clock }: Home): Promise<boolean> {
  const run = await troupe.start(bystander, undefined);
  await troupe.send(run, { type: 'TICK' });
  await clock.quiet();
  const { state } = await run.snapshot();
  return Object(state?.context).n === 1;
}

/** What was logged about something. */
export const factsOf = ({ logged }: Team, text: RegExp): (LogFacts | undefined)[] =>
  logged.filter((line) => text.test(line.text)).map(({ facts }) => facts);
