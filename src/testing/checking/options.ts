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

const OwnFields = z.strictObject({
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

const Fields = OwnFields.extend({
  definitions: z
    .array(
      z.custom((given) => isDefinition(given) || isMachine(given), 'must be a definition'),
      'must be an array of definitions',
    )
    .optional(),
  progress: FunctionOption.optional(),
  of: z.record(z.string(), OwnFields).optional(),
});

/**
 * Checks the options.
 * @param ids of the definitions that are checked.
 * @throws TroupeError `BAD_OPTION` naming the field.
 */
export function checkedOptions(options: CheckOptions, ids: readonly string[]): CheckOptions {
  checkOptions(Fields, options, where);
  for (const { name, field } of excusesIn(options)) {
    const code = name.split(':', 1)[0];
    if (findingCodes.some((known) => known === code)) continue;
    throw refusal(field, `names ${name}, and there is no finding ${code}`);
  }
  const stranger = Object.keys(options.of ?? {}).find((id) => !ids.includes(id));
  if (stranger === undefined) return options;
  throw refusal(`of.${stranger}`, `is none of what is checked (${ids.join(', ')})`);
}

/** A name that excuses findings, of one definition or of any. */
interface Excuse {
  readonly name: string;
  readonly field: string;
  readonly definition: string | undefined;
}

function excusesIn({ allow = [], of = {} }: CheckOptions): readonly Excuse[] {
  const own = (names: readonly string[], path: string, definition: string | undefined) =>
    names.map((name, index) => ({ name, field: `${path}allow[${index}]`, definition }));
  const single = Object.entries(of).flatMap(([id, options]) =>
    own(options.allow ?? [], `of.${id}.`, id),
  );
  return [...own(allow, '', undefined), ...single];
}

const excuses = ({ name, definition }: Excuse, finding: Finding): boolean =>
  isExcused(finding, [name]) && (definition === undefined || definition === finding.definition);

/** Findings by whether a name excuses them. */
export interface Sorted {
  readonly findings: readonly Finding[];
  readonly excused: readonly Finding[];
}

/**
 * Sorts out what is excused.
 * @throws TroupeError `BAD_OPTION` for a name that excuses nothing, so that lists don't rot.
 */
export function sorted(all: readonly Finding[], options: CheckOptions): Sorted {
  const given = excusesIn(options);
  const stale = given.find((excuse) => !all.some((finding) => excuses(excuse, finding)));
  if (stale !== undefined) {
    const names = all.map(nameOfFinding).join(', ') || 'nothing';
    throw refusal(stale.field, `names ${stale.name}, which excuses nothing (found: ${names})`);
  }
  const isRight = (finding: Finding): boolean => given.some((excuse) => excuses(excuse, finding));
  return {
    findings: all.filter((finding) => !isRight(finding)),
    excused: all.filter(isRight),
  };
}

const refusal = (field: string, problem: string) =>
  troupeError('BAD_OPTION', { where, field, problem });
