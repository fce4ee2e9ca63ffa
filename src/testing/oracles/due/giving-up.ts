/**
 * Giving up: work and handlers fail for good only when their attempts are used up, or when trying
 * again can't help; and between two attempts of work there is the pause that its policy asks for.
 *
 * The pause of work is told by what is committed: its policy, how many attempts there were, and the
 * chance that was drawn. That of handlers is drawn in memory, so that only many pauses without any
 * length tell that there are none.
 */
import type { ActorRecord, JournalRow } from '../../../journal/index.ts';
import { type Definition, isBot } from '../../../protocol/index.ts';
import type { CallRecord, Sight } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { attemptsIn, nameOf, ordinal, sentence, stateOf } from '../told.ts';

/** Nobody gives up too early, or tries again without a pause. */
export function givingUp(): Oracle {
  const roll = new Roll();
  const handlers = new Handlers();
  /** When the next attempt of a task may begin, by number of its actor. */
  const pauses = new Map<number, Pause>();
  return {
    law: 'nothing is given up while it may be tried again, nor tried again without a pause',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      const tooSoon = handlers.note(sight);
      if (tooSoon !== undefined) return tooSoon;
      for (const row of batch.rows) {
        if (row.type === 'message.failed') {
          const found = handlers.failed(row);
          if (found !== undefined) return found;
        }
        if (row.status === '' && !endsPause.test(row.type)) continue;
        const record = roll.byNumber(row.actor);
        const entry = record?.kind === 'task' ? roll.entry(record.address) : undefined;
        const found = entry && (resumedEarly(row, entry, pauses) ?? failed(row, entry, pauses));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Rows that end a pause and leave the status of a run as it is. */
const endsPause = /\.backingOff$|^handoff\.accepted$/;

/** A pause between two attempts of a task. */
interface Pause {
  readonly until: number;
  readonly ms: number;
}

/** What tells the end of an attempt. */
interface FailTold {
  readonly attempt?: number;
  readonly chance?: number;
  readonly error?: { readonly code: string; readonly retryable: boolean };
}

/** A task that pauses begins, before its time; whatever else happens to it ends the pause. */
function resumedEarly(row: JournalRow, { record }: Entry, pauses: Map<number, Pause>) {
  const pause = pauses.get(row.actor);
  if (pause === undefined) return undefined;
  pauses.delete(row.actor);
  if (!row.type.endsWith('.backingOff') || row.at >= pause.until) return undefined;
  return sentence(
    `${nameOf(record.address)} goes on ${pause.until - row.at} ms too early: its policy asks for a`,
    `pause of ${pause.ms} ms before the next attempt`,
  );
}

/** An attempt of a task ended badly: there is another one after a pause, if there may be one. */
function failed(row: JournalRow, { record, first }: Entry, pauses: Map<number, Pause>) {
  const isOverrun = row.type.startsWith('xstate.after') && row.type.includes('.IN_PROGRESS');
  if (row.type !== 'task.fail' && !isOverrun) return undefined;
  const told: FailTold = row.type === 'task.fail' ? JSON.parse(row.body) : {};
  const { retry } = policyOf(first);
  if (retry === undefined) return undefined;
  const { attemptsBefore = 0 } = stateOf(record).context;
  const tries = (told.attempt ?? attemptsIn(record)) - attemptsBefore;
  if (row.status.includes('FAILED')) {
    if (tries >= retry.attempts || told.error?.retryable === false) return undefined;
    return sentence(
      `${nameOf(record.address)} failed for good at its ${ordinal(tries)} attempt, of`,
      `${retry.attempts} that its policy allows, with ${told.error?.code ?? 'a time-out'}`,
    );
  }
  // A time-out brings no chance: its pause is the longest.
  const { chance = isOverrun ? 1 : 0 } = told;
  const ms = Math.round(chance * Math.min(retry.backoffMsMax, retry.backoffMs * 2 ** (tries - 1)));
  if (row.status.includes('PENDING')) pauses.set(row.actor, { until: row.at + ms, ms });
  return undefined;
}

interface PolicyTold {
  readonly retry?: {
    readonly attempts: number;
    readonly backoffMs: number;
    readonly backoffMsMax: number;
  };
}

const policyOf = ({ input }: ActorRecord): PolicyTold => JSON.parse(input);

/** So many pauses of no length are no chance. */
const pausesMost = 4;

/** Handlers: their calls, by the message that they are about. */
class Handlers {
  readonly #last = new Map<string, CallRecord>();
  #definitions: readonly Definition[] = [];
  #seen = 0;
  /** Pauses of no length, one after the other. */
  #none = 0;

  /** Reads the new calls. */
  note({ calls, definitions }: Sight): string | undefined {
    this.#definitions = definitions;
    for (; this.#seen < calls.length; this.#seen += 1) {
      const call = calls[this.#seen];
      if (call?.kind !== 'handler') continue;
      const before = this.#last.get(call.key);
      this.#last.set(call.key, call);
      const found = before && this.#pausing(before, call);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #pausing(before: CallRecord, call: CallRecord): string | undefined {
    const { of, life, attempt, beganAt } = call;
    const { backoffMs = 0 } = this.#botOf(of)?.retry ?? {};
    const isNext = before.life === life && before.attempt + 1 === attempt;
    // With a shorter pause chance might be as short four times.
    if (!isNext || before.end !== 'failed' || backoffMs < 100) return undefined;
    this.#none = beganAt === before.endedAt ? this.#none + 1 : 0;
    if (this.#none < pausesMost) return undefined;
    return sentence(
      `${of} is tried again at once, ${this.#none} times in a row: its policy asks for a pause of`,
      `up to ${backoffMs} ms before the second attempt`,
    );
  }

  /** A handler failed for good. */
  failed(row: JournalRow): string | undefined {
    const { id = '', error }: FailTold & { readonly id?: string } = JSON.parse(row.body);
    const call = this.#last.get(id);
    const { attempts } = (call && this.#botOf(call.of)?.retry) ?? {};
    if (call === undefined || attempts === undefined || error?.retryable !== true) return undefined;
    if (call.attempt >= attempts) return undefined;
    return sentence(
      `${call.of} failed for good at its ${ordinal(call.attempt)} attempt at message ${id}, of`,
      `${attempts} that its policy allows, with ${error.code}`,
    );
  }

  #botOf(of: string) {
    return this.#definitions
      .filter(isBot)
      .find((bot) => Object.keys(bot.on).some((type) => of === `${bot.id}.${type}`));
  }
}
