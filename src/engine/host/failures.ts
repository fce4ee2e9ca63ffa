/**
 * Failures: what went wrong in a group, told to the app's logger after its commit.
 *
 * One line for each failure: a run that ended FAILED and is no step of another one, an incident
 * that opened, a message of a user that is dead. Poison is told when its turn throws, what a
 * supervisor does by the supervisor, a run that is parked by recovery. What actors tell each other
 * is not told. What went well is told as coordination.
 */
import { type Cell, isRootSpec } from '../../actor/index.ts';
import type { Batch, DeadLetter } from '../../journal/index.ts';
import {
  type Address,
  asAddress,
  Envelope,
  type Failure,
  type LogFacts,
  type Logger,
  type Outcome,
} from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import type { Incident } from '../engine.ts';
import { tellCoordination } from '../group/coordination.ts';
import { hostedOutcome } from '../lives/index.ts';

/** What a group tells of failures. */
export interface FailuresIn {
  readonly batch: Pick<Batch, 'dead' | 'rows'>;
  readonly touched: readonly Cell[];
  /** Incidents that it opened. */
  readonly opened: readonly Incident[];
}

/** Finds actors. */
interface Finder {
  find(address: Address): Cell | undefined;
}

/**
 * Tells the failures of a committed group.
 * @param since the last row of the history before the group.
 */
export function tellFailures(group: FailuresIn, since: number, log: Logger, cells: Finder): void {
  for (const { about, code, message } of group.opened) {
    if (code === 'PARKED' || about.startsWith('supervisor/')) continue;
    say(log, 'incident.opened', { actor: about, code, error: message });
  }
  for (const cell of group.touched) {
    if (!cell.isDone || cell.last <= since) continue;
    const error = failureIn(cell);
    if (error === undefined) continue;
    if (group.opened.some(({ about }) => about === cell.address)) continue;
    const { address: actor, identity } = cell;
    const facts = { actor, definition: identity.definition, code: error.code };
    const by = createdBy(cell);
    const isSupervised = by.startsWith('supervisor/');
    const told = { ...facts, error: error.message };
    if (isSupervised) say(log, 'run.failed.supervised', { ...told, supervisor: by });
    else say(log, 'run.failed', told);
  }
  for (const letter of group.batch.dead) tellDead(letter, log, cells);
  tellCoordination(group, since, log);
}

/** Why a run failed that is no part of another one. */
function failureIn({ identity, hosted, snapshot }: Cell): Failure | undefined {
  if (identity.parent !== '' || !identity.address.startsWith('run/')) return undefined;
  if (hosted !== undefined && !isRootSpec(hosted.spec)) return undefined;
  const outcome: Outcome = hosted ? hostedOutcome(hosted, snapshot) : snapshot.output;
  return outcome.status === 'FAILED' ? outcome.error : undefined;
}

/** Who started a run. */
const createdBy = ({ identity }: Cell): string => {
  const { createdBy: by }: { createdBy?: string } = JSON.parse(identity.input);
  return by ?? '';
};

function tellDead(letter: DeadLetter, log: Logger, cells: Finder): void {
  const { to: actor, reason, letter: number, detail } = letter;
  if (reason === 'poison' || reason === 'looping' || reason === 'withdrawn') return;
  const cell = cells.find(asAddress(actor));
  const message = /^(bot|inbox)\//.test(actor) ? messageIn(letter) : eventIn(letter, cell);
  if (message === undefined) return;
  const facts = { actor, ...message, letter: number };
  if (reason === 'failed') say(log, 'message.failed', { ...facts, error: detail });
  else say(log, 'message.dead', { ...facts, reason });
}

function messageIn({ body }: DeadLetter): LogFacts | undefined {
  const { data } = Envelope.safeParse(JSON.parse(body).envelope);
  return data && { type: data.type, messageId: data.id, correlationId: data.correlationId };
}

/** An event of the user's own, for the machine of a run. */
function eventIn({ to, type }: DeadLetter, cell: Cell | undefined): LogFacts | undefined {
  const isForMachine = cell === undefined ? to.startsWith('run/') : cell.hosted?.isRoot === true;
  const isOwn = !type.startsWith('troupe.') && !type.startsWith('xstate.');
  return isForMachine && isOwn ? { type } : undefined;
}
