/**
 * The ledger: what code of a story did in the world, seen from outside. It outlives crashes, and
 * tells at once when something is done that is recorded already.
 */
import { asAddress } from '../../../src/protocol/index.ts';
import type { Life } from '../../simulation/lives.ts';
import type { Fate } from './drawn.ts';

/** One call of code. */
export interface Call {
  readonly key: string;
  readonly began: number;
  readonly life: number;
  ended?: number;
  end: 'open' | 'done' | 'failed' | 'aborted';
}

/** What code is called with. */
interface Given {
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** How it goes. */
interface Calling<Value> {
  readonly fate: Fate;
  readonly ms: number;
  /** How long it goes on after an abort. */
  readonly lateMs?: number;
  readonly value: Value;
}

/** Remembers every call. */
export class Ledger {
  readonly calls: Call[] = [];
  /** Since when no new work may begin: a pause or a cancel has committed. */
  heldAt: number | undefined;
  readonly faults: string[] = [];

  /** Code that takes its time and ends as it is fated; an abort ends it at once. */
  async call<Value>(
    { world, journal }: Life,
    { key, attempt, signal }: Given,
    { fate, ms, lateMs = 0, value }: Calling<Value>,
  ): Promise<Value> {
    const { life } = world;
    if (!world.isAlive) return new Promise<never>(() => undefined);
    // A throw would be taken for a failure of the step.
    const isDone = journal.byAddress(asAddress(`run/${key}`))?.done === true;
    if (isDone && !signal.aborted) this.faults.push(`${key} ran after its end`);
    const isHeld = this.heldAt !== undefined && world.clock.now() > this.heldAt;
    if (isHeld && !key.endsWith('~undo')) this.faults.push(`${key} began while held`);
    const call: Call = { key, began: world.clock.now(), life, end: 'open' };
    this.calls.push(call);
    const isOver = await Promise.race([passed(world.clock, ms), aborted(signal)]);
    if (!isOver && lateMs > 0) await passed(world.clock, lateMs);
    if (!world.isAlive || life !== world.life) return new Promise<never>(() => undefined);
    call.ended = world.clock.now();
    if (!isOver) {
      call.end = 'aborted';
      throw signal.reason;
    }
    call.end = fate === 'bad' || (fate === 'once' && attempt === 1) ? 'failed' : 'done';
    if (call.end === 'failed') throw new RangeError(`${key} fails`);
    return value;
  }
}

const passed = (clock: Life['world']['clock'], ms: number): Promise<boolean> =>
  new Promise((resolve) => void clock.after(ms, () => resolve(true)));

const aborted = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
