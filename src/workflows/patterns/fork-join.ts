/** Fork-join: something split at run time, a branch for each part, and their results joined. */
import { z } from 'zod';
import {
  type Definition,
  type FailureMode,
  type InputOf,
  isDefinition,
  type OutputOf,
  type Runnable,
  type Schema,
  SchemaOption,
  type StepView,
  type Workflow,
} from '../../protocol/index.ts';
import type { EachResult } from '../step-options.ts';
import {
  itsInput,
  type PatternContext,
  PatternFields,
  type PatternOptions,
  type PatternPart,
  partAt,
  partsAt,
  patternOf,
  sketchOf,
  stepIn,
  withFirmSteps,
  workAt,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';

/** What a fork-join is made of. */
export interface ForkParts<In, B extends Runnable, Results, Joined, Taken> {
  /** Gives the parts, each an input of `branch`: a function of the run's input, or work. */
  readonly split:
    | Definition<In, readonly InputOf<B>[]>
    | ((
        input: In,
        context: PatternContext<In>,
      ) => readonly InputOf<B>[] | Promise<readonly InputOf<B>[]>);
  /** Runs for each part. */
  readonly branch: B;
  /**
   * Makes the result of the results of the branches, in the order of the parts: a function, or work
   * that takes them (default: the list of them).
   */
  readonly join?: PatternPart<Results, In, Joined, Taken> | undefined;
}

/** The options of a fork-join: `concurrency` is how many branches run at once. */
export interface ForkOptions<Given, In, Mode extends FailureMode> extends PatternOptions<Mode> {
  /** What the whole takes (default: what `split` takes, unchecked when that is a function). */
  readonly input?: Schema<Given, In> | undefined;
}

const ForkFields = PatternFields.extend({ input: SchemaOption.optional() });
const ForkPartFields = z.strictObject({
  split: z.unknown(),
  branch: z.unknown(),
  join: z.unknown().optional(),
});

/**
 * Declares a fork-join: `forkJoin('files', { split: list, branch: reader, join: sum })`. In the
 * mode `best-effort` the result of a branch that failed is null.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function forkJoin<
  In,
  B extends Runnable,
  const Mode extends FailureMode = never,
  Joined = EachResult<OutputOf<B>, never, Mode, never>,
  Taken = unknown,
  Given = In,
>(
  id: string,
  parts: ForkParts<In, B, EachResult<OutputOf<B>, never, Mode, never>, Joined, Taken>,
  options?: ForkOptions<Given, In, Mode>,
): Workflow<Given, Awaited<Joined>, Readonly<Record<string, unknown>>>;
export function forkJoin(id: unknown, given: unknown, options?: unknown): Workflow {
  const sketch = sketchOf('fork-join', id, ForkFields, options);
  const { where } = sketch;
  const parts = partsAt(ForkPartFields, given, where);
  const split = partAt(parts.split, where, 'split');
  const branch = workAt(parts.branch, where, 'branch');
  const join = parts.join === undefined ? undefined : partAt(parts.join, where, 'join');
  const { input = inputForAll(isDefinition(split) ? [split] : []), onFailure } = sketch.given;
  const whole = withFirmSteps(sketch);
  const steps = [
    stepIn(whole, { name: 'split', work: split, input: itsInput }),
    stepIn(whole, {
      name: 'branches',
      work: branch,
      after: ['split'],
      input: (view) => view.split,
      each: { onFailure },
    }),
  ];
  if (join === undefined) return patternOf(whole, { steps, input });
  const about = (view: StepView): unknown => view.branches;
  const last = stepIn(whole, { name: 'join', work: join, after: ['branches'], input: about });
  return patternOf(whole, { steps: [...steps, last], input });
}
