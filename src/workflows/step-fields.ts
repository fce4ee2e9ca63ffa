/** The options of a step beside its name, its work and its input, as they are checked. */
import { z } from 'zod';
import {
  CountOption,
  checkId,
  checkOptions,
  type Definition,
  Duration,
  definitionOf,
  durationMs,
  FailureMode,
  FunctionOption,
  limits,
  PureFunctionOption,
  RecordOption,
  RetryOptions,
  type RetryPolicy,
  retryPolicy,
  type StepCondition,
  type StepDefinition,
  StepEnd,
  type StepFan,
  TimeoutOption,
  troupeError,
} from '../protocol/index.ts';

const Name = z.string('must be the name of a step');

const ConditionOption: z.ZodType<StepCondition> = z.union(
  [
    Name,
    z.strictObject({ step: Name, is: z.array(StepEnd).min(1) }),
    z.strictObject({
      get all() {
        return z.array(ConditionOption);
      },
    }),
    z.strictObject({
      get any() {
        return z.array(ConditionOption);
      },
    }),
  ],
  "must be 'always', 'failed', the name of a step, { step, is: [] }, { all: [] } or { any: [] }",
);

const fromZero = 'must be a number of at least 0';
const aMode = `must be ${FailureMode.options.join(', ')}`;

const FanOption = z.strictObject({
  works: RecordOption.optional(),
  concurrency: CountOption.optional(),
  need: CountOption.optional(),
  onFailure: z.enum(FailureMode.options, aMode).optional(),
  estimate: PureFunctionOption.optional(),
});

/** Options of a step, as they are checked. */
export const StepFields = {
  after: z.array(Name, 'must be an array of names').optional(),
  retry: RetryOptions.optional(),
  timeout: TimeoutOption.optional(),
  when: PureFunctionOption.optional(),
  runsWhen: ConditionOption.optional(),
  optional: z.boolean('must be true or false').optional(),
  fallback: z.unknown().optional(),
  undo: FunctionOption.optional(),
  undoRetry: RetryOptions.optional(),
  each: z.union([z.literal(true), FanOption], 'must be true or an object').optional(),
  estimate: Duration.optional(),
  cost: z.number(fromZero).min(0, fromZero).optional(),
};

const Fields = z.strictObject(StepFields);

/** Options of a step, checked. */
export type StepOptions = z.infer<typeof Fields>;

/** The parts of a step that its options alone make. */
type OptionParts = Pick<
  StepDefinition,
  'when' | 'runsWhen' | 'optional' | 'fallback' | 'undo' | 'each' | 'estimateMs' | 'cost'
>;

/**
 * The parts of a step that its options alone make; what is not given is left out.
 * @param after names of the steps that it waits for.
 * @throws TroupeError `BAD_OPTION` naming the field, `UNKNOWN_STEP` for a condition on a step that
 *   it does not wait for.
 */
export function optionParts(
  given: StepOptions,
  after: readonly string[],
  retry: RetryPolicy,
  where: string,
): OptionParts {
  const { when, optional, undo, undoRetry, cost } = given;
  return present({
    when,
    runsWhen: conditionOf(given.runsWhen, after, where),
    optional,
    fallback: given.fallback === undefined ? undefined : fallbackOf(given.fallback, where),
    undo:
      undo === undefined
        ? undefined
        : { run: undo, retry: undoRetry === undefined ? retry : retryPolicy(undoRetry) },
    each: given.each === undefined ? undefined : fanOf(given.each, where),
    estimateMs: given.estimate === undefined ? undefined : durationMs(given.estimate),
    cost,
  });
}

/** Without what is undefined: plans and structures hold only what is so. */
function present<Parts extends object>(parts: Parts): Parts {
  const left = { ...parts };
  for (const [name, value] of Object.entries(left)) {
    if (value === undefined) Reflect.deleteProperty(left, name);
  }
  return left;
}

/** `always` is a condition on nothing; `failed` one on any of the steps that it waits for. */
function conditionOf(
  given: StepCondition | undefined,
  after: readonly string[],
  where: string,
): StepCondition | undefined {
  if (given === 'always') return { all: [] };
  if (given === 'failed') return { any: after.map((step) => ({ step, is: ['FAILED'] })) };
  if (given === undefined) return undefined;
  const unknown = namesIn(given).find((name) => !after.includes(name));
  if (unknown === undefined) return given;
  const problem = `names ${unknown}, which is not in \`after\``;
  throw troupeError('BAD_OPTION', { where, field: 'runsWhen', problem });
}

function namesIn(condition: StepCondition): readonly string[] {
  if (typeof condition === 'string') return [condition];
  if ('all' in condition) return condition.all.flatMap(namesIn);
  if ('any' in condition) return condition.any.flatMap(namesIn);
  return [condition.step];
}

function fallbackOf(given: unknown, where: string): readonly (Definition | string)[] {
  const works = Array.isArray(given) ? given : [given];
  return Object.freeze(works.map((work) => workIn(work, 'fallback', where)));
}

function workIn(work: unknown, field: string, where: string): Definition | string {
  if (typeof work === 'string') return checkId(work, `${field} of ${where}`);
  const definition = definitionOf(work);
  if (definition !== undefined) return definition;
  const problem = 'must be work, or a list of works';
  throw troupeError('BAD_OPTION', { where, field, problem });
}

function fanOf(given: true | z.infer<typeof FanOption>, where: string): StepFan {
  if (given === true) return {};
  const { works, estimate, ...rest } = given;
  return present({
    ...rest,
    works: works === undefined ? undefined : worksOf(works, where),
    estimate: estimate === undefined ? undefined : (item) => milliseconds(estimate(item), where),
  });
}

function milliseconds(given: unknown, where: string): number {
  if (typeof given === 'number' && given >= 0) return Math.min(given, limits.durationMs);
  const problem = 'must give milliseconds, of at least 0';
  throw troupeError('BAD_OPTION', { where, field: 'each.estimate', problem });
}

function worksOf(given: Readonly<Record<string, unknown>>, where: string) {
  const works = Object.entries(given).map(([name, work]): [string, Definition] => {
    const definition = definitionOf(work);
    if (definition !== undefined) return [name, definition];
    const problem = 'must be work';
    throw troupeError('BAD_OPTION', { where, field: `each.works.${name}`, problem });
  });
  return Object.freeze(Object.fromEntries(works));
}

/** Checks options of a step that came as data. @throws TroupeError `BAD_OPTION`. */
export const checkStepOptions = (given: unknown, where: string): StepOptions =>
  checkOptions(Fields, given === undefined ? {} : given, where);
