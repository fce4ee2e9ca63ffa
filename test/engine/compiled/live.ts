/**
 * Live: XState's own actors that step by tables. While something runs under `byTables`, every
 * machine that is built takes its transitions from compiled steps; all else about its actors
 * (scopes, mailboxes, timers, children) stays XState's.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, StateMachine } from 'xstate';
import { initialSnapshot, tally, transition } from '../../../src/engine/compiled/transition.ts';

type Begin = (scope: never, input: unknown) => unknown;
type Step = (snapshot: AnyMachineSnapshot, event: { type: string }, scope: never) => unknown;

/** What came of it, and how many steps were taken which way. */
export interface ByTables<Result> {
  readonly result: Result;
  readonly compiled: number;
  readonly interpreted: number;
}

/** Runs something with live actors that step by tables. */
export async function byTables<Result>(
  run: () => Promise<Result> | Result,
): Promise<ByTables<Result>> {
  const prototype: { transition: Step; getInitialSnapshot: Begin } =
    StateMachine.prototype as never;
  const { transition: original, getInitialSnapshot: originalBegin } = prototype;
  const before = { ...tally };
  let underWay: unknown;
  prototype.transition = function step(this: object, snapshot, event, scope) {
    if (underWay === event) return original.call(this, snapshot, event, scope);
    const outer = underWay;
    underWay = event;
    try {
      return transition(snapshot, event, scope);
    } finally {
      underWay = outer;
    }
  };
  prototype.getInitialSnapshot = function begin(this: AnyStateMachine, scope, input) {
    if (underWay === this) return originalBegin.call(this, scope, input);
    const outer = underWay;
    underWay = this;
    try {
      return initialSnapshot(this, input, scope);
    } finally {
      underWay = outer;
    }
  };
  try {
    const result = await run();
    const { compiled, interpreted } = tally;
    return {
      result,
      compiled: compiled - before.compiled,
      interpreted: interpreted - before.interpreted,
    };
  } finally {
    Object.assign(prototype, { transition: original, getInitialSnapshot: originalBegin });
  }
}
