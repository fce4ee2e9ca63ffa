/**
 * Recovery: what a process finds when it starts again is what was durable when the one before it
 * ended, whole: every actor, waiting message, timer and recorded step, and the numbers go on.
 */
import type {
  ActorRecord,
  Batch,
  JournalReads,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../../../journal/index.ts';
import type { Sight } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { nameOf } from '../told.ts';

/** What was durable, worked out from the commits alone. */
class Durable {
  readonly actors = new Map<number, ActorRecord>();
  readonly #waiting = new Map<number, WaitingMail>();
  readonly #timers = new Map<string, TimerRecord>();
  readonly #steps = new Map<string, StepRecord>();
  #rows = 0;
  #letters = 0;

  /** Takes a commit in; what can't be. */
  note(batch: Batch): string | undefined {
    for (const row of batch.rows) {
      this.#rows += 1;
      if (row.seq !== this.#rows) {
        return `row ${row.seq} of the history follows row ${this.#rows - 1}`;
      }
    }
    for (const actor of batch.actors) this.actors.set(actor.actor, actor);
    for (const mail of batch.taken) this.#waiting.delete(mail);
    for (const mail of batch.waiting) this.#waiting.set(mail.mail, mail);
    for (const step of batch.steps) this.#steps.set(`${step.actor} ${step.step}`, step);
    for (const { actor, timer } of batch.timersCleared) this.#timers.delete(`${actor} ${timer}`);
    for (const timer of batch.timersArmed) {
      this.#timers.set(`${timer.actor} ${timer.timer}`, timer);
    }
    this.#letters = Math.max(this.#letters, ...batch.dead.map(({ letter }) => letter));
    return undefined;
  }

  /** How what a journal says differs. */
  difference({ journal, isTrimmed = false }: Sight): string | undefined {
    if (isTrimmed) this.#letGo(journal);
    const heads = journal.heads();
    if (heads.seq !== this.#rows)
      return `${this.#rows} rows of history were durable, ${heads.seq} are there`;
    if (heads.letter !== this.#letters) {
      return `${this.#letters} dead letters were durable, the last one there is ${heads.letter}`;
    }
    return this.#actorsDiffer(journal) ?? this.#restDiffers(journal);
  }

  /** Ended families may go, whole, when nothing waits for any of them. */
  #letGo(journal: JournalReads): void {
    const waited = new Set([...this.#waiting.values(), ...this.#timers.values()].map(whose));
    for (const [key, { actor, step }] of this.#steps) {
      // What became of a dead letter goes with it.
      const isGone = step.startsWith('~letter/') && journal.step(actor, step) === undefined;
      if (isGone) this.#steps.delete(key);
    }
    const kept = new Set<string>();
    for (const { actor, address, done } of this.actors.values()) {
      if (!done || waited.has(actor) || journal.byNumber(actor) !== undefined) {
        kept.add(familyOf(address));
      }
    }
    for (const { actor, address } of [...this.actors.values()]) {
      if (kept.has(familyOf(address))) continue;
      this.actors.delete(actor);
      for (const [key, step] of this.#steps) if (step.actor === actor) this.#steps.delete(key);
    }
  }

  #actorsDiffer(journal: JournalReads): string | undefined {
    const found = new Map(journal.actors({}).map((record) => [record.actor, record]));
    for (const [actor, was] of this.actors) {
      const is = found.get(actor);
      const name = nameOf(was.address);
      if (is === undefined) return `${name} was durable and is gone`;
      for (const field of fields) {
        if (is[field] === was[field]) continue;
        return `${field} of ${name} was ${short(was[field])} and is ${short(is[field])}`;
      }
    }
    const more = [...found.values()].find(({ actor }) => !this.actors.has(actor));
    return more && `${nameOf(more.address)} is there and was never durable`;
  }

  #restDiffers(journal: JournalReads): string | undefined {
    const keyOf = ({ actor, timer }: TimerRecord): string => `${actor} ${timer}`;
    const waiting = new Map(journal.waiting().map((mail) => [mail.mail, mail]));
    const timers = new Map(journal.timers().map((timer) => [keyOf(timer), timer]));
    return (
      differ('a waiting message', this.#waiting, waiting) ??
      differ('a timer', this.#timers, timers) ??
      this.#stepsDiffer(journal)
    );
  }

  #stepsDiffer(journal: JournalReads): string | undefined {
    for (const was of this.#steps.values()) {
      const is = journal.step(was.actor, was.step);
      if (is?.body === was.body) continue;
      const name = nameOf(this.actors.get(was.actor)?.address ?? `actor ${was.actor}`);
      const now = is === undefined ? 'is gone' : `is ${short(is.body)}`;
      return `step ${was.step} of ${name} was recorded as ${short(was.body)} and ${now}`;
    }
    return undefined;
  }
}

const whose = ({ actor }: { readonly actor: number }): number => actor;

/** An address as far as it names the run that stands by itself. */
const familyOf = (address: string): string =>
  /^(run|handoff)\//.test(address) ? address.split('/').slice(1, 3).join('/') : address;

const fields = ['status', 'generation', 'active', 'done', 'parked', 'input', 'snapshot'] as const;

/** What is recovered is what was durable. */
export function recovered(): Oracle {
  const durable = new Durable();
  /** What had ended before the process did. */
  return {
    law: 'what is recovered is what was durable before the crash',
    committed({ batch }) {
      for (const record of batch.actors) {
        const found = odd(record);
        if (found !== undefined) return found;
      }
      return durable.note(batch);
    },
    recovered: (sight) => durable.difference(sight),
    rested: (sight) => durable.difference(sight),
  };
}

/** What no record may say. */
function odd({ address, done, active, parked }: ActorRecord): string | undefined {
  if (!done) return undefined;
  if (active) return `${nameOf(address)} has ended and is to be performed again`;
  return parked === '' ? undefined : `${nameOf(address)} has ended and is parked: ${parked}`;
}

function differ<Key, Value>(
  what: string,
  was: ReadonlyMap<Key, Value>,
  is: ReadonlyMap<Key, Value>,
): string | undefined {
  for (const [key, value] of was) {
    const found = is.get(key);
    const before = JSON.stringify(value);
    if (found === undefined) return `${what} was durable and is gone: ${short(before)}`;
    if (JSON.stringify(found) !== before)
      return `${what} was ${short(before)} and is ${short(JSON.stringify(found))}`;
  }
  for (const [key, value] of is) {
    if (!was.has(key))
      return `${what} is there and was never durable: ${short(JSON.stringify(value))}`;
  }
  return undefined;
}

/** As much of a text as a person reads. */
const short = (value: unknown): string => {
  const text = String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};
