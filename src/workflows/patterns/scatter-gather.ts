/** Scatter-gather: the same input to many works, and their answers merged. */

import { z } from 'zod';
import {
  CountOption,
  type FailureMode,
  type OutputOf,
  type Runnable,
  type StepView,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';
import type { SharedInput } from './parallel.ts';
import {
  firstOf,
  PatternFields,
  type PatternOptions,
  type PatternPart,
  partAt,
  patternOf,
  sketchOf,
  stepIn,
  stepNames,
  withFirmSteps,
  worksAt,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';

/** The options of a scatter-gather. */
export interface ScatterOptions<Answer, In, Merged, Taken> extends PatternOptions<FailureMode> {
  /**
   * Makes the result of the answers, in the order of the works: a function, or work that takes
   * them (default: the list of them).
   */
  readonly gather?: PatternPart<Answer[], In, Merged, Taken> | undefined;
  /** So many answers are enough, the rest is cancelled (default: all). */
  readonly need?: number | undefined;
}

/** What works of a list take at once. */
export type ListInput<Works extends readonly Runnable[]> = SharedInput<Works, number>;

const ScatterFields = PatternFields.extend({
  gather: z.unknown().optional(),
  need: CountOption.optional(),
});

/**
 * Declares a scatter-gather: `scatterGather('vote', [ann, bob], { need: 1, gather: majority })`.
 * Answers that are missing, for enough were there or in the mode `best-effort`, are left out; an
 * answer of null counts as missing then.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function scatterGather<
  const Works extends readonly [Runnable, ...Runnable[]],
  Merged = OutputOf<Works[number]>[],
  Taken = unknown,
>(
  id: string,
  works: Works,
  options?: ScatterOptions<OutputOf<Works[number]>, ListInput<Works>, Merged, Taken>,
): Workflow<ListInput<Works>, Awaited<Merged>, Readonly<Record<string, unknown>>>;
export function scatterGather(id: unknown, list: unknown, options?: unknown): Workflow {
  const sketch = sketchOf('scatter-gather', id, ScatterFields, options);
  const works = worksAt(list, sketch.where, 'works');
  const { need, gather, onFailure } = sketch.given;
  if (need !== undefined && need > works.length) {
    const problem = `is more than there are works (${works.length})`;
    throw troupeError('BAD_OPTION', { where: sketch.where, field: 'need', problem });
  }
  const whole = withFirmSteps(sketch);
  const mayMiss = need !== undefined || onFailure === 'best-effort';
  const answersIn = ({ answers }: StepView): unknown =>
    mayMiss && Array.isArray(answers) ? answers.filter((answer) => answer !== null) : answers;
  const names = stepNames(works);
  const answers = stepIn(whole, {
    name: 'answers',
    work: firstOf(works),
    input: ({ input }) => names.map((work) => ({ work, input })),
    each: {
      works: Object.fromEntries(works.map((work, index) => [names[index], work])),
      need,
      onFailure,
    },
  });
  const input = inputForAll(works);
  if (gather === undefined) return patternOf(whole, { steps: [answers], input, result: answersIn });
  const work = partAt(gather, sketch.where, 'gather');
  const merge = stepIn(whole, { name: 'gather', work, after: ['answers'], input: answersIn });
  return patternOf(whole, { steps: [answers, merge], input });
}
