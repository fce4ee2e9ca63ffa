/**
 * Children: what a supervisor needs of whoever makes them. The composition passes it in; nested
 * supervisors are made here.
 */
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';
import type { Child } from '../policies/index.ts';
import type { Address, ChildSpec } from '../protocol/index.ts';

/** A child that is to be started. */
export interface Starting {
  readonly supervisor: Cell;
  readonly child: Child;
  readonly spec: ChildSpec;
  /** What a restart goes on from; the first start is from the input. */
  readonly from: ChildSpec['resumeFrom'];
}

/** Makes, stops and kills children that are no supervisors. */
export interface Workers {
  /**
   * The address of a child when it is started first; it tells the child's id, see `supervisedId`.
   * @throws TroupeError `BAD_ID`.
   */
  addressOf(supervisor: Address, spec: ChildSpec, id: string): Address;
  /**
   * Stages the start of a child.
   * @returns its actor; undefined when it declines to start.
   * @throws what speaks against its start; nothing is staged then.
   */
  start(stage: Stage, starting: Starting): Cell | undefined;
  /** Asks a living child to stop. */
  stop(stage: Stage, child: Cell): void;
  /** Ends a living child at once. */
  kill(stage: Stage, child: Cell): void;
}
