/**
 * Tables: what is known of a machine's steps before any event. A *configuration* is the list of
 * active states, in the order in which they were entered, since XState asks states and regions in
 * that order. For an event each configuration has a *selection*, the transitions that can be taken;
 * what is chosen of them has a *move*: everything that it does, from the states that it leaves to
 * those that are active then. All of it is made when it is needed for the first time.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorEvent } from '../../protocol/index.ts';
import type { ChartNode, ChartTransition, Face, Past, Snapshot } from './chart/chart.ts';
import type { Operation } from './operations.ts';

/** States that are active together. */
export interface Configuration {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly ChartNode[];
  readonly face: Face;
  /** What can be taken without an event; undefined when no state has such a transition. */
  readonly eventless: Selection | undefined;
  /** What can be taken on events of a type. */
  on(type: string): Selection;
}

/** Transitions of which a step chooses. */
export interface Selection {
  /** What is enabled. @throws what a guard throws. */
  choose(snapshot: Snapshot, event: ActorEvent): Choice;
}

/** Transitions that are taken together. */
export interface Choice {
  readonly transitions: readonly ChartTransition[];
  /** What they do, once that is known; stays unknown when it depends on a history. */
  move: Move | undefined;
}

/** What transitions do. */
export interface Move {
  readonly operations: readonly Operation[];
  /** The configuration that they lead to. */
  readonly to: Configuration;
  /** Whether the snapshot gets other states or another history. */
  readonly isMoving: boolean;
  /** What history states remember from now on. */
  readonly remembered: Past | undefined;
  /** Whether it depends on what history states remember. */
  readonly isFleeting: boolean;
}

/** Nothing is enabled. */
export const NONE: Choice = { transitions: [], move: undefined };
