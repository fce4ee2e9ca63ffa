/**
 * Asks: who waits for which reply.
 *
 * A reply is staged in the very commit that notes the handler's end. One to a caller outside or to
 * a handler is handed over in memory after that commit, for the asker lives no longer than the
 * process; one to a run is a message to the run (`child.settled`), so that it finds the run after
 * a crash. What a run waits for is recorded with it, and opened again after a restart.
 * Invariants: an ask is answered at most once; a reply that nobody waits for is a dead letter.
 */
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  durationMs,
  type Envelope,
  runIdOf,
  type Settlement,
  troupeError,
} from '../protocol/index.ts';
import { type AskFacts, type EndCode, endedBy } from './answers.ts';
import { checkAskOptions, type Patience } from './ask-options.ts';
import { deadlockOf, type Wait } from './deadlock.ts';
import { replyEnvelope } from './envelopes.ts';
import { handOver, isTaken, type OpenAsk, settle, slotsIn } from './open-ask.ts';
import { type Checked, checkPost, type PostPorts, stagePost } from './post.ts';

/** Who asks: a caller outside, or the handler of a message. */
export interface Asker {
  readonly from: Address;
  /** The message whose handler asks. */
  readonly causedBy?: Envelope | undefined;
}

/** An ask of a run that is to be staged. */
export interface RunAsking {
  readonly checked: Checked;
  readonly patience: Patience;
  /** The name under which the answer is recorded. */
  readonly step: string;
  /** The name under which it is recorded that it was sent. */
  readonly mark: string;
}

/** What a run records of an ask when it is sent. */
export interface RunAsk extends AskFacts {
  readonly id: string;
  readonly step: string;
  /** Milliseconds since 1970 when it was sent. */
  readonly at: number;
  readonly expiresAt?: number | undefined;
}

const nothing = (): void => undefined;

/** The asks of a troupe. */
export class Asks {
  readonly #host: Host;
  readonly #posting: PostPorts;
  readonly #open = new Map<string, OpenAsk>();
  /** Those of handlers, by the message that is handled. */
  readonly #byHolder = new Map<string, Set<OpenAsk>>();

  constructor(host: Host, posting: PostPorts) {
    this.#host = host;
    this.#posting = posting;
  }

  /**
   * Sends a message and waits for the reply.
   * @throws TroupeError as `checkPost`; `BAD_OPTION`, and what the protocol's `Ask` names.
   */
  async ask(asker: Asker, to: unknown, message: unknown, options: unknown): Promise<unknown> {
    const patience = checkAskOptions(options);
    const checked = checkPost(this.#posting, to, message);
    const facts = factsOf(checked, patience);
    const answer = Promise.withResolvers<unknown>();
    const open: OpenAsk = {
      ...facts,
      id: this.#host.clock.id(),
      from: asker.from,
      holder: asker.causedBy?.id ?? '',
      isAnswered: false,
      give: (settlement, cause) => handOver(answer, settlement, facts, cause),
      fail: answer.reject,
      ends: [],
    };
    this.#noteHolder(open);
    try {
      this.#limit(open, patience, checked);
      this.#host
        .enter('ask', (stage) => this.#send(stage, open, checked, asker.causedBy))
        .then((refusal) => refusal === undefined || answer.reject(refusal), answer.reject);
      return await answer.promise;
    } finally {
      this.#close(open);
    }
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
    for (const open of this.#byHolder.get(holder) ?? []) this.#giveUp(open, 'ASK_CANCELLED');
  }

  /**
   * Stages the answer to a message, in the commit that notes the end of its handler. The result
   * hands it over; to be called after the commit.
   */
  answer(stage: Stage, envelope: Envelope, settlement: Settlement): () => void {
    const open = this.#open.get(envelope.id);
    if (open !== undefined && !open.isAnswered) return settle(stage, open, settlement);
    if (settlement.status === 'COMPLETED') this.#bury(stage, envelope, settlement.result);
    return nothing;
  }

  /** The message of an ask was dropped from a full mailbox; as `answer`. */
  dropped(stage: Stage, id: string): () => void {
    const open = this.#open.get(id);
    if (open === undefined || open.isAnswered) return nothing;
    return settle(stage, open, endedBy('ASK_DROPPED'));
  }

  /** Refuses all who wait: the troupe has ended. */
  end(reason: unknown): void {
    for (const open of [...this.#open.values()]) {
      this.#close(open);
      open.fail(reason);
    }
  }

  #send(stage: Stage, open: OpenAsk, checked: Checked, causedBy?: Envelope): unknown {
    if (open.isAnswered) return undefined;
    const { id, from, holder, to } = open;
    const wait = { holder, target: id, to };
    const cycle = holder === '' ? undefined : deadlockOf(this.#waiting(stage), from, wait);
    if (cycle !== undefined) return troupeError('ASK_DEADLOCK', { cycle });
    const posted = { ...checked, from, causedBy, id, expects: 'reply' as const };
    const refusal = stagePost(this.#posting, stage, posted);
    if (refusal === undefined) this.#open.set(id, open);
    return refusal;
  }

  /** What ends the waiting of an asker in memory. */
  #limit(open: OpenAsk, { afterMs, signal }: Patience, { message: { expiresIn } }: Checked): void {
    this.#endAfter(open, afterMs, 'ASK_TIMEOUT');
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
    const answer = endedBy(code);
    if (open.stage === undefined && !isExpiry) {
      // Who asked in memory need not wait for the commit that takes the message back.
      open.isAnswered = true;
      open.give(answer, cause);
      this.#takeBack(open);
      return;
    }
    this.#host
      .enter('ask', (stage) => {
        if (open.isAnswered || (isExpiry && isTaken(stage, open))) return nothing;
        stage.withdraw(open.to, open.id, isExpiry ? 'expired' : 'withdrawn');
        return settle(stage, open, answer);
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

  #noteHolder(open: OpenAsk): void {
    if (open.holder === '') return;
    const ofHolder = this.#byHolder.get(open.holder) ?? new Set();
    this.#byHolder.set(open.holder, ofHolder.add(open));
  }

  #close(open: OpenAsk): void {
    for (const end of open.ends.splice(0)) end();
    if (this.#open.get(open.id) === open) this.#open.delete(open.id);
    const ofHolder = this.#byHolder.get(open.holder);
    if (ofHolder?.delete(open) && ofHolder.size === 0) this.#byHolder.delete(open.holder);
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

  #waiting(stage: Stage) {
    const waitsOf = (holder: string): Wait[] =>
      [...(this.#byHolder.get(holder) ?? [])].flatMap(({ isAnswered, id, to }) =>
        isAnswered || !this.#open.has(id) ? [] : { holder, target: id, to },
      );
    return { waitsOf, slotsOf: (bot: Address) => slotsIn(stage.find(bot)) };
  }
}

const factsOf = ({ to, message: { type } }: Checked, { afterMs }: Patience): AskFacts => ({
  to,
  type,
  afterMs,
});
