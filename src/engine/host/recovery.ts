/**
 * Recovery: what was live before the end of the last process is live again.
 *
 * Snapshots are the truth: no transition is executed again. Only actors with something to do are
 * loaded: those with effects under way, with waiting mail, or with a due timer (when it is due).
 * A live run whose definition is missing or changed is parked: kept whole, taking mail, not turns.
 * One that was parked and whose definition is back goes on by itself. All live records are judged
 * only when the definitions are others than at the last start.
 * Timers fire when that is done and all mail is applied, the overdue ones at once; what counts the
 * time of work (tag `timed`) is told before how long nobody worked.
 */
import type { Cell } from '../../actor/index.ts';
import type { ActorRecord, Journal, JournalReads, WaitingMail } from '../../journal/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import type { ActorEvent, Address } from '../../protocol/index.ts';
import type { Fitness, Recovery, Stage } from '../engine.ts';
import { accepted, type Tally } from '../group/group-ports.ts';
import type { Cells } from './cells.ts';

/** What recovery fills. */
interface RecoveryPorts {
  readonly cells: Cells;
  readonly journal: Journal;
}

/** Live records that are judged at once: each holds an input and a snapshot. */
const PAGE = 1_000;

/** Loads what can't go on any more, or can again. */
export function recover(
  { cells, journal }: RecoveryPorts,
  fitness: Fitness,
  isKnown: boolean,
): Omit<Recovery, 'live'> {
  const parked: ActorRecord[] = [];
  const changed: Address[] = [];
  for (const [record, reason] of judged({ cells, journal }, fitness, isKnown)) {
    if (reason !== '' && isWhole(record)) parked.push({ ...record, parked: reason });
    const isMigrating = reason === '' && cells.migrates(record);
    if (reason === record.parked && !isMigrating) continue;
    changed.push(record.address);
    cells.load({ ...record, parked: reason });
  }
  return { parked, changed };
}

/**
 * What is judged and can't go on, or could not before, or migrates: each with the reason why it
 * can't, or nothing. The actors of one machine's tree go on together or not.
 */
function judged(
  { cells, journal }: RecoveryPorts,
  fitness: Fitness,
  isKnown: boolean,
): Map<ActorRecord, string> {
  if (isKnown) return reasonsOf(journal.actors({ parked: true, done: false }), fitness);
  const found = new Map<ActorRecord, string>();
  const trees = new Map<string, string>();
  for (const record of living(journal)) {
    const reason = fitness(record) ?? '';
    const isOfNote = reason !== '' || record.parked !== '' || cells.migrates(record);
    if (isOfNote) found.set(record, reason);
    if (reason !== '' && record.kind === 'machine') trees.set(treeOf(record), reason);
  }
  if (trees.size === 0) return found;
  const known = new Map([...found].map(([record, reason]) => [record.actor, { record, reason }]));
  for (const record of living(journal, 'machine')) {
    const { reason } = known.get(record.actor) ?? { reason: '' };
    const ofTree = reason === '' ? trees.get(treeOf(record)) : undefined;
    if (ofTree !== undefined) found.set(known.get(record.actor)?.record ?? record, ofTree);
  }
  return found;
}

/** All living actors, page by page. */
function* living(
  journal: Pick<JournalReads, 'actors'>,
  kind?: string,
): Generator<ActorRecord, void, undefined> {
  for (let above = 0; ; ) {
    const page = journal.actors({ kind, done: false, above, limit: PAGE });
    yield* page;
    above = page.at(-1)?.actor ?? 0;
    if (page.length < PAGE) return;
  }
}

/** What among live actors can't go on, each with the reason; what is a part of it left out. */
export const misfitsAmong = (live: readonly ActorRecord[], fitness: Fitness): ActorRecord[] =>
  parkedAmong(reasonsOf(live, fitness));

const parkedAmong = (reasons: ReadonlyMap<ActorRecord, string>): ActorRecord[] =>
  [...reasons].flatMap(([record, reason]) =>
    reason !== '' && isWhole(record) ? [{ ...record, parked: reason }] : [],
  );

/** Why each can't go on, or nothing. The actors of one machine's tree go on together or not. */
function reasonsOf(live: readonly ActorRecord[], fitness: Fitness): Map<ActorRecord, string> {
  const reasons = new Map(live.map((record) => [record, fitness(record) ?? '']));
  const trees = new Map<string, string>();
  for (const [record, reason] of reasons) {
    if (reason !== '' && record.kind === 'machine') trees.set(treeOf(record), reason);
  }
  if (trees.size === 0) return reasons;
  for (const [record, reason] of reasons) {
    if (reason !== '' || record.kind !== 'machine') continue;
    reasons.set(record, trees.get(treeOf(record)) ?? '');
  }
  return reasons;
}

/** Whether it is no part of a machine's run. */
const isWhole = (record: ActorRecord): boolean =>
  record.kind !== 'machine' || treeOf(record) === record.address;

/** The address of the run at the root of a machine's tree. */
const treeOf = ({ address, input }: ActorRecord): string => JSON.parse(input).root ?? address;

/**
 * Tells an actor that counts the time of what is under way until when it can have been. One that
 * was told to end before it was parked ends.
 */
export function tellTimed(stage: Stage, cell: Cell): void {
  if (cell.parked !== '') stage.endIfTold(cell);
  if (cell.parked !== '' || cell.isDone || cell.hosted !== undefined) return;
  if (!cell.snapshot.hasTag('timed')) return;
  stage.send(cell.address, { type: 'host.recovered', until: cell.leftAt });
}

/** What restoring mail needs. */
interface MailPorts {
  readonly cells: Cells;
  readonly tally: Tally;
}

/** Puts mail that waited in the journal into the mailbox of an actor that came to memory. */
export function restoreMail({ cells, tally }: MailPorts, cell: Cell, waiting: WaitingMail): void {
  const mail: Mail = {
    ...told(cell, waiting.body, cells),
    lane: waiting.lane,
    gated: waiting.gated,
    key: waiting.key,
    expiresAt: waiting.expiresAt,
    number: waiting.mail,
    stored: true,
    withdrawn: false,
    taken: false,
  };
  cell.mailbox.put(mail);
  accepted(tally, cell, mail.event, true);
}

/** The event of waiting mail. One between machines tells its origin, and may hold references. */
function told(cell: Cell, body: string, cells: Cells): Pick<Mail, 'event' | 'origin' | 'hops'> {
  if (cell.hosted === undefined) return { event: JSON.parse(body) };
  const value: ActorEvent | { readonly event: ActorEvent } = cells.eventOf(body);
  return 'type' in value ? { event: value } : value;
}
