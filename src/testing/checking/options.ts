/** The options of a check, as they are checked before anything is looked at. */
import { z } from 'zod';
import {
  CountOption,
  checkOptions,
  FunctionOption,
  isDefinition,
  isMachine,
  isSchema,
  troupeError,
} from '../../protocol/index.ts';
import type { Bounds, CheckOptions } from '../check.ts';
import { type Finding, findingCodes, isExcused, nameOfFinding } from '../findings/index.ts';

const where = 'check';

/** How far a check looks when nothing else is said. */
export const defaultBounds: Bounds = { states: 5_000, depth: 50, walks: 200, seed: 1 };

const ValuesOption = z.custom(
  (given) => isSchema(given) || Array.isArray(given),
  'must be a schema, or an array of values',
);

const Fields = z.strictObject({
  definitions: z
    .array(
      z.custom((given) => isDefinition(given) || isMachine(given), 'must be a definition'),
      'must be an array of definitions',
    )
    .optional(),
  input: ValuesOption.optional(),
  events: z
    .union([FunctionOption, z.record(z.string(), ValuesOption)], 'must be values by type of event')
    .optional(),
  outputs: z.record(z.string(), ValuesOption).optional(),
  invariants: z.record(z.string(), FunctionOption).optional(),
  allow: z.array(z.string('must be a text'), 'must be an array of names').optional(),
  bounds: z
    .strictObject({
      states: CountOption.optional(),
      depth: CountOption.optional(),
      walks: z.int('must be a whole number').min(0, 'must be at least 0').optional(),
      seed: z.int('must be a whole number').optional(),
    })
    .optional(),
  mutate: z.boolean('must be true or false').optional(),
});

/** Checks the options. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkedOptions(options: CheckOptions): CheckOptions {
  checkOptions(Fields, options, where);
  for (const [index, name] of (options.allow ?? []).entries()) {
    const code = name.split(':', 1)[0];
    if (findingCodes.some((known) => known === code)) continue;
    throw refusal(index, `names ${name}, and there is no finding ${code}`);
  }
  return options;
}

/** Findings by whether a name excuses them. */
export interface Sorted {
  readonly findings: readonly Finding[];
  readonly excused: readonly Finding[];
}

/**
 * Sorts out what is excused.
 * @throws TroupeError `BAD_OPTION` for a name that excuses nothing, so that lists don't rot.
 */
export function sorted(all: readonly Finding[], allow: readonly string[] = []): Sorted {
  const stale = allow.findIndex((name) => !all.some((finding) => isExcused(finding, [name])));
  if (stale >= 0) {
    const names = all.map(nameOfFinding).join(', ') || 'nothing';
    throw refusal(stale, `names ${allow[stale]}, which excuses nothing (found: ${names})`);
  }
  return {
    findings: all.filter((finding) => !isExcused(finding, allow)),
    excused: all.filter((finding) => isExcused(finding, allow)),
  };
}

const refusal = (index: number, problem: string) =>
  troupeError('BAD_OPTION', { where, field: `allow[${index}]`, problem });
