/** Drawn stories: plans with all that their steps can have, and what people do to their runs. */
import fc from 'fast-check';
import { FailureMode } from '../../../src/protocol/index.ts';

/** How code ends: well, badly every time, or badly the first time. */
export type Fate = 'good' | 'bad' | 'once';

/** One step of a drawn plan. */
export interface DrawnStep {
  /** Numbers of the earlier steps that it waits for. */
  readonly after: readonly number[];
  readonly work: 'function' | 'bot' | 'fan' | 'nest';
  readonly fate: Fate;
  readonly ms: number;
  /** Milliseconds that its code goes on after an abort. */
  readonly lateMs: number;
  readonly undo: 'none' | 'good' | 'bad';
  readonly optional: boolean;
  readonly when: boolean;
  readonly runsWhen: 'fine' | 'always' | 'failed';
  readonly fallback: 'none' | 'good' | 'bad';
  readonly cost: number;
}

/** What is done to the run, at a time. */
export interface Deed {
  readonly at: number;
  readonly what: 'pause' | 'resume' | 'cancel';
}

/** A whole story. */
export interface Story {
  readonly steps: readonly DrawnStep[];
  readonly concurrency: number;
  readonly onFailure: FailureMode;
  readonly budget: number | undefined;
  readonly deeds: readonly Deed[];
}

const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

const stepAt = (place: number): fc.Arbitrary<DrawnStep> =>
  fc.record({
    after: place === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(place - 1), { maxLength: 2 }),
    work: mostly<DrawnStep['work']>('function', 'bot', 'fan', 'nest'),
    fate: mostly<Fate>('good', 'bad', 'once'),
    ms: fc.constantFrom(1, 2, 2, 3, 3, 7),
    lateMs: mostly(0, 1, 4),
    undo: fc.constantFrom('none', 'good', 'good', 'bad'),
    optional: mostly(false, true),
    when: mostly(true, false),
    runsWhen: mostly<DrawnStep['runsWhen']>('fine', 'always', 'failed'),
    fallback: mostly<DrawnStep['fallback']>('none', 'good', 'bad'),
    cost: fc.nat(4),
  });

/** Stories of up to `size` steps. */
export const storiesOf = (size: number): fc.Arbitrary<Story> =>
  fc.integer({ min: 1, max: size }).chain((length) =>
    fc.record({
      steps: fc.tuple(...Array.from({ length }, (_, place) => stepAt(place))),
      concurrency: fc.integer({ min: 1, max: 3 }),
      onFailure: fc.constantFrom(...FailureMode.options),
      budget: mostly<number | undefined>(undefined, 3, 8),
      deeds: fc.array(
        fc.record({
          at: fc.integer({ min: 0, max: 15 }),
          what: fc.constantFrom('pause', 'resume', 'cancel'),
        }),
        { maxLength: 3 },
      ),
    }),
  );
