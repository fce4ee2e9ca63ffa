/**
 * A team whose state shows what was applied, how often and in which order: each run is a ledger
 * that keeps the numbers it was told, and each of its senders counts 1, 2, 3 ...
 */
import { assign, setup } from 'xstate';
import type { Durability, Run, Troupe } from '../../../src/index.ts';
import { createTroupe } from '../../../src/index.ts';

/** Keeps what it is told. */
export const ledger = setup({
  types: {} as { context: { seen: number[] }; events: { type: 'ADD'; n: number } },
  actions: {
    keep: assign({ seen: ({ context, event }) => [...context.seen, event.n] }),
  },
}).createMachine({ id: 'ledger', context: { seen: [] }, on: { ADD: { actions: 'keep' } } });

/** The names of the runs. */
export const names: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What was acknowledged, or is there: the highest number of each run; 0 when it was started. */
export type Counts = Readonly<Record<string, number>>;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A troupe of ledgers on a file. */
export const troupeOn = (journal: string, durability: Durability = 'power'): Promise<Troupe> =>
  createTroupe({ definitions: [ledger], journal, durability, log: silent });

/** The run of a name; it is started when there is none. */
export const ledgerOf = (troupe: Troupe, id: string) => troupe.start(ledger, undefined, { id });

/** What a run has kept. */
export const seenIn = (run: Awaited<ReturnType<typeof ledgerOf>>): readonly number[] =>
  run.actor.getSnapshot().context.seen;

/** Sends numbers, one after the other, until `count` were sent or one is refused. */
export async function sendOn(
  troupe: Troupe,
  id: string,
  given: { readonly count: number; readonly acknowledged: (n: number) => void },
): Promise<void> {
  const run = await ledgerOf(troupe, id);
  const since = seenIn(run).length;
  given.acknowledged(since);
  for (let n = since + 1; n <= since + given.count; n += 1) {
    await troupe.send(run, { type: 'ADD', n });
    given.acknowledged(n);
  }
}

/**
 * What is wrong with the ledgers of a troupe, as sentences: a number that was acknowledged and is
 * missing, one that is there twice or before an earlier one.
 */
export async function wrongIn(troupe: Troupe, acknowledged: Counts): Promise<string[]> {
  const wrong: string[] = [];
  for (const id of names) {
    const run: Run | undefined = await troupe.get(ledger, id);
    const known = acknowledged[id];
    if (run === undefined) {
      if (known !== undefined) wrong.push(`${id} was acknowledged and is missing`);
      continue;
    }
    const seen = seenIn(await ledgerOf(troupe, id));
    const odd = seen.findIndex((n, index) => n !== index + 1);
    if (odd >= 0) wrong.push(`${id} kept ${seen[odd]} as number ${odd + 1}`);
    if (seen.length < (known ?? 0)) wrong.push(`${id} has ${seen.length} of ${known}`);
  }
  return wrong;
}
