/** What a group shares with its host. */
import type { Cell } from '../../actor/index.ts';
import type { Timers } from '../../delivery/index.ts';
import type { Heads } from '../../journal/index.ts';
import { type ActorEvent, type Effect, troupeError } from '../../protocol/index.ts';
import type { Traffic } from '../engine.ts';
import type { Cells } from '../host/cells.ts';
import type { Lives } from '../lives/index.ts';
import type { TurnStage } from '../turn-stage.ts';

/** Numbers given so far; a group goes on from them. */
export type Numbers = { -readonly [Key in keyof Heads]: number };

/** What a group shares with its host. */
export interface GroupPorts {
  readonly cells: Cells;
  readonly timers: Timers;
  readonly numbers: Numbers;
  readonly tally: Tally;
  /** The actors of users' machines. */
  readonly lives: Lives;
  readonly hopsMax: number;
  /** 0 up to 1. */
  readonly chance: () => number;
  /** Lets an actor take a turn now. */
  readonly turn: (group: TurnStage, cell: Cell) => void;
  /** Lets an actor that is closed take the next of its gated mail; gives its event. */
  readonly take: (group: TurnStage, cell: Cell) => ActorEvent | undefined;
  /** Lets an actor take a turn when it has mail that it can take. */
  readonly wake: (cell: Cell) => void;
}

/** Counts of a host; see `Counts`. */
export interface Tally {
  accepted: number;
  applied: number;
  dead: number;
  refused: number;
  /** Who hears of each of them. */
  readonly traffic: Traffic | undefined;
}

/** Notes that a mailbox took a message. */
export function accepted(tally: Tally, cell: Cell, event: ActorEvent, isRestored = false): void {
  tally.accepted += 1;
  tally.traffic?.accepted(cell, event, isRestored);
}

/** Notes that a turn has handled a message. */
export function applied(tally: Tally, cell: Cell, event: ActorEvent, now: number): void {
  tally.applied += 1;
  tally.traffic?.applied(cell, event, now);
}

/** Notes that a group touched an actor. What somebody held on to while it left is not it. */
export function touched(cell: Cell): void {
  if (cell.isPassive) {
    const found = `${cell.address}, held while it left memory`;
    throw troupeError('BROKEN_INVARIANT', { invariant: 'who changes is in memory', found });
  }
  cell.touched = true;
}

/** An effect that is due after the commit. */
export interface DueEffect {
  readonly cell: Cell;
  readonly effect: Effect;
}
