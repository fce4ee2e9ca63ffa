/**
 * People on a simulated clock: they decide at their times, again after a crash when they were not
 * answered, and remember what they were told, whatever becomes of the process.
 */
import { createTroupe, defineApproval, defineBot, graph } from '../../src/index.ts';
import { isTroupeError } from '../../src/protocol/index.ts';
import { type Crash, type Life, lives } from '../simulation/lives.ts';

export const HOUR = 3_600_000;
export const EXPIRY = 72 * HOUR;

/** One decision that somebody takes. */
export interface Act {
  /** Which approval; taken modulo their number. */
  readonly target: number;
  readonly approve: boolean;
  /** Milliseconds after the start. */
  readonly at: number;
}

/** What somebody was told. */
export type Told =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: string; readonly data: Facts };

/** Who ended it, when and how. */
type Facts = Readonly<Record<string, unknown>>;

const gate = defineApproval({ id: 'gate', remindEvery: '20h', expiresIn: EXPIRY });
const lead = defineBot({
  id: 'lead',
  concurrency: 1,
  work: async ({ step }) => {
    const asked = ['x', 'y'].map((name) => step(name, gate, undefined));
    const ends = await Promise.allSettled(asked);
    return ends.map((end) => (end.status === 'fulfilled' ? end.value.by : end.reason.code));
  },
});
const plan = graph(
  'plan',
  { a: { work: gate, optional: true }, b: { work: gate, optional: true }, c: { work: lead } },
  { concurrency: 1, output: ({ a, b, c }) => ({ a: a ?? null, b: b ?? null, c }) },
);

/** What is asked; all at once, for approvals take no place in the limit of their plan. */
export const targets = ['plan/1/a', 'plan/1/b', 'plan/1/c/x', 'plan/1/c/y', 'gate/1'];

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const closed = new Set(['ALREADY_DECIDED', 'APPROVAL_EXPIRED', 'APPROVAL_CLOSED']);

/** Lets people decide; gives what they were told and how all ended. */
export async function decided(
  acts: readonly Act[],
  options: { seed?: number; shuffle?: boolean; crashes?: readonly Crash[]; groupTurns?: number },
) {
  const told = new Map<number, Told>();
  let start: number | undefined;
  const { value, commits, world } = await lives(async ({ world, journal, atRest }: Life) => {
    const { clock, life } = world;
    start ??= clock.now();
    const limits = { groupTurns: options.groupTurns ?? 512, suspendAfterMs: 10 };
    const definitions = [gate, lead, plan];
    const troupe = await createTroupe({ definitions, journal, clock, log, limits });
    const run = await troupe.start(plan, undefined, { id: '1' });
    const alone = await troupe.start(gate, undefined, { id: '1' });
    const decide = async (index: number, { target, approve }: Act): Promise<void> => {
      const id = targets[target % targets.length] ?? '';
      try {
        await troupe.approvals.decide(id, { approve, by: `p${index}` });
        if (world.isAlive && life === world.life) told.set(index, { accepted: true });
      } catch (error) {
        if (!world.isAlive || life !== world.life || !isTroupeError(error)) return;
        const { code, data } = error;
        if (closed.has(code)) told.set(index, { accepted: false, code, data });
        else clock.after(50, () => void decide(index, { target, approve, at: 0 }));
      }
    };
    for (const [index, act] of acts.entries()) {
      if (told.has(index)) continue;
      const ms = Math.max(0, start + act.at - clock.now());
      clock.after(ms, () => void decide(index, act));
    }
    const outcomes = [await run.outcome(), await alone.outcome()];
    await atRest;
    const reports = await troupe.approvals.list();
    await troupe.stop();
    return { outcomes, reports };
  }, options);
  return { ...value, told, commits, start: start ?? 0, world };
}
