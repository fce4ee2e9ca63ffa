/** One step of a workflow, checked when it is declared: its name, its work and its options. */
import { z } from 'zod';
import {
  checkId,
  checkOptions,
  type Definition,
  definitionOf,
  durationMs,
  FunctionOption,
  isApproval,
  isMachineDefinition,
  isRunName,
  PureFunctionOption,
  type RetryPolicy,
  retryPolicy,
  type StepDefinition,
  type StepFunction,
  type StepLoop,
  troupeError,
} from '../protocol/index.ts';
import { optionParts, type StepOptions } from './step-fields.ts';

/** Names that no step can have: what functions of steps get beside results. */
export const reservedNames = ['input', 'key', 'signal', 'result', 'attempt', 'parent'] as const;

/** A name that no step can have. */
export type ReservedName = (typeof reservedNames)[number] | '__proto__';

/** What is known about a step when its name and its work have been checked. */
export interface StepParts {
  readonly name: string;
  readonly work: Definition | string | StepFunction;
  readonly after: readonly string[];
  readonly input: StepDefinition['input'];
  readonly options: StepOptions;
  /** Only patterns make loops. */
  readonly loop?: StepLoop | undefined;
}

/**
 * The name of a step, checked.
 * @param where names the workflow, such as `workflow answer`.
 * @throws TroupeError `BAD_ID`; `BAD_OPTION` for a reserved one.
 */
export function stepName(name: unknown, where: string): string {
  const checked = checkId(name, `name of a step of ${where}`);
  const reserved: readonly string[] = [...reservedNames, '__proto__'];
  if (isRunName(checked)) {
    const problem = 'ends like the name of a later run of a step';
    throw troupeError('BAD_OPTION', { where, field: `step ${checked}`, problem });
  }
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
 * @throws TroupeError `BAD_OPTION` when it waits for one step twice, runs a machine and has options
 *   that only other work knows, or fans out without an input.
 */
export function stepOf(parts: StepParts, retry: RetryPolicy, where: string): StepDefinition {
  const { options, after } = parts;
  refuseMisfits(parts, where);
  const inherited = typeof parts.work === 'function' ? retry : undefined;
  return Object.freeze({
    name: parts.name,
    work: parts.work,
    after: Object.freeze([...after]),
    input: parts.input,
    retry: options.retry === undefined ? inherited : Object.freeze(retryPolicy(options.retry)),
    timeoutMs: options.timeout === undefined ? undefined : durationMs(options.timeout),
    ...optionParts(options, after, retry, where),
    ...(parts.loop === undefined ? {} : { loop: Object.freeze(parts.loop) }),
  });
}

function refuseMisfits({ work, after, input, options, loop }: StepParts, where: string): void {
  const refuse = (field: string, problem: string) =>
    troupeError('BAD_OPTION', { where, field, problem });
  const twice = after.find((name, index) => after.indexOf(name) !== index);
  if (twice !== undefined) throw refuse('after', `names ${twice} twice`);
  const isFunction = typeof work === 'function';
  const field = options.retry === undefined ? 'timeout' : 'retry';
  const misfit = typeof work === 'object' ? misfitOf(work) : undefined;
  if (options[field] !== undefined && misfit !== undefined) {
    throw refuse(field, misfit);
  }
  if (isFunction && input !== undefined && options.each === undefined) {
    throw refuse('input', 'must be left out: a function gets what it waits for');
  }
  if (options.fallback !== undefined && isFunction) {
    throw refuse(
      'fallback',
      'is an option of steps that run work: catch the error in the function',
    );
  }
  if (options.fallback !== undefined && options.each !== undefined) {
    throw refuse(
      'fallback',
      'is no option of a step with each: let an item be a workflow that has one',
    );
  }
  if (loop !== undefined && isFunction) throw refuse('loop', 'needs work, not a function');
  if (options.each !== undefined && input === undefined) {
    throw refuse('each', 'needs an input function that gives the list of items');
  }
}

/** Why a step that runs this work takes neither retry nor timeout; undefined when it does. */
export function misfitOf(work: Definition): string | undefined {
  if (isMachineDefinition(work)) {
    return 'is no option of a step that runs a machine: its chart says when it gives up';
  }
  if (!isApproval(work)) return undefined;
  return 'is no option of a step that asks a person: its approval has remindEvery and expiresIn';
}

const StepFunctionOption = z.object({ work: FunctionOption });
const InputFunctionOption = z.object({ input: PureFunctionOption });
