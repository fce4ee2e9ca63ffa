/**
 * Lines: senders that wait for room in the mailbox of a bot whose option `whenFull` is `wait`.
 *
 * Whether a sender must wait is decided on the stage, where it would have been accepted: so the
 * line has the order in which they came, and nobody overtakes. Each commit that touches the bot
 * lets in as many as there is room for; what leaves a mailbox without a turn (it expired, it was
 * taken back) is noticed by looking again after a while.
 * Invariants: first come, first in; a line has a bound; a handler that would wait for its own slot
 * is refused at once.
 */
import type { Host, Stage } from '../engine/index.ts';
import { type Address, troupeError } from '../protocol/index.ts';
import { limitWait, type WaitOptions } from '../runs/index.ts';
import type { Held, Holders } from './asking/holders.ts';
import { isFull, type PostPorts, roomOf } from './post.ts';

/** A message that is to be posted. */
export interface Sending {
  readonly from: Address;
  readonly to: Address;
  /** The message whose handler sends; empty for none. */
  readonly holder: string;
  /** Stages it; what refused it, if anything did. */
  readonly command: (stage: Stage) => unknown;
  /** Nobody wants it sent any more. */
  readonly isGone?: () => boolean;
  /** What refuses a handler that would wait for its own slot (default `MAILBOX_FULL`). */
  readonly stuck?: (cycle: readonly Address[]) => unknown;
  /** How long to wait for room. */
  readonly wait?: (() => WaitOptions) | undefined;
}

/** A sender in a line. */
interface Waiter {
  readonly sending: Sending;
  readonly held: Held;
  readonly answer: PromiseWithResolvers<unknown>;
  readonly ends: (() => void)[];
}

/** A sender that has left its line, and what it is told after the commit. */
interface Admitted extends Pick<Waiter, 'answer'> {
  readonly give: () => void;
}

interface Line {
  /** In the order in which they came. */
  readonly waiters: Set<Waiter>;
  readonly end: () => void;
  isServing: boolean;
}

/** The lines of a troupe. */
export class Lines {
  readonly #host: Host;
  readonly #posting: PostPorts;
  readonly #holders: Holders;
  readonly #lines = new Map<Address, Line>();

  constructor(host: Host, posting: PostPorts, holders: Holders) {
    this.#host = host;
    this.#posting = posting;
    this.#holders = holders;
  }

  /**
   * Posts a message, as soon as there is room; what refused it, if anything did.
   * @throws TroupeError `WAIT_TIMEOUT`, `WAIT_ABORTED` while it waits; `STOPPED`, `JOURNAL_FAILED`.
   */
  async post(call: string, sending: Sending): Promise<unknown> {
    const { to, command } = sending;
    const given = await this.#host.enter(call, (stage) => {
      if (sending.isGone?.() === true) return undefined;
      return this.#mustWait(stage, to) ? this.#join(stage, sending) : { refusal: command(stage) };
    });
    if (given === undefined) return undefined;
    return 'refusal' in given ? given.refusal : given.answer.promise;
  }

  /** Whether senders wait for room there. */
  has(to: Address): boolean {
    return this.#lines.has(to);
  }

  /** Refuses senders that wait: those outside, or all when the troupe has ended. */
  end(reason: unknown, isOver: boolean): void {
    for (const [to, { waiters }] of [...this.#lines]) {
      for (const waiter of [...waiters]) {
        if (isOver || waiter.sending.from.startsWith('client/')) {
          this.#leave(to, waiter);
          waiter.answer.reject(reason);
        }
      }
    }
  }

  #mustWait(stage: Stage, to: Address): boolean {
    if (this.#lines.has(to)) return true;
    const cell = stage.find(to);
    if (cell === undefined || !['bot', 'inbox'].includes(cell.identity.kind)) return false;
    const room = roomOf(this.#posting, cell);
    return room.whenFull === 'wait' && isFull(cell, room);
  }

  #join(stage: Stage, sending: Sending): Waiter | { readonly refusal: unknown } {
    const { from, to, holder } = sending;
    const line = this.#lines.get(to) ?? this.#open(to);
    const wait = { holder, target: '', to };
    const cycle = holder === '' ? undefined : this.#holders.deadlockOf(stage, from, wait);
    const { mailboxSenders: sendersMax } = this.#host.limits;
    if (cycle !== undefined || line.waiters.size >= sendersMax) {
      if (line.waiters.size === 0) this.#close(to, line);
      return { refusal: refusalOf(sending, cycle, this.#capacityOf(stage, to)) };
    }
    const answer = Promise.withResolvers<unknown>();
    // When the commit of this very group fails, its sender is told by that.
    answer.promise.catch(() => undefined);
    const held: Held = { ...wait, isWaiting: true, cancel: () => undefined };
    const waiter: Waiter = { sending, held, answer, ends: [] };
    line.waiters.add(waiter);
    if (holder !== '') this.#holders.add(held);
    const what = `room in the mailbox of ${to}`;
    limitWait(this.#host, sending.wait?.() ?? {}, what, waiter.ends, (error) => {
      this.#leave(to, waiter);
      answer.reject(error);
    });
    return waiter;
  }

  #capacityOf(stage: Stage, to: Address): number {
    const cell = stage.find(to);
    return cell === undefined ? 0 : roomOf(this.#posting, cell).capacity;
  }

  #open(to: Address): Line {
    const { clock, limits } = this.#host;
    const serve = (): void => this.#serve(to);
    const unlisten = this.#host.listen(to, { snapshot: serve });
    const look = (): void => {
      serve();
      endTimer = clock.after(limits.lineMs, look);
    };
    let endTimer = clock.after(limits.lineMs, look);
    const end = (): void => {
      unlisten?.();
      endTimer();
    };
    const line: Line = { waiters: new Set(), end, isServing: false };
    this.#lines.set(to, line);
    return line;
  }

  #close(to: Address, line: Line): void {
    line.end();
    this.#lines.delete(to);
  }

  #leave(to: Address, waiter: Waiter): void {
    const line = this.#lines.get(to);
    for (const end of waiter.ends.splice(0)) end();
    this.#holders.delete(waiter.held);
    line?.waiters.delete(waiter);
    if (line?.waiters.size === 0) this.#close(to, line);
  }

  /** Lets in those for whom there is room. */
  #serve(to: Address): void {
    const line = this.#lines.get(to);
    if (line === undefined || line.isServing) return;
    line.isServing = true;
    const given: Admitted[] = [];
    this.#host
      .enter('send', (stage) => this.#admit(stage, to, line, given))
      .then(
        () => {
          line.isServing = false;
          for (const { give } of given) give();
          // Room that came while this was on its way to the journal was not told.
          if (given.length > 0) this.#serve(to);
        },
        (error) => {
          for (const { answer } of given) answer.reject(error);
          this.end(error, true);
        },
      );
  }

  #admit(stage: Stage, to: Address, { waiters }: Line, given: Admitted[]): void {
    for (const waiter of [...waiters]) {
      const cell = stage.find(to);
      const room = cell && roomOf(this.#posting, cell);
      if (cell && room && isFull(cell, room) && room.whenFull === 'wait') break;
      this.#leave(to, waiter);
      const { sending, answer } = waiter;
      if (sending.isGone?.() === true) {
        given.push({ answer, give: () => answer.resolve(undefined) });
        continue;
      }
      try {
        const refusal = sending.command(stage);
        given.push({ answer, give: () => answer.resolve(refusal) });
      } catch (error) {
        // What a command throws it throws before it has staged anything.
        given.push({ answer, give: () => answer.reject(error) });
      }
    }
  }
}

const refusalOf = (
  { to, stuck }: Sending,
  cycle: readonly Address[] | undefined,
  capacity: number,
): unknown =>
  cycle === undefined || stuck === undefined
    ? troupeError('MAILBOX_FULL', { to, capacity })
    : stuck(cycle);
