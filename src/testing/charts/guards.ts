/**
 * Guards of a chart: those of transitions, and the parts of `and`, `or` and `not`. A place reads
 * like that of the transition: `#door.open on CLOSE[0] if isFree`, and that of a part like
 * `#door.open on CLOSE[0] if and(isFree, isShut) > isShut`. What `enqueueActions` checks is code of
 * an action, and no guard of a chart.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { evaluateGuard } from 'xstate/guards';
import { said } from '../../protocol/index.ts';
import { transitionsOf } from './places.ts';

/** A guard of a chart, or a part of one. */
export interface ChartGuard {
  /** `#door.open on CLOSE[0] if isFree`. */
  readonly place: string;
  /** Place of the transition that it guards. */
  readonly transition: string;
  /** `isFree`, `not(isFree)`; of an inline function its name, else `guard`. */
  readonly text: string;
  /** Place of the guard that it is a part of. */
  readonly partOf: string | undefined;
}

/** Hears what guards answer. */
export interface GuardWatch {
  answered(place: string, isTrue: boolean): void;
  threw(place: string, error: unknown): void;
  /** One that is no composite answered the same question in two ways. */
  wavered?(place: string): void;
}

/** All guards in the order of their transitions, each before its parts. */
export function guardsOf(machine: AnyStateMachine): readonly ChartGuard[] {
  return transitionsOf(machine).flatMap(({ place, transition, descriptor }) => {
    const { guard } = transition;
    if (guard === undefined || descriptor === 'xstate.route') return [];
    const text = textOf(guard);
    const whole = { place: guardPlace(place, guard), transition: place, text, partOf: undefined };
    return [whole, ...partsOf(machine, whole, guard, 1)];
  });
}

/** Place of the guard of a transition. */
export const guardPlace = (transition: string, guard: unknown): string =>
  `${transition} if ${textOf(guard)}`;

/** The same guard; what it answers, and what its parts do, is heard. */
export function watchedGuard(
  machine: AnyStateMachine,
  guard: unknown,
  place: string,
  watch: GuardWatch,
): unknown {
  return watchedAt(machine, guard, place, watch, 1);
}

/** Named composites that go round are cut at this depth. */
const DEEPEST = 8;

function watchedAt(
  machine: AnyStateMachine,
  guard: unknown,
  place: string,
  watch: GuardWatch,
  depth: number,
): unknown {
  const composite = compositeOf(machine, guard);
  let inner = guard;
  if (composite !== undefined && depth < DEEPEST) {
    const places = partPlaces(place, composite.guards);
    const guards = composite.guards.map((part, index) =>
      watchedAt(machine, part, places[index] ?? place, watch, depth + 1),
    );
    inner = Object.assign(() => false, composite, { guards });
  }
  let asked = 0;
  const check = (snapshot: AnyMachineSnapshot, { context, event }: GuardArgs): boolean => {
    try {
      const answer = () => Boolean(evaluateGuard(inner as never, context, event, snapshot));
      const isTrue = answer();
      watch.answered(place, isTrue);
      if (composite === undefined && watch.wavered !== undefined && asked < ASKED_AGAIN) {
        asked += 1;
        const isSteady = Array.from({ length: TIMES }, answer).every((one) => one === isTrue);
        if (!isSteady) watch.wavered(place);
      }
      return isTrue;
    } catch (error) {
      watch.threw(place, error);
      throw error;
    }
  };
  return Object.assign(() => false, { check });
}

/** So often a guard is asked again, so many times. */
const ASKED_AGAIN = 3;
const TIMES = 10;

interface GuardArgs {
  readonly context: AnyMachineSnapshot['context'];
  readonly event: EventObject;
}

function partsOf(
  machine: AnyStateMachine,
  whole: ChartGuard,
  guard: unknown,
  depth: number,
): readonly ChartGuard[] {
  const parts = compositeOf(machine, guard)?.guards ?? [];
  if (depth >= DEEPEST) return [];
  const places = partPlaces(whole.place, parts);
  return parts.flatMap((part, index) => {
    const { transition } = whole;
    const place = places[index] ?? whole.place;
    const one = { place, transition, text: textOf(part), partOf: whole.place };
    return [one, ...partsOf(machine, one, part, depth + 1)];
  });
}

/** Parts of one text are numbered. */
function partPlaces(place: string, parts: readonly unknown[]): readonly string[] {
  const texts = parts.map(textOf);
  return texts.map((text, index) => {
    const isAlone = texts.indexOf(text) === texts.lastIndexOf(text);
    return `${place} > ${text}${isAlone ? '' : `[${index}]`}`;
  });
}

interface Composite {
  readonly guards: readonly unknown[];
}

/** What `and`, `or` and `not` made, also when it has a name. */
function compositeOf(machine: AnyStateMachine, guard: unknown): Composite | undefined {
  let found: unknown = guard;
  for (let hops = 0; hops < DEEPEST && typeof found !== 'function'; hops += 1) {
    const implementations: Readonly<Record<string, unknown>> = machine.implementations.guards;
    found = implementations[nameOf(found)];
  }
  return isComposite(found) ? found : undefined;
}

const isComposite = (guard: unknown): guard is Composite =>
  typeof guard === 'function' && 'guards' in guard && Array.isArray(guard.guards);

const nameOf = (guard: unknown): string =>
  typeof guard === 'object' && guard !== null && 'type' in guard ? said(guard.type) : said(guard);

function textOf(guard: unknown): string {
  if (typeof guard !== 'function') return nameOf(guard);
  if (isComposite(guard)) return `${guard.name}(${guard.guards.map(textOf).join(', ')})`;
  if ('stateValue' in guard) return `stateIn(${JSON.stringify(guard.stateValue)})`;
  return guard.name === '' ? 'guard' : guard.name;
}
