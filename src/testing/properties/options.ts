/** What `property` takes, typed by what is given, and checked before anything is played. */
import type fc from 'fast-check';
import { z } from 'zod';
import { collectDefinitions } from '../../bots/index.ts';
import {
  CountOption,
  checkOptions,
  FunctionOption,
  isSchema,
  PureFunctionOption,
  type Schema,
  type SchemaInput,
  troupeError,
} from '../../protocol/index.ts';
import type { Troupe } from '../../troupe/index.ts';
import { type FaultKind, faultKinds } from '../simulation/script.ts';
import type { Play } from '../simulation/team.ts';
import type { Cover } from './covering.ts';
import { isArbitrary } from './scripts/given.ts';
import { checkPeople, checkStubs, TroupeParts } from './stubs.ts';

/** Where inputs of a scenario come from: a schema, a list of values, or an arbitrary. */
export type Givens = Schema | readonly unknown[] | fc.Arbitrary<unknown>;

/** What a scenario is given: of a schema what callers pass. */
export type Given<G> = G extends readonly (infer Value)[]
  ? Value
  : G extends fc.Arbitrary<infer Value>
    ? Value
    : G extends Schema<unknown, unknown>
      ? SchemaInput<G>
      : undefined;

/** What is told after each run. */
export interface PropertyProgress {
  /** 1 for the first. */
  readonly run: number;
  readonly runs: number;
  /** Commits of this run. */
  readonly commits: number;
  /** Faults in its script. */
  readonly faults: number;
}

/** What every property takes, whatever its scenario is given. */
export interface AnyPropertyOptions extends Play {
  /** Inputs of the scenario (default: undefined). */
  readonly given?: Givens | undefined;
  /**
   * What may go wrong (default: what no team is spared, `usualFaults`). Answers that never come
   * (`drop`), garbage (`malformed`), leaps of time, and people who cancel or pause are switched on
   * by name.
   */
  readonly faults?: readonly FaultKind[] | undefined;
  /** Scripts to play (default 200). */
  readonly runs?: number | undefined;
  /**
   * A whole number, of everything that is drawn (default: the environment variable `TROUPE_SEED`,
   * else 1, so that a suite does today what it did yesterday).
   */
  readonly seed?: number | undefined;
  /** Plays only this run of the seed, as a failure names it, and shrinks it again. */
  readonly path?: string | undefined;
  /**
   * Whether a declared state, step or handler that no run came to fails the property: of all of
   * which some run was started (`true`; the default where at least 100 scripts are played), or also
   * of what never ran (`'all'`). `allow` excuses by name, `never-reached:step pay`; an excuse of
   * nothing is refused. Nothing is asked of a `path`. When nothing ran at all, that fails unless
   * this is `false`.
   */
  readonly cover?: Cover | undefined;
  /** Called after each run. */
  readonly onRun?: ((progress: PropertyProgress) => void) | undefined;
  /** Ends it before the next run. */
  readonly signal?: AbortSignal | undefined;
}

/** A team, what is done with it, and what must hold whatever the world does. */
export interface PropertyOptions<G extends Givens | undefined = undefined>
  extends AnyPropertyOptions {
  readonly given?: G | undefined;
  readonly scenario: (troupe: Troupe, given: Given<G>) => unknown;
}

/** What no team is spared; switched on unless `faults` says otherwise. */
export const usualFaults = [
  'crash',
  'disk-full',
  'duplicate',
  'delay',
  'reorder',
  'bot-error',
  'slow-bot',
] as const satisfies readonly FaultKind[];

/** Options with their defaults. */
export interface CheckedOptions {
  readonly faults: readonly FaultKind[];
  readonly runs: number;
  readonly seed: number;
  /** The only run to play; undefined: all. */
  readonly only: number | undefined;
}

const where = 'property';

const Laws = z.record(z.string(), PureFunctionOption, 'must be an object of functions').optional();
const aList = 'must be a list of fault kinds';
const wholeNumber = 'must be a whole number';

const Options = z.strictObject({
  definitions: z.array(z.unknown(), 'must be an array of definitions').min(1, 'must not be empty'),
  stubs: z.array(z.unknown(), 'must be an array of stubs').optional(),
  people: z.record(z.string(), FunctionOption, 'must be an object of functions').optional(),
  options: TroupeParts.optional(),
  given: z
    .custom<unknown>(
      (given) =>
        isArbitrary(given) || isSchema(given) || (Array.isArray(given) && given.length > 0),
      'must be a schema, a list of at least one value, or an arbitrary of fast-check',
    )
    .optional(),
  scenario: FunctionOption,
  faults: z
    .array(z.enum(faultKinds, `must each be one of ${faultKinds.join(', ')}`), aList)
    .optional(),
  always: Laws,
  eventually: Laws,
  oracles: z.array(FunctionOption, 'must be a list of functions that make an oracle').optional(),
  runs: CountOption.optional(),
  seed: z.int(wholeNumber).optional(),
  path: z
    .string('must be a text')
    .regex(/^[1-9]\d{0,14}$/, 'must be a path that a failure told')
    .optional(),
  cover: z
    .union(
      [
        z.boolean(),
        z.literal('all'),
        z.strictObject({
          allow: z.array(z.string(), 'must be a list of names'),
          all: z.boolean().optional(),
        }),
      ],
      "must be true, false, 'all' or { allow }",
    )
    .optional(),
  onRun: FunctionOption.optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
});

/**
 * Checks options, and gives their defaults.
 * @throws TroupeError `BAD_OPTION` naming the field; `DUPLICATE_DEFINITION`.
 */
export function checkedOptions(options: AnyPropertyOptions): CheckedOptions {
  const { faults, runs, seed, path } = checkOptions(Options, options, where);
  const definitions = collectDefinitions(options.definitions);
  checkStubs(definitions, options.stubs ?? []);
  checkPeople(definitions, options.people ?? {});
  return {
    faults: faults ?? usualFaults,
    runs: runs ?? 200,
    seed: seed ?? seedOfEnvironment(),
    only: path === undefined ? undefined : Number(path),
  };
}

function seedOfEnvironment(): number {
  const text = process.env.TROUPE_SEED ?? '1';
  const seed = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(seed)) return seed;
  const problem = `must be a whole number, not ${text}`;
  throw troupeError('BAD_OPTION', { where, field: 'TROUPE_SEED', problem });
}
