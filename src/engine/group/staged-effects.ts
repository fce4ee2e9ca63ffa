/**
 * Effects that are part of the turn's own commit: `send`, `withdraw`, `record`, `watch`, `bury`,
 * `incident` and `tellHistory`. All others, and `record` once more, so that waiting work learns of
 * it, are due after the commit, as far as whoever performs them does not carry them out in it.
 */
import type { Cell } from '../../actor/index.ts';
import type {
  ActorEvent,
  Address,
  BuryParams,
  Effect,
  IncidentParams,
  RecordParams,
  SendParams,
  TellParams,
  WatchParams,
  WithdrawParams,
} from '../../protocol/index.ts';
import type { Stage } from '../engine.ts';
import type { Cells } from '../host/cells.ts';
import { hostedOutcome } from '../lives/index.ts';

/** What effects are staged on. */
export interface EffectStage extends Stage {
  readonly due: { cell: Cell; effect: Effect }[];
  giveUp(to: string, event: ActorEvent, detail: string): void;
  /** Writes a row of history. */
  row(cell: Cell, event: ActorEvent, status: string): void;
}

/** Stages one effect of a turn. */
export function stageEffect(
  group: EffectStage,
  cells: Pick<Cells, 'performerOf'>,
  cell: Cell,
  effect: Effect,
): void {
  const stage = staged[effect.type];
  if (stage !== undefined) {
    stage(group, cell, effect.params as never);
    if (effect.type === 'record') group.due.push({ cell, effect });
    return;
  }
  const performer = cells.performerOf(cell.identity.kind);
  const left = performer.stage === undefined ? effect : performer.stage(group, cell, effect);
  if (left !== undefined) group.due.push({ cell, effect: left });
}

const staged: Readonly<Record<string, (group: EffectStage, cell: Cell, params: never) => void>> = {
  send,
  withdraw,
  record,
  watch,
  bury,
  incident,
  tellHistory,
};

function send(group: EffectStage, _cell: Cell, { to, event, gate }: SendParams): void {
  const putting =
    gate === undefined ? undefined : { priority: gate.priority, gated: true, key: gate.key };
  for (const address of to) {
    if (!isNeedless(group, address, event)) group.send(address, event, putting);
  }
}

/**
 * A step that was decided but not begun has no actor: its start finds that the run has ended, or
 * that it is paused. What has ended need not be paused or cancelled.
 */
function isNeedless(group: EffectStage, address: Address, { type }: ActorEvent): boolean {
  const isForOpen = type === 'run.cancel' || type === 'run.pause' || type === 'run.resume';
  return isForOpen && group.find(address)?.isDone !== false;
}

function withdraw(group: EffectStage, _cell: Cell, { from, key }: WithdrawParams): void {
  for (const address of from) group.withdraw(address, key);
}

function record(group: EffectStage, cell: Cell, { step, value }: RecordParams): void {
  group.record(cell, step, value);
}

function bury(group: EffectStage, _cell: Cell, { to, event, detail }: BuryParams): void {
  group.giveUp(to, event, detail);
}

function incident(group: EffectStage, _cell: Cell, { incidents }: IncidentParams): void {
  for (const one of incidents) group.incident(one);
}

function tellHistory(group: EffectStage, cell: Cell, { rows }: TellParams): void {
  for (const event of rows) group.row(cell, event, '');
}

/** Who watches a run that ended is told at once. */
function watch(group: EffectStage, cell: Cell, { runs }: WatchParams): void {
  for (const address of runs) {
    const target = group.find(address);
    if (target === undefined || target.isDone) {
      group.send(cell.address, settledEvent(address, outcomeOf(target)));
    } else if (!target.watchers.includes(cell.address)) {
      target.watchers = [...target.watchers, cell.address];
      group.touch(target);
    }
  }
}

const outcomeOf = (target: Cell | undefined): unknown => {
  if (target === undefined) return unknownRun;
  const { hosted, snapshot } = target;
  return hosted === undefined ? snapshot.output : hostedOutcome(hosted, snapshot);
};

const unknownRun = { status: 'CANCELLED', reason: 'there is no such run' };

/** Tells a watcher how a run ended. */
export function settledEvent(address: Address, output: unknown): ActorEvent {
  const { status, result, error, reason } = Object(output);
  const outcome = { status, result, error, reason };
  return { type: 'dependency.settled', run: address, outcome };
}
