/**
 * Processes of the team's story: each has a clock of its own, whose time moves only when told, so
 * that the same happens wherever it is played.
 */
import { createTroupe, simulatedClock, type Troupe } from '../../../src/index.ts';
import { all, begin, end, known, life } from './team.ts';

const hour = 3_600_000;
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A process of the team. */
export interface Process {
  readonly troupe: Troupe;
  readonly now: () => number;
  /** Lets everything go on for some time. */
  readonly pass: (hours: number) => Promise<void>;
}

/** Starts the nth process of the story on the journal at a path. */
export async function start(number: 1 | 2 | 3, journal: string): Promise<Process> {
  life.number = number;
  const first = Date.UTC(2026, 0, 1) + (number - 1) * hour;
  const clock = simulatedClock(number, { start: first });
  let scheduled = 0;
  const soon = (run: () => void): void => {
    scheduled += 1;
    setImmediate(() => {
      scheduled -= 1;
      run();
    });
  };
  const quiet = async (): Promise<void> => {
    for (let idle = 0; idle < 5; idle += 1) {
      await nextTurn();
      if (scheduled > 0) idle = -1;
    }
  };
  const pass = async (hours: number): Promise<void> => {
    const until = clock.now() + hours * hour;
    clock.after(hours * hour, () => {});
    for (;;) {
      await quiet();
      const due = clock.nextDue();
      if (due === undefined || due > until) return;
      clock.jump();
    }
  };
  const definitions = number === 2 ? known : all;
  const options = { journal, definitions, log: silent, clock: { ...clock, soon } };
  const troupe = await createTroupe(options);
  return { troupe, now: clock.now, pass };
}

/** Plays a process up to where it may end. */
export async function play(number: 1 | 2 | 3, journal: string): Promise<Process> {
  const process = await start(number, journal);
  if (number === 1) await begin(process.troupe, process.now());
  if (number === 3) await end(process.troupe, process.pass);
  await process.pass(0.01);
  return process;
}

/** Stops a process in order; what is under way is aborted. */
export async function stop({ troupe, pass }: Process): Promise<void> {
  const stopped = troupe.stop({ deadline: 0 });
  await pass(0);
  await stopped;
}

/** What is to be seen of a team: its runs, and what else it keeps. Plain data. */
export async function seen({ troupe }: Process): Promise<unknown> {
  const runs = await troupe.runs.list({ limit: 200 });
  const told = runs.map(({ runId, error, ...run }) => [
    runId,
    { ...pick(run, shown), error: error?.code },
  ]);
  const letters = await troupe.deadLetters.list();
  return JSON.parse(
    JSON.stringify({
      runs: Object.fromEntries(told.toReversed()),
      letters: letters.map((letter) => pick(letter, ['to', 'type', 'reason'])),
      incidents: (await troupe.incidents.list()).map((one) => pick(one, ['about', 'code'])),
      parked: await troupe.parked.list(),
      approvals: (await troupe.approvals.list()).map((one) => pick(one, ['id', 'status'])),
      handoffs: (await troupe.handoffs.list()).map((one) => pick(one, ['id', 'to', 'status'])),
      notes: await troupe.inbox('clerk').count(),
    }),
  );
}

const shown = [
  ...['definition', 'version', 'type', 'status', 'state', 'paused', 'parked', 'priority'],
  ...['assignedTo', 'result', 'reason', 'attempts', 'progress', 'note', 'cost'],
];

const pick = (from: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, Reflect.get(from, name)]));
