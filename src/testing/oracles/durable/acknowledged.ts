/**
 * Acknowledged: what a client was told is done is durable, and was durable when it was told. The
 * run is there from then on, the message was accepted, the decision taken, and a cancel ends it.
 */
import type { Batch } from '../../../journal/index.ts';
import type { RequestRecord, Sight } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, ordinal, runAddressOf, sentence, type Told } from '../told.ts';

/** What happened by which commit. */
interface Seen {
  readonly roll: Roll;
  /** Actors, by address. */
  readonly made: Map<string, number>;
  readonly ended: Map<string, number>;
  /** Commits of decisions, by approval. */
  readonly decided: Map<string, number[]>;
  /** Messages of clients by recipient and type, a commit for each, in order. */
  readonly sent: Map<string, number[]>;
  readonly ids: Set<string>;
}

/** Nothing that was acknowledged is lost. */
export function acknowledged(): Oracle {
  const seen: Seen = {
    roll: new Roll(),
    made: new Map(),
    ended: new Map(),
    decided: new Map(),
    sent: new Map(),
    ids: new Set(),
  };
  const checked = new Set<RequestRecord>();
  return {
    law: 'nothing that was acknowledged is lost',
    committed({ batch, commit }, sight) {
      note(batch, commit, seen, sight);
      return unheard(batch) ?? newlyLost(sight, seen, checked);
    },
    recovered: (sight) => anyLost(sight, seen),
    rested: (sight) =>
      newlyLost(sight, seen, checked) ?? anyLost(sight, seen) ?? goingOn(sight, seen),
  };
}

function note(batch: Batch, commit: number, seen: Seen, sight: Sight): void {
  for (const { record, before } of seen.roll.note(batch, sight)) {
    const { address } = record;
    if (before === undefined) seen.made.set(address, commit);
    if (record.done && before?.done !== true) seen.ended.set(address, commit);
  }
  for (const row of batch.rows) {
    toMachine(row.actor, row.type, commit, seen);
    if (row.type === 'message') sent(eventOf(row), commit, seen);
    if (row.type === 'approval.decide') decided(seen.roll.address(row.actor), commit, seen);
  }
  for (const mail of batch.waiting) {
    const event = eventOf(mail);
    toMachine(mail.actor, (event.event ?? event).type, commit, seen);
    sent(event, commit, seen);
  }
  for (const letter of batch.dead) {
    if (letter.to.startsWith('run/')) accepted(`${letter.to} ${letter.type}`, commit, seen);
    sent(eventOf(letter), commit, seen);
  }
}

function decided(approval: string, commit: number, { decided }: Seen): void {
  const commits = decided.get(approval);
  if (commits === undefined) decided.set(approval, [commit]);
  else commits.push(commit);
}

/** A decision is refused, or it is taken: who was told that it is must not be mistaken. */
function unheard({ dead }: Batch): string | undefined {
  const letter = dead.find(({ type }) => type === 'approval.decide');
  if (letter === undefined) return undefined;
  const { approve } = eventOf(letter);
  const said = approve === true ? 'yes' : 'no';
  return sentence(
    `somebody's ${said} to ${nameOf(letter.to)} was acknowledged, and is a`,
    `dead letter (${letter.reason}): it counts for nothing`,
  );
}

/** An event to a machine has no id: what waited and was applied then is seen twice. */
function toMachine(actor: number, type: string, commit: number, seen: Seen): void {
  const record = seen.roll.byNumber(actor);
  if (record?.kind === 'machine') accepted(`${record.address} ${type}`, commit, seen);
}

function sent({ envelope }: Told, commit: number, seen: Seen): void {
  if (envelope === undefined || !envelope.from.startsWith('client/') || seen.ids.has(envelope.id))
    return;
  seen.ids.add(envelope.id);
  accepted(`${idOf(envelope.to)} ${envelope.type}`, commit, seen);
}

function accepted(line: string, commit: number, { sent }: Seen): void {
  const commits = sent.get(line);
  if (commits === undefined) sent.set(line, [commit]);
  else commits.push(commit);
}

/** `bot/finder` and `inbox/finder` are the same to a client. */
const idOf = (address: string): string =>
  decodeURIComponent(address.slice(address.indexOf('/') + 1));

/** Acknowledgements since the last commit that came too early, or for nothing. */
function newlyLost(
  { requests }: Sight,
  seen: Seen,
  checked: Set<RequestRecord>,
): string | undefined {
  for (const request of requests) {
    if (!isAcknowledged(request) || checked.has(request)) continue;
    checked.add(request);
    const found = lost(request, requests, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An acknowledged run that is not there. */
function anyLost(sight: Sight, { made, ended }: Seen): string | undefined {
  const { requests, journal, isTrimmed = false } = sight;
  for (const request of requests) {
    if (!isAcknowledged(request) || request.runId === undefined) continue;
    const address = runAddressOf(request.runId);
    if (!made.has(address) || journal.byAddress(address) !== undefined) continue;
    if (isTrimmed && ended.has(address)) continue;
    return `${told(request)} was acknowledged, and ${nameOf(address)} is gone`;
  }
  return undefined;
}

/** A cancel that ends nothing. */
function goingOn({ requests }: Sight, { roll }: Seen): string | undefined {
  for (const request of requests) {
    const { runId } = request;
    if (!isAcknowledged(request) || kindOf(request) !== 'cancel' || runId === undefined) continue;
    const run = roll.byAddress(runAddressOf(runId));
    if (run?.done === false)
      return `${told(request)} was acknowledged, and the run is still ${run.status}`;
  }
  return undefined;
}

function lost(
  request: RequestRecord,
  requests: readonly RequestRecord[],
  seen: Seen,
): string | undefined {
  const { runId, acknowledgedAt = 0 } = request;
  const by = `when it was acknowledged, after commit ${acknowledgedAt}`;
  if (runId !== undefined) {
    const address = runAddressOf(runId);
    const madeAt = seen.made.get(address);
    if (madeAt === undefined) return `${told(request)} was acknowledged, but there is no such run`;
    if (madeAt > acknowledgedAt) return `${told(request)}: the run was not durable ${by}`;
  }
  return (
    sentLost(request, requests, seen) ??
    endLost(request, seen) ??
    decisionLost(request, requests, seen)
  );
}

/** A message that was not accepted by then. */
function sentLost(
  request: RequestRecord,
  requests: readonly RequestRecord[],
  { sent }: Seen,
): string | undefined {
  const { acknowledgedAt = 0 } = request;
  for (const line of new Set(linesOf(request))) {
    const earlier = requests.filter(
      (other) => isAcknowledged(other) && (other.acknowledgedAt ?? 0) <= acknowledgedAt,
    );
    const wanted = earlier.flatMap(linesOf).filter((other) => other === line).length;
    const found = (sent.get(line) ?? []).filter((commit) => commit <= acknowledgedAt).length;
    if (found >= wanted) continue;
    return sentence(
      `${told(request)} was acknowledged after commit ${acknowledgedAt}, but of ${wanted}`,
      `such messages that were acknowledged by then only ${found} are in the journal`,
    );
  }
  return undefined;
}

/** What a request sends, as recipient and type. */
function linesOf(request: RequestRecord): readonly string[] {
  const { args, of } = request;
  const [to, message] = args;
  const kind = kindOf(request);
  if (kind === 'sendAll' && Array.isArray(to)) {
    return to.map((one) => `${recipientOf(Object(one).to)} ${Object(one).type}`);
  }
  const { type } = Object(message);
  if ((kind !== 'send' && kind !== 'ask') || typeof type !== 'string') return [];
  const { runId } = Object(to);
  return [`${typeof runId === 'string' ? runAddressOf(runId) : of} ${type}`];
}

const recipientOf = (to: unknown): string => (typeof to === 'string' ? to : String(Object(to).id));

/** A result that was given before the run had ended. */
function endLost(request: RequestRecord, { ended, roll }: Seen) {
  const { runId = runOf(request), acknowledgedAt = 0 } = request;
  if (runId === undefined || !endings.has(kindOf(request))) return undefined;
  const address = runAddressOf(runId);
  const endedAt = ended.get(address);
  if (endedAt !== undefined && endedAt <= acknowledgedAt) return undefined;
  // A run of a machine that was started anew has ended before.
  if (roll.byAddress(address)?.kind === 'machine') return undefined;
  return sentence(
    `${told(request)} was answered after commit ${acknowledgedAt}, but the run had not`,
    'ended durably by then',
  );
}

/** Calls whose answer is the end of a run. */
const endings: ReadonlySet<string> = new Set(['run', 'result', 'outcome', 'complete']);

/** A decision that was not taken by then: as many as were acknowledged must have been. */
function decisionLost(
  request: RequestRecord,
  requests: readonly RequestRecord[],
  { decided }: Seen,
): string | undefined {
  if (kindOf(request) !== 'decide') return undefined;
  const { acknowledgedAt = 0 } = request;
  const named = namedBy(request);
  const isMeant = (address: string): boolean =>
    named.some((one) => address === one || address.startsWith(`${one}/`));
  const taken = [...decided].flatMap(([address, commits]) => (isMeant(address) ? commits : []));
  const found = taken.filter((commit) => commit <= acknowledgedAt).length;
  const wanted = requests.filter(
    (other) =>
      isAcknowledged(other) &&
      kindOf(other) === 'decide' &&
      (other.acknowledgedAt ?? 0) <= acknowledgedAt &&
      namedBy(other).join() === named.join(),
  ).length;
  if (found >= wanted) return undefined;
  const few = found === 0 ? 'no decision was' : `of ${wanted} such decisions only ${found} were`;
  return sentence(
    `${told(request)} was acknowledged after commit ${acknowledgedAt}, but ${few} durable`,
    'by then',
  );
}

/** Addresses that may be meant by whoever decides. */
const namedBy = ({ runId, args }: RequestRecord): readonly string[] =>
  [runId, ...args].filter((one) => typeof one === 'string').map(runAddressOf);

/** `run.cancel` and `approvals.decide` without whose method it is. */
const kindOf = ({ call }: RequestRecord): string => call.slice(call.indexOf('.') + 1);

/** The run that a call is about whose answer is no handle. */
function runOf({ of, args }: RequestRecord): string | undefined {
  const { id } = Object(args[2]);
  return typeof id === 'string' ? [of, id].map(encodeURIComponent).join('/') : undefined;
}

const isAcknowledged = ({ end, acknowledgedAt }: RequestRecord): boolean =>
  end === 'done' && acknowledgedAt !== undefined;

const told = ({
  nth,
  call,
  of,
  runId,
}: Pick<RequestRecord, 'nth' | 'call' | 'of' | 'runId'>): string =>
  `the scenario's ${ordinal(nth)} call (${call} ${runId ?? of})`;
