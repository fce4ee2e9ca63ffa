/** One step of a workflow, checked when it is declared: its name, its work and its options. */
import { z } from 'zod';
import {
  checkId,
  checkOptions,
  type Definition,
  definitionOf,
  durationMs,
  FunctionOption,
  isMachineDefinition,
  PureFunctionOption,
  RetryOptions,
  type RetryPolicy,
  retryPolicy,
  type StepDefinition,
  type StepFunction,
  TimeoutOption,
  troupeError,
} from '../protocol/index.ts';

/** Names that no step can have: what functions of steps get beside results. */
export const reservedNames = ['input', 'key', 'signal', 'result', 'attempt', 'parent'] as const;

/** A name that no step can have. */
export type ReservedName = (typeof reservedNames)[number] | '__proto__';

/** Options of a step, as they are checked. */
export const StepFields = {
  after: z.array(z.string('must be the name of a step'), 'must be an array of names').optional(),
  retry: RetryOptions.optional(),
  timeout: TimeoutOption.optional(),
};

/** What is known about a step when its name and its work have been checked. */
export interface StepParts {
  readonly name: string;
  readonly work: Definition | string | StepFunction;
  readonly after: readonly string[];
  readonly input: StepDefinition['input'];
  readonly retry?: z.infer<typeof StepFields.retry>;
  readonly timeout?: z.infer<typeof StepFields.timeout>;
}

/**
 * The name of a step, checked.
 * @param where names the workflow, such as `workflow answer`.
 * @throws TroupeError `BAD_ID`; `BAD_OPTION` for a reserved one.
 */
export function stepName(name: unknown, where: string): string {
  const checked = checkId(name, `name of a step of ${where}`);
  const reserved: readonly string[] = [...reservedNames, '__proto__'];
  if (!reserved.includes(checked)) return checked;
  const problem = `is a reserved name (${reservedNames.join(', ')})`;
  throw troupeError('BAD_OPTION', { where, field: `step ${checked}`, problem });
}

/**
 * What a step runs, checked: a definition or a function.
 * @throws TroupeError `BAD_OPTION`.
 */
export function stepWork(work: unknown, where: string): Definition | StepFunction {
  const definition = definitionOf(work);
  if (definition !== undefined) return definition;
  if (typeof work === 'function') return checkOptions(StepFunctionOption, { work }, where).work;
  throw troupeError('BAD_OPTION', { where, field: 'work', problem: 'must be work or a function' });
}

/**
 * A function that makes a step's input, checked.
 * @throws TroupeError `BAD_OPTION` when it is no synchronous function.
 */
export const stepInput = (input: unknown, where: string): StepDefinition['input'] =>
  checkOptions(InputFunctionOption, { input }, where).input;

/**
 * The step, frozen. A function step gets the workflow's retry policy when it has none of its own.
 * @throws TroupeError `BAD_OPTION` when it waits for one step twice, or runs a machine and has
 *   options that only other work knows.
 */
export function stepOf(parts: StepParts, retry: RetryPolicy, where: string): StepDefinition {
  const twice = parts.after.find((name, index) => parts.after.indexOf(name) !== index);
  if (twice !== undefined) {
    throw troupeError('BAD_OPTION', { where, field: 'after', problem: `names ${twice} twice` });
  }
  const field = parts.retry === undefined ? 'timeout' : 'retry';
  if (parts[field] !== undefined && isMachineStep(parts.work)) {
    const problem = 'is no option of a step that runs a machine: its chart says when it gives up';
    throw troupeError('BAD_OPTION', { where, field, problem });
  }
  const inherited = typeof parts.work === 'function' ? retry : undefined;
  return Object.freeze({
    name: parts.name,
    work: parts.work,
    after: Object.freeze([...parts.after]),
    input: parts.input,
    retry: parts.retry === undefined ? inherited : Object.freeze(retryPolicy(parts.retry)),
    timeoutMs: parts.timeout === undefined ? undefined : durationMs(parts.timeout),
  });
}

const isMachineStep = (work: StepParts['work']): boolean =>
  typeof work === 'object' && isMachineDefinition(work);

const StepFunctionOption = z.object({ work: FunctionOption });
const InputFunctionOption = z.object({ input: PureFunctionOption });
