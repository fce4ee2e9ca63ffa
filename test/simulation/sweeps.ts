/**
 * The smoke simulation with crashes at one commit in so many: whatever is lost in memory, the
 * results, the recorded steps and the keys are those of the undisturbed voyage.
 */
import { expect } from 'vitest';
import { hold, sameIn } from './laws.ts';
import { type Crash, type Voyage, voyage } from './voyage.ts';

export const moments = ['before', 'after'] as const;
type Moment = Crash['moment'];

/** Commits that a sweep takes: one in `step`, from `first` on. */
export interface Stride {
  readonly first: number;
  readonly step: number;
}

let undisturbed: Promise<Voyage> | undefined;

/** The voyage that nothing disturbs. */
export function calmVoyage(): Promise<Voyage> {
  undisturbed ??= voyage();
  return undisturbed;
}

/** A voyage with crashes; equal to the calm one in all that a crash must not change. */
export async function survived(options: Parameters<typeof voyage>[0]): Promise<Voyage> {
  const calm = await calmVoyage();
  try {
    const disturbed = await voyage(options);
    hold(disturbed);
    expect(sameIn(disturbed)).toEqual(sameIn(calm));
    return disturbed;
  } catch (cause) {
    throw new Error(`to see it again: voyage(${JSON.stringify(options)})`, { cause });
  }
}

/** A crash at commits in turn. */
export async function crashedInTurn(moment: Moment, { first, step }: Stride): Promise<void> {
  const { commits } = await calmVoyage();
  for (let at = first; at <= commits; at += step) {
    const { missed } = await survived({ crashes: [{ at, moment }] });
    expect(missed, `the crash ${moment} commit ${at} came`).toBe(0);
  }
}

/** A crash, and one more at the first commit of the life that recovers. */
export async function crashedInRecovery(moment: Moment, { first, step }: Stride): Promise<void> {
  const { commits } = await calmVoyage();
  for (let at = first; at <= commits; at += step) {
    const done = moment === 'after' ? at : at - 1;
    for (const second of moments) {
      const crashes = [
        { at, moment },
        { at: done + 1, moment: second },
      ];
      const { missed } = await survived({ crashes });
      expect(missed).toBe(0);
    }
  }
}

/** A crash where each turn has a commit of its own. */
export async function crashedInSingleTurns({ first, step }: Stride): Promise<void> {
  const { commits } = await survived({ groupTurns: 1 });
  expect(commits).toBeGreaterThan((await calmVoyage()).commits * 1.5);
  for (let at = first; at <= commits; at += step) {
    await survived({ groupTurns: 1, crashes: [{ at, moment: 'after' }] });
  }
}

/** Two crashes, five commits apart, where actors leave memory at once and return one by one. */
export async function crashedInWaves({ first, step }: Stride): Promise<void> {
  const residence = { activeActors: 0, recoveryActors: 1 };
  const { commits } = await survived({ residence, groupTurns: 1 });
  for (let at = first; at <= commits; at += step) {
    const crashes = [at, at + 5].map((crash) => ({ at: crash, moment: 'after' }) as const);
    await survived({ residence, groupTurns: 1, crashes });
  }
}

/** Crashes under schedulers of so many seeds. */
export async function crashedInAnyOrder(seeds: number): Promise<void> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const groupTurns = [512, 1, 2, 3, 5][seed % 5] ?? 1;
    const crashes = Array.from({ length: seed % 4 }, (_, n) => ({
      at: (n + 1) * 20 + ((seed * 7_919) % 40),
      moment: moments[(seed >> n) % 2] ?? 'before',
    }));
    await survived({ seed, shuffle: true, groupTurns, crashes });
  }
}
