/**
 * Recovery: what was live before the end of the last process is live again.
 *
 * Snapshots are the truth: no transition is executed again. Only actors with something to do are
 * loaded: those with effects under way, with waiting mail, or with a due timer (when it is due).
 * A live run whose definition is missing or changed is parked: kept whole, taking mail, not turns.
 * One that was parked and whose definition is back goes on by itself.
 * Timers fire when that is done and all mail is applied, the overdue ones at once; what counts the
 * time of work (tag `timed`) is told before how long nobody worked.
 */
import type { Cell } from '../../actor/index.ts';
import type { Timers } from '../../delivery/index.ts';
import type { ActorRecord, Journal, WaitingMail } from '../../journal/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import type { ActorEvent, Address } from '../../protocol/index.ts';
import type { Fitness, Recovery, Stage } from '../engine.ts';
import { accepted, type Tally } from '../group/group-ports.ts';
import type { Cells } from './cells.ts';

/** What recovery fills. */
interface RecoveryPorts {
  readonly cells: Cells;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly wake: (cell: Cell) => void;
}

/** Loads what was live. */
export function recover(ports: RecoveryPorts, fitness: Fitness): Recovery {
  const live = ports.journal.actors({ done: false });
  const reasons = reasonsOf(live, fitness);
  const parked = parkedAmong(reasons);
  const changed: Address[] = [];
  for (const [record, reason] of reasons) {
    const isMigrating = reason === '' && ports.cells.migrates(record);
    const isChanged = reason !== record.parked || isMigrating;
    if (isChanged) changed.push(record.address);
    if (record.active || isChanged) ports.cells.load({ ...record, parked: reason });
  }
  for (const timer of ports.journal.timers()) {
    ports.timers.arm({ ...timer, event: ports.cells.eventOf(timer.body) });
  }
  for (const waiting of ports.journal.waiting()) restoreMail(ports, waiting);
  const runs = live.filter((record) => record.address.startsWith('run/'));
  return { live: runs.length, parked, changed };
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
 * Tells those who count the time of what is under way until when it can have been. Who was told to
 * end before it was parked ends.
 */
export function tellTimed(stage: Stage, cells: Cells): void {
  for (const cell of cells.all()) {
    if (cell.parked !== '') stage.endIfTold(cell);
    if (cell.parked !== '' || cell.isDone || cell.hosted !== undefined) continue;
    if (!cell.snapshot.hasTag('timed')) continue;
    stage.send(cell.address, { type: 'host.recovered', until: cell.leftAt });
  }
}

function restoreMail({ cells, tally, wake }: RecoveryPorts, waiting: WaitingMail): void {
  const cell = cells.findNumber(waiting.actor);
  if (cell === undefined || cell.isDone) return;
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
  wake(cell);
}

/** The event of waiting mail. One between machines tells its origin, and may hold references. */
function told(cell: Cell, body: string, cells: Cells): Pick<Mail, 'event' | 'origin' | 'hops'> {
  if (cell.hosted === undefined) return { event: JSON.parse(body) };
  const value: ActorEvent | { readonly event: ActorEvent } = cells.eventOf(body);
  return 'type' in value ? { event: value } : value;
}
