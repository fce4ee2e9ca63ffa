/** Repeat: a work again and again until its result is good, at most so many times. */
import {
  CountOption,
  type InputOf,
  type OutputOf,
  PureFunctionOption,
  type Runnable,
  type Workflow,
} from '../../protocol/index.ts';
import {
  itsInput,
  PatternFields,
  type PatternOptions,
  patternOf,
  type StrictMode,
  sketchOf,
  stepIn,
  workAt,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';
import { refuseGaps } from './sequence.ts';

/** The options of a repeat. Its functions are pure. */
export interface RepeatOptions<W extends Runnable> extends PatternOptions<StrictMode> {
  /** Whether a result is good. */
  readonly until: (result: OutputOf<W>, input: InputOf<W>) => boolean;
  /** The next input, made of a result that is not good and its input (default: the same input). */
  readonly again?: ((result: OutputOf<W>, input: InputOf<W>) => InputOf<W>) | undefined;
  /** Runs at most; after that it fails (`REPEAT_EXHAUSTED`). */
  readonly max: number;
}

const RepeatFields = PatternFields.extend({
  until: PureFunctionOption,
  again: PureFunctionOption.optional(),
  max: CountOption,
});

/**
 * Declares a repeat: the work runs until its result is good. It takes and gives what the work takes
 * and gives; its one step is named `work`.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function repeat<W extends Runnable>(
  id: string,
  work: W,
  options: RepeatOptions<W>,
): Workflow<InputOf<W>, OutputOf<W>, { readonly work: OutputOf<W> }>;
export function repeat(id: unknown, given: unknown, options: unknown): Workflow {
  const sketch = sketchOf('repeat', id, RepeatFields, options);
  refuseGaps(sketch);
  const work = workAt(given, sketch.where, 'work');
  const { until, again, max } = sketch.given;
  const loop = {
    until: (result: unknown, input: unknown) => until(result, input),
    again,
    max,
  };
  const step = stepIn(sketch, { name: 'work', work, input: itsInput, loop });
  return patternOf(sketch, { steps: [step], input: inputForAll([work]) });
}
