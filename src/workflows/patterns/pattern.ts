/**
 * What all patterns share: their options, how works and functions become steps, and the workflow
 * that comes out. A pattern is a workflow like any other, with an id, steps and runs of its own;
 * a part that needs a plan of its own is a workflow named after it, with a dot and the part.
 */
import type { z } from 'zod';
import {
  checkOptions,
  type Definition,
  type DefinitionCore,
  type Duration,
  definitionCore,
  definitionId,
  definitionOf,
  type FailureMode,
  type FunctionContext,
  FunctionOption,
  limits,
  type RetryOptions,
  type Schema,
  type StepDefinition,
  type StepLoop,
  type StepView,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';
import { factsOf, WorkflowOptions } from '../define-workflow.ts';
import { drawable } from '../picture/machine-of.ts';
import { stepName, stepOf } from '../step.ts';
import type { StepOptions } from '../step-fields.ts';

/** The options of a pattern: those of a workflow. */
export interface PatternOptions<Mode extends FailureMode = FailureMode> {
  /** Raised when its works change, for runs under way keep the old ones (default `'1'`). */
  readonly version?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Runs below it under way at once (default 10). */
  readonly concurrency?: number | undefined;
  /** What happens when one of its works fails (default `fail-fast`). */
  readonly onFailure?: Mode | undefined;
  /** What a run may cost, all below included: more than that fails it (default: anything). */
  readonly budget?: number | undefined;
  /** Attempts and pauses of its functions (default 3 attempts). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of the whole (default none). */
  readonly timeout?: Duration | undefined;
}

/** Modes in which there is no result without that of each work. */
export type StrictMode = Exclude<FailureMode, 'best-effort'>;

/** The options that every pattern has, as they are checked; each adds its own. */
export const PatternFields = WorkflowOptions.omit({ id: true, input: true });

/** A pattern that is being declared. */
export interface Sketch {
  /** Names it in errors, such as `sequence draft`. */
  readonly where: string;
  readonly core: DefinitionCore;
  readonly facts: Pick<Workflow, 'concurrency' | 'onFailure' | 'budget'>;
}

/** A pattern's id and options, checked. @throws TroupeError `BAD_ID`, `BAD_OPTION`. */
export function sketchOf<Given extends z.infer<typeof PatternFields>>(
  kind: string,
  id: unknown,
  schema: z.ZodType<Given>,
  options: unknown = {},
): Sketch & { readonly given: Given } {
  const checked = definitionId({ id }, kind);
  const where = `${kind} ${checked}`;
  const given = checkOptions(schema, options, where);
  return { where, core: definitionCore(checked, given, where), facts: factsOf(given), given };
}

/**
 * A part of a pattern with a plan of its own. What holds for the whole does not hold for it once
 * more: its time-out, its budget, its failure mode.
 */
export function partOf({ where, core, facts }: Sketch, part: string): Sketch {
  const id = `${core.id}.${part}`;
  const { version, retry } = core;
  const { concurrency } = facts;
  return {
    where: `${part} of ${where}`,
    core: { ...definitionCore(definitionId({ id }, part), { version }, where), retry },
    facts: { concurrency },
  };
}

/** In the mode `best-effort` items may fail; the steps around them may not. */
export function withFirmSteps(sketch: Sketch): Sketch {
  const { onFailure, ...facts } = sketch.facts;
  return onFailure === 'best-effort' ? { ...sketch, facts } : sketch;
}

/** What a pattern's workflow is made of. */
export interface PatternParts {
  readonly steps: readonly StepDefinition[];
  readonly input?: Schema | undefined;
  readonly result?: Workflow['result'];
}

/** The workflow that the pattern is, frozen. */
export function patternOf({ core, facts, where }: Sketch, parts: PatternParts): Workflow {
  const { steps, input, result } = parts;
  if (steps.length > limits.planSteps) {
    const problem = `are more than ${limits.planSteps}`;
    throw troupeError('BAD_OPTION', { where, field: 'works', problem });
  }
  return drawable({
    kind: 'workflow',
    ...core,
    ...facts,
    input,
    steps: Object.freeze(steps),
    result,
  });
}

/** What functions of a pattern get beside what they are about: the run's input, and a context. */
export type PatternContext<In> = FunctionContext & { readonly input: In };

/** A function of a pattern, as a step calls it. */
export type PatternFunction = (about: unknown, context: PatternContext<unknown>) => unknown;

/**
 * A part of a pattern: a function of what it is about, or a definition that takes that (`Taken`);
 * what does not fit is a text that says why.
 */
export type PatternPart<About, In, Value, Taken> =
  | ((about: About, context: PatternContext<In>) => Value)
  | (Definition<Taken, Value> &
      ([About] extends [Taken] ? unknown : 'this work does not take what it is given'));

/** What a step of a pattern is made of. */
export interface PatternStep {
  readonly name: string;
  readonly work: Definition | PatternFunction;
  readonly after?: readonly string[];
  /** Makes what the work or the function is about. */
  readonly input: (view: StepView) => unknown;
  readonly each?: Exclude<StepOptions['each'], true>;
  readonly loop?: StepLoop;
}

/** A step of a pattern. */
export function stepIn({ where, core }: Sketch, parts: PatternStep): StepDefinition {
  const { name, work, after = [], input, each, loop } = parts;
  const own = { name: stepName(name, where), after, options: { each }, loop };
  if (typeof work !== 'function') return stepOf({ ...own, work, input }, core.retry, where);
  const run = (view: StepView & FunctionContext): unknown => work(input(view), view);
  return stepOf({ ...own, work: run, input: undefined }, core.retry, where);
}

/** What the run was given. */
export const itsInput = ({ input }: StepView): unknown => input;

/** Work that was given, checked. @throws TroupeError `BAD_OPTION` naming the field. */
export function workAt(work: unknown, where: string, field: string): Definition {
  const definition = definitionOf(work);
  if (definition !== undefined) return definition;
  const problem = 'must be work: a bot, a task, an approval, a workflow or a machine';
  throw troupeError('BAD_OPTION', { where, field, problem });
}

/** Work or a function, checked. @throws TroupeError `BAD_OPTION` naming the field. */
export function partAt(part: unknown, where: string, field: string): Definition | PatternFunction {
  if (FunctionOption.safeParse(part).success && typeof part === 'function') {
    return (about, context) => Reflect.apply(part, undefined, [about, context]);
  }
  const definition = definitionOf(part);
  if (definition !== undefined) return definition;
  const problem = 'must be work or a function';
  throw troupeError('BAD_OPTION', { where, field, problem });
}

/** A list of at least one work, checked. @throws TroupeError `BAD_OPTION` naming the field. */
export function worksAt(works: unknown, where: string, field: string): readonly Definition[] {
  if (Array.isArray(works) && works.length > 0) {
    return works.map((work, index) => workAt(work, where, `${field}[${index}]`));
  }
  const problem = 'must be a list of at least one work';
  throw troupeError('BAD_OPTION', { where, field, problem });
}

/** Works by name, checked. @throws TroupeError `BAD_OPTION` naming the field, `BAD_ID`. */
export function namedWorksAt(
  works: unknown,
  where: string,
  field: string,
): readonly (readonly [string, Definition])[] {
  const isRecord = typeof works === 'object' && works !== null && !Array.isArray(works);
  const entries = isRecord && definitionOf(works) === undefined ? Object.entries(works) : [];
  if (entries.length === 0) {
    const problem = 'must be an object of works by name, at least one';
    throw troupeError('BAD_OPTION', { where, field, problem });
  }
  return entries.map(([name, work]) => [name, workAt(work, where, `${field}.${name}`)]);
}

/** The parts of a pattern, as an object. @throws TroupeError `BAD_OPTION` naming the field. */
export const partsAt = <Parts>(schema: z.ZodType<Parts>, parts: unknown, where: string): Parts =>
  checkOptions(schema, parts, where);

/** What stands as the work of a step whose items name theirs. */
export function firstOf(works: readonly Definition[]): Definition {
  const [first] = works;
  if (first !== undefined) return first;
  throw troupeError('BROKEN_INVARIANT', { invariant: 'there is a work', found: 'none' });
}

/** A name for the step of each work: the work's id, numbered where that is taken or reserved. */
export function stepNames(works: readonly Definition[]): readonly string[] {
  const taken = new Set<string>();
  return works.map(({ id }, index) => {
    const name = taken.has(id) || !isFree(id) ? `${id}-${index + 1}` : id;
    taken.add(name);
    return name;
  });
}

function isFree(id: string): boolean {
  try {
    stepName(id, '');
    return true;
  } catch {
    return false;
  }
}
