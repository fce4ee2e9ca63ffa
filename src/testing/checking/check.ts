/** `check`: looks at definitions before they run, and says what is wrong with them. */
import {
  isDefinition,
  isMachine,
  isMachineDefinition,
  machineDefinition,
  troupeError,
} from '../../protocol/index.ts';
import type { Bounds, CheckOptions, CheckResult } from '../check.ts';
import { type Finding, sumOf } from '../findings/index.ts';
import { checkMachine } from '../machines/index.ts';
import { checkTeam, teamOf } from '../workflows/index.ts';
import { type Checkable, isCheckable } from './definitions-in.ts';
import { checkedOptions, defaultBounds, sorted } from './options.ts';

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
  const bounds: Bounds = { ...defaultBounds, ...options.bounds };
  const team = teamOf([...given, ...(options.definitions ?? [])]);
  const others = given.filter((one) => isDefinition(one) && !isMachineDefinition(one));
  const parts: Part[] = given.flatMap((one) => machineIn(one, options));
  if (others.length > 0) {
    options.progress?.(others.map(({ id }) => id).join(', '));
    parts.push(checkTeam(others.filter(isDefinition), team, bounds));
  }
  const all = parts.flatMap((part) => part.findings);
  const { findings, excused } = sorted(all, options);
  const own = parts.flatMap((part) => part.excused ?? []);
  return {
    ok: findings.length === 0,
    findings,
    excused: [...own, ...excused],
    coverage: sumOf(parts.map(({ coverage }) => coverage)),
    bounds: { ...bounds, isExhausted: parts.every(({ isExhausted }) => isExhausted) },
  };
}

type Part = Pick<CheckResult, 'coverage'> & {
  readonly findings: readonly Finding[];
  /** By what stands in a machine's own chart. */
  readonly excused?: readonly Finding[];
  readonly isExhausted: boolean;
};

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
  const options = { ...general, ...special, bounds: { ...general.bounds, ...special.bounds } };
  const { findings, excused, coverage, bounds } = checkMachine(definition.machine, options);
  const named = <Place extends { readonly definition: string }>(place: Place): Place => ({
    ...place,
    definition: definition.id,
  });
  return [
    {
      findings: findings.map(named),
      excused: excused.map(named),
      coverage: coverage.map(named),
      isExhausted: bounds.isExhausted,
    },
  ];
}
