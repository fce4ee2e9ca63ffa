/** Sequence: works one after the other, each with the result of the one before as its input. */
import {
  type Definition,
  definitionOf,
  type InputOf,
  type OutputOf,
  type Runnable,
  type StepDefinition,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';
import {
  itsInput,
  PatternFields,
  type PatternOptions,
  patternOf,
  type Sketch,
  type StrictMode,
  sketchOf,
  stepIn,
  stepNames,
  worksAt,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';

/** The options of a sequence. */
export type SequenceOptions = PatternOptions<StrictMode>;

/** Works and options, checked link by link; what does not fit is a text that says why. */
export type Linked<Args extends readonly unknown[], Before = never> = Args extends readonly [
  infer W,
  ...infer Rest,
]
  ? [Link<W, Rest, Before>, ...Linked<Rest, W>]
  : [];

type Link<W, Rest, Before> = W extends Runnable
  ? [Before] extends [never]
    ? W
    : [OutputOf<Before>] extends [InputOf<W>]
      ? W
      : 'this work does not take what the one before it gives'
  : Rest extends readonly []
    ? W
    : 'options come last';

/** The last work among works and options. */
export type LastOf<Args extends readonly unknown[], Last = never> = Args extends readonly [
  infer W,
  ...infer Rest,
]
  ? LastOf<Rest, W extends Runnable ? W : Last>
  : Last;

/**
 * Declares a sequence: `sequence('draft', writer, critic)`. It takes what its first work takes and
 * gives what its last one gives. Options may come last. Its steps are named after their works, a
 * second one of an id with its number behind it.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function sequence<const Args extends readonly [Runnable, ...(Runnable | SequenceOptions)[]]>(
  id: string,
  ...works: Linked<Args> extends Args ? Args : Linked<Args>
): Workflow<InputOf<Args[0]>, OutputOf<LastOf<Args>>, Readonly<Record<string, unknown>>>;
export function sequence(id: unknown, ...given: readonly unknown[]): Workflow {
  const last = given.at(-1);
  const hasOptions = given.length > 1 && definitionOf(last) === undefined;
  const sketch = sketchOf('sequence', id, PatternFields, hasOptions ? last : {});
  refuseGaps(sketch);
  const works = worksAt(hasOptions ? given.slice(0, -1) : given, sketch.where, 'works');
  return patternOf(sketch, {
    steps: linksOf(sketch, works),
    input: inputForAll(works.slice(0, 1)),
  });
}

/** A step for each work, with what the one before gave as its input. */
export function linksOf(sketch: Sketch, works: readonly Definition[]): readonly StepDefinition[] {
  const names = stepNames(works);
  return works.map((work, index) => {
    const name = names[index] ?? '';
    const before = names[index - 1];
    if (before === undefined) return stepIn(sketch, { name, work, input: itsInput });
    return stepIn(sketch, { name, work, after: [before], input: (view) => view[before] });
  });
}

/** Refuses the mode in which a result could be missing. @throws TroupeError `BAD_OPTION`. */
export function refuseGaps({ facts, where }: Sketch): void {
  if (facts.onFailure !== 'best-effort') return;
  const problem = "can't be best-effort: what comes next needs each result";
  throw troupeError('BAD_OPTION', { where, field: 'onFailure', problem });
}
