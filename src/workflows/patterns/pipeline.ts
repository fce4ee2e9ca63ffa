/**
 * Pipeline: items stream through stages. An item goes on to the next stage as soon as it is through
 * with one, without waiting for the others.
 */
import type { FailureMode, InputOf, OutputOf, Runnable, Workflow } from '../../protocol/index.ts';
import type { EachResult } from '../step-options.ts';
import {
  itsInput,
  PatternFields,
  type PatternOptions,
  partOf,
  patternOf,
  sketchOf,
  stepIn,
  withFirmSteps,
  worksAt,
} from './pattern.ts';
import { inputForAll, listFor } from './same-input.ts';
import { type LastOf, type Linked, linksOf } from './sequence.ts';

/** The options of a pipeline: `concurrency` is how many items are under way at once. */
export type PipelineOptions<Mode extends FailureMode> = PatternOptions<Mode>;

/**
 * Declares a pipeline: `pipeline('pages', [fetch, parse, store])`. It takes a list of what its
 * first stage takes, and gives the list of what the last one gives, in the order of the items; in
 * the mode `best-effort` null for items that failed.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function pipeline<
  const Stages extends readonly [Runnable, ...Runnable[]],
  const Mode extends FailureMode = never,
>(
  id: string,
  stages: Linked<Stages> extends Stages ? Stages : Linked<Stages>,
  options?: PipelineOptions<Mode>,
): Workflow<
  readonly InputOf<Stages[0]>[],
  EachResult<OutputOf<LastOf<Stages>>, never, Mode, never>,
  { readonly items: EachResult<OutputOf<LastOf<Stages>>, never, Mode, never> }
>;
export function pipeline(id: unknown, given: unknown, options?: unknown): Workflow {
  const sketch = sketchOf('pipeline', id, PatternFields, options);
  const stages = worksAt(given, sketch.where, 'stages');
  const item = partOf(sketch, 'item');
  const input = inputForAll(stages.slice(0, 1));
  const work = patternOf(item, { steps: linksOf(item, stages), input });
  const { onFailure } = sketch.facts;
  const whole = withFirmSteps(sketch);
  const step = stepIn(whole, { name: 'items', work, input: itsInput, each: { onFailure } });
  return patternOf(whole, { steps: [step], input: listFor(work) });
}
