/**
 * Candidates: the transitions that a state has for events of a type, in the order in which XState
 * asks them: an exact descriptor before wildcards, longer wildcards before shorter ones.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorEvent } from '../../protocol/index.ts';
import type { ChartNode, ChartTransition, Snapshot } from './chart/chart.ts';
import { guardFailed } from './chart/errors.ts';
import { type Guard, guardOf } from './chart/guards.ts';
import type { Choice } from './tables.ts';

/** A transition that may be taken. */
export interface Candidate {
  readonly transition: ChartTransition;
  readonly guard: Guard | undefined;
  /** It without others. */
  readonly alone: Choice;
  /** Tells it from the other candidates of its selection. */
  readonly index: number;
}

/** Makes candidates of one selection. */
export function numbering(machine: AnyStateMachine): (transition: ChartTransition) => Candidate {
  let count = 0;
  return (transition) => {
    const { guard } = transition;
    count += 1;
    return {
      transition,
      guard: guard === undefined ? undefined : guardOf(machine, guard),
      alone: { transitions: [transition], move: undefined },
      index: count,
    };
  };
}

/** The transitions of a state that events of a type match. */
export function matching({ transitions }: ChartNode, eventType: string): ChartTransition[] {
  const wild = [...transitions.keys()]
    .filter((descriptor) => descriptor !== eventType && isMatch(eventType, descriptor))
    .sort((a, b) => b.length - a.length);
  return [eventType, ...wild].flatMap((descriptor) => transitions.get(descriptor) ?? []);
}

/** Whether a wildcard matches events of a type: `a.*` matches `a`, `a.b` and `a.b.c`. */
export function isMatch(eventType: string, descriptor: string): boolean {
  if (descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  const head = descriptor.slice(0, -2);
  return eventType === head || eventType.startsWith(`${head}.`);
}

/** The first of several that its guard lets through. @throws what the guard throws. */
export function firstOf(
  candidates: readonly Candidate[],
  snapshot: Snapshot,
  event: ActorEvent,
): Candidate | undefined {
  for (const candidate of candidates)
    if (candidate.guard === undefined || candidate.guard(snapshot, event)) return candidate;
  return undefined;
}

/** The same for an event, where XState says of which transition it is that throws. */
export function firstFor(
  candidates: readonly Candidate[],
  snapshot: Snapshot,
  event: ActorEvent,
): Candidate | undefined {
  for (const candidate of candidates) {
    const { guard } = candidate;
    if (guard === undefined) return candidate;
    try {
      if (guard(snapshot, event)) return candidate;
    } catch (thrown) {
      throw guardFailed(candidate.transition, event.type, thrown);
    }
  }
  return undefined;
}
