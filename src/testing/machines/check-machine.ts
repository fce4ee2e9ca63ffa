/**
 * Check of a machine: everything that can happen to it within the bounds, what went wrong on the
 * way, and what never happened. Its custom actions are not called, and nothing that it invokes
 * runs: what they give comes from the options.
 */
import type { AnyStateMachine } from 'xstate';
import { logicOf } from '../../engine/index.ts';
import { isSchema, isTroupeError } from '../../protocol/index.ts';
import { guardsOf, statesOf, transitionsOf } from '../charts/index.ts';
import type { Bounds, CheckOptions, CheckResult } from '../check.ts';
import { type Coverage, type CoveredPlace, type Finding, isExcused } from '../findings/index.ts';
import { boundsOf, inputsOf } from './bounds.ts';
import { explore } from './explore.ts';
import { deadEnds, type Further } from './found/dead-ends.ts';
import { customActions, missingDelays } from './found/effects.ts';
import { type Looked, type Never, nevers } from './found/never.ts';
import { unknownIn } from './found/unknown.ts';
import type { Ledger, Trouble } from './ledger.ts';
import { Choices } from './model/choices.ts';
import { drawn } from './model/drawn.ts';
import { type Trail, wordsOf } from './model/trail.ts';
import { Telling } from './telling.ts';
import { shortened, walk } from './walks.ts';

/** Values of a schema that are tried in every moment; random walks try more of them. */
const TRIED = 4;
const TRIED_IN_WALKS = 40;
const TRIED_AT_ENDS = 200;

/**
 * Checks a machine. The same options give the same result.
 * @throws TroupeError `NO_ARBITRARY` for a schema of which no values can be drawn; `BAD_OPTION` for
 *   events that are none.
 */
export function checkMachine(machine: AnyStateMachine, options: CheckOptions): CheckResult {
  const bounds = boundsOf(options);
  const { seed } = bounds;
  const inputs = inputsOf(machine, options.input);
  const telling = new Telling(machine, options);
  const choices = new Choices(machine, options, seed, TRIED);
  const deepest = options.bounds?.depth ?? Number.POSITIVE_INFINITY;
  const first = drawn(inputs, seed, TRIED * 2);
  const explored = explore(telling, choices, first, bounds, deepest);
  const { isExhausted, nodes } = explored;
  const shortest = telling.ledger.troubles.length;
  const hasWalked = !isExhausted || isSampled(options);
  if (hasWalked) {
    const wider = new Choices(machine, options, seed + 1, TRIED_IN_WALKS);
    walk(
      telling,
      wider,
      drawn(inputs, seed + 1, TRIED_IN_WALKS),
      bounds,
      explored,
      options.bounds?.depth === undefined,
    );
    for (const type of wider.sent) choices.sent.add(type);
  }
  const { ledger } = telling;
  const shorter = (trail: Trail, shownIn: (again: Ledger) => Trail | undefined): Trail =>
    shortened(machine, options, choices, trail, shownIn);
  const asked = (one: Never): Never =>
    one.trail === undefined || !hasWalked
      ? one
      : { ...one, trail: shorter(one.trail, (again) => again.askedIn(one.place)) };
  const short = (trouble: Trouble, index: number): Trouble =>
    index < shortest
      ? trouble
      : { ...trouble, trail: shorter(trouble.trail, (again) => again.trailOf(trouble)) };
  const unknown = unknownIn(machine, ledger, explored);
  const within = withinOf(options, bounds, isExhausted, nodes.length);
  const looked: Looked = { machine, ledger, unknown, within };
  const kept = notDurable(machine);
  const isTold = ({ place }: Trouble): boolean =>
    kept.some((one) => one.place.startsWith(`${place} in `));
  const all = [
    ...kept,
    ...missingDelays(machine),
    ...lossesOf(machine, ledger),
    ...ledger.troubles
      .map(short)
      .filter((one) => one.code !== 'effect-may-be-lost' && !isTold(one)),
    ...deadEnds(machine, explored, furtherOf(machine, options, seed)),
    ...nevers(looked, choices.sent, options).map(asked),
  ];
  const allow = [...(options.allow ?? []), ...ownExcuses(machine)];
  const found = distinct(all).map((trouble) => findingOf(machine, trouble));
  const findings = found.filter((finding) => !isExcused(finding, allow));
  const excused = found.filter((finding) => isExcused(finding, allow));
  const coverage = coverageOf(machine, ledger);
  return {
    ok: findings.length === 0,
    findings,
    excused,
    coverage,
    bounds: { ...bounds, isExhausted: isExhausted && ledger.wavering.size === 0 },
  };
}

/** One of each place: inline actions of one list have no names. */
const distinct = (all: readonly Never[]): readonly Never[] =>
  [
    ...new Map(all.toReversed().map((one) => [`${one.code}:${one.place}`, one] as const)).values(),
  ].toReversed();

/** What happens with many more values, where there are more. */
function furtherOf(machine: AnyStateMachine, options: CheckOptions, seed: number): Further {
  if (!isSampled(options)) return () => [];
  const telling = new Telling(machine, options);
  const choices = new Choices(machine, options, seed + 2, TRIED_AT_ENDS);
  return (node) =>
    choices.at(node.moment).flatMap((step) => {
      const spot = telling.go(node, step);
      return spot === undefined ? [] : [{ spot }];
    });
}

/** Whether there are more values than those that were tried. */
const isSampled = ({ input, events, outputs }: CheckOptions): boolean =>
  [input, ...Object.values(events ?? {}), ...Object.values(outputs ?? {})].some(isSchema);

function withinOf(
  options: CheckOptions,
  { walks, depth }: Bounds,
  isExhausted: boolean,
  states: number,
): string {
  const number = states.toLocaleString('en');
  if (isExhausted && isSampled(options)) {
    return `in the ${number} moments and ${walks} walks that drawn values lead to`;
  }
  if (isExhausted)
    return `in all ${number} moments that the given events, outputs and inputs lead to`;
  return `within the bounds (${number} moments, ${walks} walks, ${depth} steps deep)`;
}

function notDurable(machine: AnyStateMachine): readonly Never[] {
  try {
    logicOf(machine);
    return [];
  } catch (error) {
    if (!isTroupeError(error, 'NOT_DURABLE')) throw error;
    const { place, problem, remedy } = error.data;
    return [{ code: 'not-durable', place, message: `${place} ${problem}; ${remedy}` }];
  }
}

/** Custom actions of the chart, and those that only code enqueues. */
function lossesOf(machine: AnyStateMachine, { troubles }: Ledger): readonly Never[] {
  const known = customActions(machine);
  const places = new Set(known.map(({ name }) => `action ${name}`));
  const late = troubles.filter(
    ({ code, place }) => code === 'effect-may-be-lost' && !places.has(place),
  );
  const charted = known.map(
    ({ place, message }): Never => ({
      code: 'effect-may-be-lost',
      place,
      message,
    }),
  );
  return [...charted, ...late];
}

/** `meta: { check: { allow: [...] } }` on the root. */
function ownExcuses({ root }: AnyStateMachine): readonly string[] {
  const check: unknown = Reflect.get(Object(root.meta), 'check');
  const allow: unknown = Reflect.get(Object(check), 'allow');
  return Array.isArray(allow) ? allow.filter((one) => typeof one === 'string') : [];
}

const findingOf = ({ id }: AnyStateMachine, { trail, ...found }: Never): Finding => ({
  ...found,
  definition: id,
  witness: wordsOf(trail),
});

function coverageOf(machine: AnyStateMachine, ledger: Ledger): Coverage {
  const placed = (
    kind: CoveredPlace['kind'],
    places: readonly { readonly place: string }[],
    hits: ReadonlyMap<string, number>,
  ): Coverage =>
    places.map(({ place }) => ({
      definition: machine.id,
      kind,
      place,
      hits: hits.get(place) ?? 0,
    }));
  const guards = guardsOf(machine);
  return [
    ...placed('state', statesOf(machine), ledger.states),
    ...placed('transition', transitionsOf(machine), ledger.transitions),
    ...placed('guard true', guards, ledger.isTrue),
    ...placed('guard false', guards, ledger.isFalse),
  ];
}
