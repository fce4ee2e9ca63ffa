/** `check`: looks at definitions before they run, and says what is wrong with them. */

import type { AnyStateMachine } from 'xstate';
import {
  isDefinition,
  isMachine,
  isMachineDefinition,
  type MachineDefinition,
  machineDefinition,
  troupeError,
} from '../../protocol/index.ts';
import type { Bounds, CheckOptions, CheckResult, Looked, Mutants } from '../check.ts';
import { type Finding, sumOf } from '../findings/index.ts';
import { checkMachine } from '../machines/index.ts';
import { type MutationResult, unkilledOf } from '../mutation/index.ts';
import { checkTeam, teamOf } from '../workflows/index.ts';
import { type Checkable, isCheckable } from './definitions-in.ts';
import { checkedOptions, defaultBounds, sorted } from './options.ts';
import { watchedOptions } from './values.ts';

/**
 * Checks a definition, or a list of them as one team: machines, workflows with all that they use,
 * bots, tasks, approvals. What it says holds within the bounds of its result.
 * @throws TroupeError `BAD_OPTION` for wrong options, no definitions, or a name in `allow` that
 *   excuses nothing; `DUPLICATE_DEFINITION`; `NO_ARBITRARY` for values that can't be drawn.
 */
export function check(
  definitions: Checkable | readonly Checkable[],
  options: CheckOptions = {},
): CheckResult {
  const given = checkedDefinitions(definitions);
  checkedOptions(
    options,
    given.map(({ id }) => id),
  );
  const { options: watched, refuseStrangers } = watchedOptions(options);
  const bounds: Bounds = { ...defaultBounds, ...options.bounds };
  const team = teamOf([...given, ...(options.definitions ?? [])]);
  const others = given.filter((one) => isDefinition(one) && !isMachineDefinition(one));
  const parts: Part[] = given.flatMap((one) => machineIn(one, watched));
  refuseStrangers(machinesIn(given));
  if (others.length > 0) {
    options.progress?.(others.map(({ id }) => id).join(', '));
    const boundsOf = (id: string): Bounds => ({ ...bounds, ...options.of?.[id]?.bounds });
    parts.push(checkTeam(others.filter(isDefinition), team, boundsOf));
  }
  const all = parts.flatMap((part) => part.findings);
  const { findings, excused } = sorted(all, options);
  const own = parts.flatMap((part) => part.excused ?? []);
  return {
    ok: findings.length === 0,
    findings,
    excused: [...own, ...excused],
    coverage: sumOf(parts.map(({ coverage }) => coverage)),
    ...mutantsOf(parts),
    bounds: {
      ...bounds,
      isExhausted: parts.every(({ isExhausted }) => isExhausted),
      ...lookedOf(parts, options),
    },
  };
}

/** How far it looked at what has bounds of its own. */
function lookedOf(
  parts: readonly Part[],
  { of: single = {} }: CheckOptions,
): Pick<CheckResult['bounds'], 'of'> {
  const all = parts.flatMap(({ looked }) => [...looked]);
  const own = all.filter(([id]) => single[id]?.bounds !== undefined);
  return own.length === 0 ? {} : { of: Object.fromEntries(own) };
}

/** By the ids under which they are registered. */
const machinesIn = (given: readonly Checkable[]): ReadonlyMap<string, AnyStateMachine> =>
  new Map(
    given.flatMap((one) => {
      if (isMachine(one)) return [[one.id, one] as const];
      return isMachineDefinition(one) ? [[one.id, one.machine] as const] : [];
    }),
  );

type Part = Pick<CheckResult, 'coverage' | 'mutants'> & {
  readonly findings: readonly Finding[];
  /** By what stands in a machine's own chart. */
  readonly excused?: readonly Finding[];
  readonly isExhausted: boolean;
  readonly looked: Iterable<readonly [id: string, Looked]>;
};

/** The mutants of all machines together; nothing when none was asked for. */
function mutantsOf(parts: readonly Part[]): Pick<CheckResult, 'mutants'> {
  const mutants = parts.flatMap((part) => part.mutants ?? []);
  if (mutants.length === 0) return {};
  const sum = (of: keyof Mutants): number => mutants.reduce((all, one) => all + one[of], 0);
  return {
    mutants: {
      all: sum('all'),
      tried: sum('tried'),
      killed: sum('killed'),
      effects: sum('effects'),
      neverReached: sum('neverReached'),
    },
  };
}

function checkedDefinitions(given: unknown): readonly Checkable[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const refuse = (problem: string) =>
    troupeError('BAD_OPTION', { where: 'check', field: 'definitions', problem });
  if (list.length === 0) throw refuse('are none');
  if (!list.every(isCheckable)) {
    throw refuse('must be machines, workflows, bots, tasks and approvals');
  }
  return [...new Set(list)];
}

/** What is found in a machine, under the id by which it is registered. */
function machineIn(
  given: Checkable,
  { of = {}, allow: _all, definitions: _team, progress, ...general }: CheckOptions,
): readonly Part[] {
  const definition = isMachine(given) ? machineDefinition(given) : given;
  if (!isMachineDefinition(definition)) return [];
  progress?.(definition.id);
  const { allow: _own, ...special } = of[definition.id] ?? {};
  const options = {
    ...{ ...general, ...special, progress },
    bounds: { ...general.bounds, ...special.bounds },
  };
  const checked = checkMachine(definition.machine, options);
  const { findings, excused, coverage, bounds } = checked;
  const mutation = options.mutate === true ? mutationOf(definition, checked, options) : undefined;
  const named = <Place extends { readonly definition: string }>(place: Place): Place => ({
    ...place,
    definition: definition.id,
  });
  return [
    {
      findings: [...findings, ...(mutation?.findings ?? [])].map(named),
      mutants: mutation,
      excused: excused.map(named),
      coverage: coverage.map(named),
      isExhausted: bounds.isExhausted,
      looked: [[definition.id, bounds]],
    },
  ];
}

/** What becomes of the mutants of a machine that was checked. */
function mutationOf(
  { id, machine }: MachineDefinition,
  checked: CheckResult,
  options: CheckOptions,
): MutationResult {
  const check = (one: AnyStateMachine) => (one === machine ? checked : checkMachine(one, options));
  const progress = (tried: number, of: number): void =>
    options.progress?.(`${id}: ${tried} of ${of} mutants`);
  return unkilledOf(machine, check, { progress });
}
