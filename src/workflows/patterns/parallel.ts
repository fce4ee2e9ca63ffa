/** Parallel: different works at once, their results by name. */

import { z } from 'zod';
import {
  checkOptions,
  type Definition,
  type FailureMode,
  type GivenOf,
  type InputOf,
  type OutputOf,
  PureFunctionOption,
  RecordOption,
  type Runnable,
  type Schema,
  SchemaOption,
  type StepView,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';
import type { Missed } from '../chain.ts';
import {
  itsInput,
  namedWorksAt,
  PatternFields,
  type PatternOptions,
  patternOf,
  sketchOf,
  stepIn,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';

/** Works by name. */
export type Branches = Readonly<Record<string, Runnable>>;

/**
 * The options of a parallel. `Own` are the names in `inputs`, `In` is what those functions see,
 * `Given` what callers pass.
 */
export interface ParallelOptions<
  Works extends Branches,
  Own extends string,
  Given,
  In,
  Mode extends FailureMode,
> extends PatternOptions<Mode> {
  /** What the whole takes (default: what all works take that have no function in `inputs`). */
  readonly input?: Schema<Given, In> | undefined;
  /** Makes the input of single works; pure (default: each gets the input of the whole). */
  readonly inputs?:
    | {
        readonly [Name in Own]: (
          input: In,
        ) => Name extends keyof Works ? InputOf<Works[Name]> : never;
      }
    | undefined;
}

/** What works take at once; those that take nothing are left out. */
export type SharedInput<Works, Names extends keyof Works = keyof Works> = Meeting<
  {
    [Name in Names]: [InputOf<Works[Name]>] extends [undefined]
      ? never
      : (input: InputOf<Works[Name]>) => void;
  }[Names]
>;

type Meeting<F> = [F] extends [never]
  ? undefined
  : [F] extends [(input: infer Input) => void]
    ? Input
    : never;

/** Works, checked: each takes the input of the whole, or has a function that makes its own. */
export type Fitting<Works, Own, In> = {
  [Name in keyof Works]: Name extends Own
    ? Works[Name]
    : [InputOf<Works[Name]>] extends [undefined]
      ? Works[Name]
      : [In] extends [InputOf<Works[Name]>]
        ? Works[Name]
        : 'this work does not take the input of the whole';
};

/** What a parallel gives: results by name; undefined where a failure is fine. */
export type ParallelResult<Works, Mode extends FailureMode> = {
  readonly [Name in keyof Works]: OutputOf<Works[Name]> | Missed<Mode>;
};

/** What a parallel asks people for: the approvals among its works, by name. */
export type BranchApprovals<Works extends Branches> = [ApprovalNames<Works>] extends [never]
  ? unknown
  : { readonly [Name in ApprovalNames<Works>]: GivenOf<Works[Name]> };

type ApprovalNames<Works> = {
  [Name in keyof Works]: Works[Name] extends { readonly kind: 'approval' } ? Name : never;
}[keyof Works];

const ParallelFields = PatternFields.extend({
  input: SchemaOption.optional(),
  inputs: RecordOption.optional(),
});

/**
 * Declares a parallel: `parallel('facts', { web: finder, archive: reader })`. All begin at once
 * with the input of the whole, as far as `concurrency` allows; the result has theirs by name.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function parallel<
  const Works extends Branches,
  const Own extends string = never,
  In = SharedInput<Works, Exclude<keyof Works, Own>>,
  Given = In,
  const Mode extends FailureMode = 'fail-fast',
>(
  id: string,
  works: Fitting<Works, Own, In>,
  options?: ParallelOptions<Works, Own, Given, In, Mode>,
): Workflow<
  Given,
  ParallelResult<Works, Mode>,
  ParallelResult<Works, Mode>,
  BranchApprovals<Works>
>;
export function parallel(id: unknown, given: unknown, options?: unknown): Workflow {
  const sketch = sketchOf('parallel', id, ParallelFields, options);
  const works = namedWorksAt(given, sketch.where, 'works');
  const inputs = inputsAt(sketch.given.inputs ?? {}, new Map(works), sketch.where);
  const steps = works.map(([name, work]) => {
    const own = inputs.get(name);
    const input = own === undefined ? itsInput : (view: StepView) => own(view.input);
    return stepIn(sketch, { name, work, input });
  });
  const shared = works.filter(([name]) => !inputs.has(name)).map(([, work]) => work);
  const input = sketch.given.input ?? inputForAll(shared);
  return patternOf(sketch, { steps, input, result: ({ input: _, ...results }) => results });
}

type InputFunction = z.infer<typeof PureFunctionOption>;

function inputsAt(
  given: Readonly<Record<string, unknown>>,
  works: ReadonlyMap<string, Definition>,
  where: string,
): ReadonlyMap<string, InputFunction> {
  const unknown = Object.keys(given).find((name) => !works.has(name));
  if (unknown !== undefined) {
    const problem = `is none of the works (${[...works.keys()].join(', ')})`;
    throw troupeError('BAD_OPTION', { where, field: `inputs.${unknown}`, problem });
  }
  return new Map(Object.entries(checkOptions(InputFunctions, { inputs: given }, where).inputs));
}

const InputFunctions = z.object({ inputs: z.record(z.string(), PureFunctionOption) });
