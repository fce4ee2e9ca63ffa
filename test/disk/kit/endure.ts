/**
 * A team whose disk gets into trouble and out of it again: what it says, what is left, and whether
 * it goes on. The trouble is whatever `arm` brings about.
 */
import { isTroupeError, type Troupe } from '../../../src/index.ts';
import { ledgerOf, names, sendOn, troupeOn, wrongIn } from './ledger.ts';
import { wrongInChain } from './power-loss.ts';

/** Trouble, and its end. */
export interface Trouble {
  arm(): void;
  mend(): void;
}

/** What a team did in trouble. */
export interface Endured {
  /** Codes by which calls under way were refused; empty when none was. */
  readonly refused: readonly string[];
  /** What who waited for the end of a run was told. */
  readonly waiter: string;
  /** What a call after it was told. */
  readonly after: string;
  /** What `stop` threw; it has a deadline of a second. */
  readonly stopped: string;
  /** Messages that were acknowledged before the trouble and in it. */
  readonly acknowledged: number;
  /** What is wrong after a new start on a disk that is well. */
  readonly wrong: readonly string[];
}

const codeOf = (error: unknown): string => (isTroupeError(error) ? error.code : String(error));

const codeFrom = (call: Promise<unknown>): Promise<string> => call.then(() => 'nothing', codeOf);

/** Sends to all ledgers until all are refused, or `count` were sent to each. */
async function sendToAll(troupe: Troupe, count: number, counts: Record<string, number>) {
  const keep = (id: string) => (n: number) => {
    counts[id] = n;
  };
  const codes = await Promise.all(
    names.map((id) => codeFrom(sendOn(troupe, id, { count, acknowledged: keep(id) }))),
  );
  return [...new Set(codes)].filter((code) => code !== 'nothing').sort();
}

/** Trouble comes while the team runs. */
export async function endure(path: string, trouble: Trouble, count = 40): Promise<Endured> {
  const counts: Record<string, number> = {};
  const troupe = await troupeOn(path);
  await sendToAll(troupe, 3, counts);
  const waiting = codeFrom((await ledgerOf(troupe, 'a')).outcome());
  trouble.arm();
  const refused = await sendToAll(troupe, count, counts);
  const after = await codeFrom(ledgerOf(troupe, 'late'));
  const stopped = await codeFrom(troupe.stop({ deadline: '1s' }));
  trouble.mend();
  const acknowledged = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const wrong = await wrongAfter(path, counts);
  return { refused, waiter: await waiting, after, stopped, acknowledged, wrong };
}

/** Trouble is there when the team is started on a journal that it has; by whom it is refused. */
export async function startIn(path: string, trouble: Trouble) {
  const counts: Record<string, number> = {};
  const before = await troupeOn(path);
  await sendToAll(before, 3, counts);
  await before.stop();
  trouble.arm();
  const refused = await codeFrom(troupeOn(path).then((troupe) => troupe.stop()));
  trouble.mend();
  return { refused, wrong: await wrongAfter(path, counts) };
}

/** What is wrong with a team that is started anew, and after it went on. */
async function wrongAfter(path: string, counts: Record<string, number>): Promise<string[]> {
  try {
    const troupe = await troupeOn(path);
    const wrong = await wrongIn(troupe, counts);
    wrong.push(...(await sendToAll(troupe, 2, counts)));
    await troupe.stop();
    const again = await troupeOn(path);
    wrong.push(...(await wrongIn(again, counts)));
    await again.stop();
    return [...wrong, ...wrongInChain(path)];
  } catch (error) {
    return [`refused: ${codeOf(error)}`];
  }
}
