/**
 * Asks: who waits for which reply.
 *
 * A reply is staged in the very commit that notes the handler's end. One to a caller outside or to
 * a handler is handed over in memory after that commit, for the asker lives no longer than the
 * process; one to a run is a message to the run (`child.settled`), so that it finds the run after
 * a crash. What a run waits for is recorded with it, and opened again after a restart.
 * Invariants: an ask is answered at most once; a reply that nobody waits for is a dead letter.
 */
import type { Cell } from '../../actor/index.ts';
import type { Host, Stage } from '../../engine/index.ts';
import {
  type Address,
  asAddress,
  durationMs,
  type Envelope,
  runIdOf,
  type Settlement,
  troupeError,
} from '../../protocol/index.ts';
import { replyEnvelope } from '../envelopes.ts';
import type { Lines } from '../lines.ts';
import { type Checked, type PostPorts, stagePost } from '../post.ts';
import { type AskFacts, type EndCode, endedBy } from './answers.ts';
import type { Patience } from './ask-options.ts';
import type { Asking, AskPorts, Begun, RunAsk, RunAsking } from './asking.ts';
import type { Held, Holders } from './holders.ts';
import { isTaken, type OpenAsk, settle } from './open-ask.ts';
import type { PartStream } from './part-stream.ts';

const nothing = (): void => undefined;

/** The asks of a troupe. */
export class Asks {
  readonly #host: Host;
  readonly #posting: PostPorts;
  readonly #open = new Map<string, OpenAsk>();
  readonly #holders: Holders;
  readonly #lines: Lines;

  constructor({ host, posting, holders, lines }: AskPorts) {
    this.#host = host;
    this.#posting = posting;
    this.#holders = holders;
    this.#lines = lines;
  }

  /** Begins to ask in memory; what it needs to end is in the result. */
  begin(asking: Asking): Begun {
    const { asker, checked, patience, expects, stream } = asking;
    const open: OpenAsk = {
      ...factsOf(checked, patience),
      id: this.#host.clock.id(),
      from: asker.from,
      holder: asker.causedBy?.id ?? '',
      isSent: false,
      isAnswered: false,
      stream,
      give: asking.give,
      fail: asking.fail,
      ends: [],
    };
    const command = (stage: Stage) => this.#send(stage, open, { checked, asker, expects });
    const begun: Begun = {
      giveUp: (code) => this.#giveUp(open, code),
      close: () => this.#close(open),
    };
    this.#hold(open);
    try {
      this.#limit(open, patience, checked);
    } catch (error) {
      this.#close(open);
      throw error;
    }
    this.#lines
      .post('ask', {
        ...open,
        command,
        isGone: () => open.isAnswered,
        stuck: (cycle) => troupeError('ASK_DEADLOCK', { cycle }),
      })
      .then((refusal) => refusal === undefined || open.fail(refusal), open.fail);
    return begun;
  }

  /** Where the parts of an answer go; undefined when nobody waits for them. */
  streamOf(id: string): PartStream | undefined {
    const open = this.#open.get(id);
    return open?.isAnswered === false ? open.stream : undefined;
  }

  /**
   * Stages the ask of a run, and records with the run that it was sent. What refused it;
   * undefined when it was accepted.
   */
  stageOfRun(stage: Stage, cell: Cell, { checked, patience, step, mark }: RunAsking): unknown {
    const id = `${runIdOf(cell.address)}/${step}`;
    const posted = { ...checked, from: cell.address, id, expects: 'reply' as const };
    const refusal = stagePost(this.#posting, stage, posted);
    if (refusal !== undefined) return refusal;
    const { expiresIn } = checked.message;
    const expiresAt = expiresIn === undefined ? undefined : stage.now + durationMs(expiresIn);
    const asked: RunAsk = { ...factsOf(checked, patience), id, step, at: stage.now, expiresAt };
    stage.record(cell, mark, asked);
    stage.send(cell.address, { type: 'child.started', step });
    this.reopen(cell.address, asked);
    return undefined;
  }

  /** Opens the ask of a run again, unless it is open. Its time went on while nobody ran. */
  reopen(run: Address, asked: RunAsk): void {
    const { id, step, at, afterMs, expiresAt } = asked;
    if (this.#open.has(id)) return;
    const open: OpenAsk = {
      ...asked,
      from: run,
      holder: '',
      isSent: true,
      isAnswered: false,
      stage: (stage, outcome) => stage.send(run, { type: 'child.settled', step, outcome }),
      give: () => this.#close(open),
      fail: nothing,
      ends: [],
    };
    this.#open.set(id, open);
    const now = this.#host.clock.now();
    this.#endAfter(open, Math.max(0, at + afterMs - now), 'ASK_TIMEOUT');
    if (expiresAt !== undefined) this.#endAfter(open, Math.max(0, expiresAt - now), 'EXPIRED');
    const unlisten = this.#host.listen(run, {
      snapshot: ({ status }) => {
        if (status !== 'active') this.#drop(open);
      },
    });
    if (unlisten !== undefined) open.ends.push(unlisten);
  }

  /** Ends the waiting of a run. */
  cancel(run: Address, step: string): void {
    const open = this.#open.get(`${runIdOf(run)}/${step}`);
    if (open !== undefined) this.#giveUp(open, 'ASK_CANCELLED');
  }

  /** Cancels what the handler of a message still waits for. */
  cancelOf(holder: string): void {
    this.#holders.cancelOf(holder);
  }

  /**
   * Stages the answer to a message, in the commit that notes the end of its handler. The result
   * hands it over; to be called after the commit.
   */
  answer(stage: Stage, envelope: Envelope, settlement: Settlement): () => void {
    const open = this.#open.get(envelope.id);
    if (open !== undefined && !open.isAnswered) return settle(stage, open, settlement);
    const isReply = settlement.status === 'COMPLETED' && envelope.expects === 'reply';
    if (isReply) this.#bury(stage, envelope, settlement.result);
    return nothing;
  }

  /** The message of an ask was dropped from a full mailbox. */
  dropped(stage: Stage, id: string): void {
    const open = this.#open.get(id);
    if (open?.isAnswered !== false) return;
    const give = settle(stage, open, endedBy('ASK_DROPPED'));
    // Told when the next group has ended, which is after the commit of this one.
    this.#host.enter('ask', nothing).then(give, open.fail);
  }

  /** Refuses all who wait: the troupe has ended. */
  end(reason: unknown): void {
    for (const open of [...this.#open.values()]) {
      this.#close(open);
      open.fail(reason);
    }
  }

  #send(
    stage: Stage,
    open: OpenAsk,
    { checked, asker: { causedBy }, expects }: Pick<Asking, 'checked' | 'asker' | 'expects'>,
  ): unknown {
    const { id, from, holder, to } = open;
    const wait = { holder, target: id, to };
    const cycle = holder === '' ? undefined : this.#holders.deadlockOf(stage, from, wait);
    if (cycle !== undefined) return troupeError('ASK_DEADLOCK', { cycle });
    const posted = { ...checked, from, causedBy, id, expects };
    const refusal = stagePost(this.#posting, stage, posted);
    if (refusal === undefined) {
      open.isSent = true;
      this.#open.set(id, open);
    }
    return refusal;
  }

  /** What ends the waiting of an asker in memory. */
  #limit(open: OpenAsk, { afterMs, signal }: Patience, { message: { expiresIn } }: Checked): void {
    // Parts have a time each.
    if (open.stream === undefined) this.#endAfter(open, afterMs, 'ASK_TIMEOUT');
    if (expiresIn !== undefined) this.#endAfter(open, durationMs(expiresIn), 'EXPIRED');
    const unlisten = this.#host.listen(open.to, { closed: open.fail });
    if (unlisten !== undefined) open.ends.push(unlisten);
    if (signal === undefined) return;
    const aborted = (): void => this.#giveUp(open, 'ASK_CANCELLED', signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    open.ends.push(() => signal.removeEventListener('abort', aborted));
  }

  #endAfter(open: OpenAsk, ms: number, code: 'ASK_TIMEOUT' | 'EXPIRED'): void {
    open.ends.push(this.#host.clock.after(ms, () => this.#giveUp(open, code)));
  }

  /** Nobody waits any more; the message is taken back, unless it was taken. */
  #giveUp(open: OpenAsk, code: EndCode, cause?: unknown): void {
    if (open.isAnswered) return;
    const isExpiry = code === 'EXPIRED';
    if (open.stage === undefined && !isExpiry) {
      // Who asked in memory need not wait for the commit that takes the message back.
      open.isAnswered = true;
      open.give(endedBy(code), cause);
      this.#takeBack(open);
      return;
    }
    this.#host
      .enter('ask', (stage) => {
        if (open.isAnswered || (isExpiry && isTaken(stage, open))) return nothing;
        stage.withdraw(open.to, open.id, isExpiry ? 'expired' : 'withdrawn');
        return settle(stage, open, endedBy(code));
      })
      .then((give) => give(), open.fail);
  }

  /** The run that asked has ended. */
  #drop(open: OpenAsk): void {
    this.#close(open);
    if (open.isAnswered) return;
    open.isAnswered = true;
    this.#takeBack(open);
  }

  /** A host that has ended takes nothing back; the asker has been told. */
  #takeBack({ to, id }: OpenAsk): void {
    this.#host.enter('ask', (stage) => stage.withdraw(to, id)).catch(nothing);
  }

  /** A handler that waits holds a slot; what it waits for ends with it. */
  #hold(open: OpenAsk): void {
    const { id, holder, to } = open;
    if (holder === '') return;
    const held: Held = {
      holder,
      target: id,
      to,
      get isWaiting() {
        return open.isSent && !open.isAnswered;
      },
      cancel: () => this.#giveUp(open, 'ASK_CANCELLED'),
    };
    this.#holders.add(held);
    open.ends.push(() => this.#holders.delete(held));
  }

  #close(open: OpenAsk): void {
    for (const end of open.ends.splice(0)) end();
    if (this.#open.get(open.id) === open) this.#open.delete(open.id);
  }

  #bury(stage: Stage, asked: Envelope, reply: unknown): void {
    const { clock } = this.#host;
    const envelope = replyEnvelope(asked, reply, { clock, now: stage.now });
    const event = { type: 'message', at: stage.now, envelope };
    const asker = stage.find(asAddress(asked.from));
    const livingReason = asker?.isDone === true ? 'stopped' : 'withdrawn';
    const reason = asker === undefined ? 'unknown-recipient' : livingReason;
    stage.bury(asked.from, event, reason, 'nobody waits for this reply');
  }
}

const factsOf = ({ to, message: { type } }: Checked, { afterMs }: Patience): AskFacts => ({
  to,
  type,
  afterMs,
});
