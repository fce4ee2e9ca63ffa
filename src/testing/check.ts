/** `check`: what is wrong with a definition, shown before it runs. */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { Definition, Schema } from '../protocol/index.ts';
import type { Coverage, Finding } from './findings/index.ts';

/** Values of one kind: a schema to draw them from, or the values themselves. */
export type Values = Schema | readonly unknown[];

/** How far a check looks. */
export interface Bounds {
  /** Different states looked at, at most (default 5,000). */
  readonly states: number;
  /**
   * Events of a plan, and of a random story, at most (default 50). Machines are explored as deep as
   * `states` allows, unless this is given.
   */
  readonly depth: number;
  /** Random stories beside, for what lies deeper (default 200). */
  readonly walks: number;
  /** Of all that is drawn (default 1). */
  readonly seed: number;
}

/** How to check. */
export interface CheckOptions extends OwnOptions {
  /** Who else is in the team: who can do what, for steps that name or route. */
  readonly definitions?: readonly (Definition | AnyStateMachine)[] | undefined;
  /** Hears what is looked at next: a check can take seconds. */
  readonly progress?: ((what: string) => void) | undefined;
  /** Of a list: options of single definitions over these, by id. */
  readonly of?: Readonly<Record<string, OwnOptions>> | undefined;
}

/** How to check one definition. */
export interface OwnOptions {
  /** Inputs (default: drawn from the input's schema; of a machine without one: undefined). */
  readonly input?: Values | undefined;
  /**
   * Of a machine: what its events carry, by type (default: nothing but their type), or the events
   * that make sense in a state.
   */
  readonly events?:
    | Readonly<Record<string, Values>>
    | ((snapshot: AnyMachineSnapshot) => readonly { readonly type: string }[])
    | undefined;
  /** What invoked actors give, by source (default: undefined). */
  readonly outputs?: Readonly<Record<string, Values>> | undefined;
  /** What must hold in every state of a machine, by name. */
  readonly invariants?:
    | Readonly<Record<string, (snapshot: AnyMachineSnapshot) => boolean>>
    | undefined;
  /** Findings that are right so: `code`, or `code:place`. */
  readonly allow?: readonly string[] | undefined;
  readonly bounds?: Partial<Bounds> | undefined;
  /** Whether to try what the invariants notice: each mutant must break something. */
  readonly mutate?: boolean | undefined;
}

/** How many mutants of machines there are, and what became of those that were tried. */
export interface Mutants {
  readonly all: number;
  /** At most 200 of a machine; those that are not tried may live, too. */
  readonly tried: number;
  readonly killed: number;
  /** Left out: dropped actions of which no snapshot tells, such as custom actions and mail. */
  readonly effects: number;
  /** Left out: in transitions and states to which the check did not come. */
  readonly neverReached: number;
}

/** What a check says; it holds within the bounds, and says nothing about what lies beyond. */
export interface CheckResult {
  /** Nothing was found that is not excused. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What was found and is excused by name. */
  readonly excused: readonly Finding[];
  readonly coverage: Coverage;
  /** With `mutate`, of all machines together. */
  readonly mutants?: Mutants | undefined;
  /** How far it looked. */
  readonly bounds: Looked & {
    /** How far at those definitions that have bounds of their own, by id. */
    readonly of?: Readonly<Record<string, Looked>> | undefined;
  };
}

/** How far a check looked; `isExhausted`: there was nothing left within that to look at. */
export interface Looked extends Bounds {
  readonly isExhausted: boolean;
}
