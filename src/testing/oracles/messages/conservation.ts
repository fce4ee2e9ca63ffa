/**
 * Conservation: what was accepted waits, is under way, was handled, failed, or is dead; at every
 * commit. Mail that leaves a mailbox is in the history, or a dead letter; what a bot has under way
 * is what it was handed and has not told the end of.
 */
import type { ActorRecord, Batch, WaitingMail } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, sentence, stateOf, type Told } from '../told.ts';

/** Nothing that was accepted vanishes. */
export function conservation(): Oracle {
  const roll = new Roll();
  const waiting = new Map<number, WaitingMail>();
  const underWay = new Map<number, Set<string>>();
  return {
    law: 'accepted = handled + failed + dead + waiting + under way',
    committed({ batch }, sight) {
      const touched = roll.note(batch, sight);
      const found = left(batch, waiting, roll);
      if (found !== undefined) return found;
      for (const mail of batch.waiting) {
        if (waiting.has(mail.mail)) return `two messages wait under the number ${mail.mail}`;
        waiting.set(mail.mail, mail);
      }
      count(batch, underWay);
      for (const { record } of touched) {
        const wrong =
          record.kind === 'bot' ? balance(record, underWay.get(record.actor)) : undefined;
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    },
    rested() {
      for (const mail of waiting.values()) {
        const found = forgotten(mail, roll.byNumber(mail.actor));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** What left a mailbox and went nowhere. */
function left(batch: Batch, waiting: Map<number, WaitingMail>, roll: Roll): string | undefined {
  if (batch.taken.length === 0) return undefined;
  const gone: WaitingMail[] = [];
  for (const number of batch.taken) {
    const mail = waiting.get(number);
    if (mail === undefined) return `message ${number} was taken, which did not wait`;
    waiting.delete(number);
    gone.push(mail);
  }
  const ends = new Map<string, number>();
  const note = (key: string): unknown => ends.set(key, (ends.get(key) ?? 0) + 1);
  for (const row of batch.rows) {
    const id = row.type === 'message' ? eventOf(row).envelope?.id : '';
    note(`${roll.address(row.actor)} ${row.type} ${id}`);
  }
  for (const letter of batch.dead) {
    const id = letter.type === 'message' ? eventOf(letter).envelope?.id : '';
    note(`${letter.to} ${letter.type} ${id}`);
  }
  for (const mail of gone) {
    const record = roll.byNumber(mail.actor);
    const event = eventOf(mail);
    const key = `${record?.address} ${event.type} ${event.envelope?.id ?? ''}`;
    const count = ends.get(key) ?? 0;
    ends.set(key, count - 1);
    if (count > 0 || record === undefined || mayVanish(event, record)) continue;
    return sentence(
      `${told(event)} left the mailbox of ${nameOf(record.address)} and is neither in its`,
      'history nor a dead letter',
    );
  }
  return undefined;
}

/**
 * What nobody misses: a wish for a slot that is withdrawn, what the host says to who has ended, and
 * between machines what is about a child that is no more.
 */
function mayVanish(event: Told, { kind, done }: ActorRecord): boolean {
  const { type } = event;
  if (type === undefined || type === 'slot.request') return true;
  const isHosts = type.startsWith('troupe.') || type.startsWith('xstate.');
  if (kind === 'machine') return isHosts || event.origin !== undefined;
  return done && (isHosts || type.startsWith('handoff.') || news.has(type));
}

/** What runs tell each other; who has ended need not hear it. */
const news: ReadonlySet<string> = new Set([
  'dependency.settled',
  'approval.requested',
  'child.settled',
  'step.judged',
  'step.skipped',
  'workflow.finished',
  'workflow.failed',
  'run.cancel',
]);

/** What each bot is handed, and tells the end of. */
function count(batch: Batch, underWay: Map<number, Set<string>>): void {
  for (const row of batch.rows) {
    if (!row.type.startsWith('message')) continue;
    const { envelope, id = '' } = eventOf(row);
    const own = underWay.get(row.actor) ?? new Set<string>();
    underWay.set(row.actor, own);
    if (row.type === 'message' && envelope !== undefined) own.add(envelope.id);
    else own.delete(id);
  }
}

/** The bot's own books against those of its history. */
function balance(record: ActorRecord, handed = new Set<string>()): string | undefined {
  const { messages = [] } = stateOf(record).context;
  const has = new Set(messages.map(({ id }) => id));
  const lost = [...handed].find((id) => !has.has(id));
  const isMore = [...has].find((id) => !handed.has(id));
  if (lost !== undefined) {
    return sentence(
      `${record.address} was handed message ${lost} and forgot it: it is neither handled nor`,
      'failed nor under way',
    );
  }
  if (isMore === undefined) return undefined;
  return sentence(
    `${record.address} has message ${isMore} under way, which it was not handed or told the`,
    'end of',
  );
}

/** A message that waits for ever, at a bot that could take it. */
function forgotten(mail: WaitingMail, record: ActorRecord | undefined): string | undefined {
  const event = eventOf(mail);
  if (record === undefined) return `${told(event)} waits for an actor that does not exist`;
  if (record.parked !== '' || record.kind === 'inbox' || record.kind === 'machine')
    return undefined;
  if (record.done) return `${told(event)} waits for ${nameOf(record.address)}, which has ended`;
  // A full bot, and a task that waits for others, are the affair of what hangs there.
  if (mail.gated && record.status !== 'open') return undefined;
  return sentence(
    `${told(event)} waits for ${nameOf(record.address)} and is not taken, though nothing`,
    'goes on any more',
  );
}

const told = ({ type = 'an event', envelope }: Told): string =>
  envelope === undefined ? type : `message ${envelope.type} (${envelope.id})`;
