/**
 * Handoffs: asking for them from outside, answering them, and looking at them. Each is a durable
 * record; who answers may be any process that owns the journal, any time later.
 */
import type { HandoffContext, TaskContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { type Host, isDone, type Stage, statusOf } from '../../engine/index.ts';
import type { ActorRecord } from '../../journal/index.ts';
import {
  type Address,
  asAddress,
  checkOptions,
  type HandoffOptions,
  type HandoffSpec,
  HandoffStatus,
  type Recipient,
  runIdOf,
  troupeError,
} from '../../protocol/index.ts';
import { addressOfRun, whenIdle } from '../../runs/index.ts';
import {
  botIn,
  checkWanted,
  FilterFields,
  HandoffAcceptOptions,
  HandoffDeclineOptions,
} from './handoff-options.ts';
import { type HandoffReport, handoffAddress, reportOf } from './report.ts';
import { type HandoffPorts, stageHandoff, stageMove, stageNo, takerOf } from './staging.ts';

/** Which handoffs to give; default: all. */
export interface HandoffFilter {
  readonly status?: HandoffStatus | undefined;
  /** Those to this bot. */
  readonly to?: Recipient | string | undefined;
  /** Those of this run. */
  readonly run?: string | { readonly runId: string } | undefined;
}

/** The handoffs of a troupe. */
export interface Handoffs {
  /**
   * Asks a bot to take a task from the one that has it; resolves when that is durable. A bot that
   * decides by itself has decided then: see the status. The task moves whole, or stays where it is.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when the run has ended, is no task, has no
   *   bot yet or is at that bot already, `HANDOFF_OPEN`, `HANDOFFS_EXHAUSTED`, `NOT_REGISTERED`,
   *   `INVALID` when that bot does not take the run's input, `SCHEMA_ASYNC`, `PARKED`,
   *   `BAD_OPTION`, `BAD_ID`, `BAD_DURATION`, `NOT_JSON`, `TOO_LARGE`, `STOPPED`,
   *   `JOURNAL_FAILED`; nothing is changed.
   */
  request(
    run: string | { readonly runId: string },
    options: HandoffOptions,
  ): Promise<HandoffReport>;
  /**
   * The task moves, in the one commit that answers the handoff.
   * @throws TroupeError `UNKNOWN_HANDOFF`, `HANDOFF_DECIDED` with what happened; `PARKED`,
   *   `NOT_REGISTERED`, `INVALID`, `SCHEMA_ASYNC`, `BAD_OPTION`: the task can't be there now;
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  accept(id: string, options?: HandoffAcceptOptions): Promise<HandoffReport>;
  /**
   * The task stays where it is; the one who asked is told why.
   * @throws TroupeError `UNKNOWN_HANDOFF`, `HANDOFF_DECIDED` with what happened, `BAD_OPTION`,
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  decline(id: string, options: HandoffDeclineOptions): Promise<HandoffReport>;
  /** In the order in which they were asked for. @throws TroupeError `BAD_OPTION`, `STOPPED`. */
  list(filter?: HandoffFilter): Promise<HandoffReport[]>;
  /** The handoff of an id; undefined when there is none. @throws TroupeError `STOPPED`. */
  get(id: string): Promise<HandoffReport | undefined>;
}

/** The handoffs of a host. */
export function handoffsOf(host: Host, ports: HandoffPorts): Handoffs {
  return {
    request: async (run, options) => {
      const wanted = checkWanted(options, 'handoff', host.limits);
      const address = await host.enter('handoffs.request', (stage) => addressOfRun(run, stage));
      const handoff = await whenIdle(host, address, 'handoffs.request', (stage, cell) =>
        stageHandoff(stage, cell, wanted, null, ports),
      );
      return settled(host, handoff);
    },
    accept: async (id, options) => {
      const { by } = checkOptions(HandoffAcceptOptions, options ?? {}, 'handoffs.accept');
      return decided(host, 'handoffs.accept', id, (stage, spec) => {
        const cell = movable(stage, spec);
        if (cell === undefined) return false;
        const bot = takerOf(cell, spec.to, ports);
        stageMove(stage, cell, spec, { bot, by: by ?? spec.to, ports });
        return true;
      });
    },
    decline: async (id, options) => {
      const { by, reason } = checkOptions(HandoffDeclineOptions, options, 'handoffs.decline');
      return decided(host, 'handoffs.decline', id, (stage, spec) => {
        stageNo(stage, spec, { by: by ?? spec.to, note: reason });
        return true;
      });
    },
    list: async (filter) => {
      const where = 'handoffs.list';
      const { status, to, run } = checkOptions(FilterFields, filter ?? {}, where);
      const bot = botIn(to, where);
      const reports = await host.enter(where, (stage) => {
        const wanted = run === undefined ? undefined : runIdOf(addressOfRun(run, stage));
        return host.journal
          .actors({ kind: 'handoff' })
          .map(reportIn)
          .filter(({ runId }) => wanted === undefined || runId === wanted);
      });
      return reports.filter(
        (one) =>
          (status === undefined || one.status === status) && (bot === undefined || one.to === bot),
      );
    },
    get: async (id) => {
      const record = await host.enter('handoffs.get', () =>
        host.journal.byAddress(handoffAddress(String(id))),
      );
      return record?.kind === 'handoff' ? reportIn(record) : undefined;
    },
  };
}

/** Decides an open handoff that has no mail left; `decide` gives false to be asked again. */
async function decided(
  host: Host,
  call: string,
  id: unknown,
  decide: (stage: Stage, spec: HandoffSpec) => boolean,
): Promise<HandoffReport> {
  const address = handoffAddress(String(id));
  const ask = (stage: Stage): boolean => {
    const cell = stage.find(address);
    if (cell?.identity.kind !== 'handoff') {
      throw troupeError('UNKNOWN_HANDOFF', { handoff: String(id) });
    }
    if (cell.mailbox.size > 0) return false;
    const context = contextOf(cell);
    if (isDone(cell.snapshot)) throw decidedError(String(id), cell);
    return decide(stage, context.spec);
  };
  while (!(await host.enter(call, ask))) {
    // What was on its way comes first.
  }
  return settled(host, address);
}

/** The task of an open handoff, when it has no mail left. @throws TroupeError `PARKED`. */
function movable(stage: Stage, { run, handoff }: HandoffSpec): Cell | undefined {
  const address = asAddress(run);
  const cell = stage.find(address);
  const runId = runIdOf(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runId });
  if (cell.parked !== '') throw troupeError('PARKED', { run: runId, reason: cell.parked });
  if (cell.mailbox.size > 0) return undefined;
  const context: TaskContext = cell.snapshot.context;
  if (context.handoff === handoff) return cell;
  // Begun anew by its supervisor, the run knows nothing of what it asked for before.
  const state = isDone(cell.snapshot) ? statusOf(cell.snapshot) : 'begun anew';
  throw troupeError('ILLEGAL_MOVE', { run: runId, state, event: 'handoff' });
}

/** A handoff when nothing is on its way to it any more. */
async function settled(host: Host, address: Address): Promise<HandoffReport> {
  for (;;) {
    const report = await host.enter('handoffs.get', (stage) => {
      const cell = stage.find(address);
      if (cell === undefined || cell.mailbox.size > 0) return undefined;
      return reportOf(contextOf(cell), HandoffStatus.parse(statusOf(cell.snapshot)));
    });
    if (report !== undefined) return report;
  }
}

const contextOf = (cell: Cell): HandoffContext => cell.snapshot.context;

function decidedError(handoff: string, cell: Cell) {
  const { by, note, endedAt: at = 0 } = contextOf(cell);
  const status = statusOf(cell.snapshot);
  return troupeError('HANDOFF_DECIDED', { handoff, status, by, note, at });
}

function reportIn({ input, snapshot, status }: ActorRecord): HandoffReport {
  const spec: HandoffSpec = JSON.parse(input);
  const { context }: { context: Omit<HandoffContext, 'spec'> } = JSON.parse(snapshot);
  return reportOf({ ...context, spec }, HandoffStatus.parse(status));
}
