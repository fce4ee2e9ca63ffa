/**
 * Hierarchy: a lead decomposes, workers do what they are assigned, and the lead reviews: it gives
 * the result, or assigns again, at most so many rounds.
 */
import { z } from 'zod';
import {
  CountOption,
  type Definition,
  type InputOf,
  isDefinition,
  type OutputOf,
  parse,
  type Schema,
  SchemaOption,
  type StepView,
  type Workflow,
} from '../../protocol/index.ts';
import type { Branches } from './parallel.ts';
import {
  firstOf,
  itsInput,
  namedWorksAt,
  type PatternContext,
  PatternFields,
  type PatternFunction,
  type PatternOptions,
  type PatternPart,
  partAt,
  partOf,
  partsAt,
  patternOf,
  type Sketch,
  type StrictMode,
  sketchOf,
  stepIn,
} from './pattern.ts';
import { inputForAll } from './same-input.ts';
import { refuseGaps } from './sequence.ts';

/** What a worker is to do. */
export type Assignment<Workers extends Branches> = {
  [Name in keyof Workers & string]: {
    /** The worker's name. */
    readonly to: Name;
    readonly input: InputOf<Workers[Name]>;
  };
}[keyof Workers & string];

/** What a worker did. */
export type WorkerReport<Workers extends Branches> = {
  [Name in keyof Workers & string]: {
    readonly to: Name;
    readonly input: InputOf<Workers[Name]>;
    readonly result: OutputOf<Workers[Name]>;
    /** The round in which it was assigned, 1 for the first. */
    readonly round: number;
  };
}[keyof Workers & string];

/** What a lead reviews. */
export interface ReviewOf<In, Workers extends Branches> {
  /** The input of the whole. */
  readonly input: In;
  /** 1 for the first. */
  readonly round: number;
  /** What workers did so far, in the order of the assignments, all rounds. */
  readonly reports: WorkerReport<Workers>[];
}

/** What a review gives: the result of the whole, or what is still to be done. */
export type Verdict<Workers extends Branches, Result> =
  | { readonly result: Result; readonly again?: undefined }
  | { readonly again: readonly Assignment<Workers>[]; readonly result?: undefined };

/** What a hierarchy is made of. Lead and review are functions, or work. */
export interface HierarchyParts<In, Workers extends Branches, Result, Taken> {
  /** Makes the first assignments of the input. */
  readonly lead:
    | Definition<In, readonly Assignment<Workers>[]>
    | ((
        input: In,
        context: PatternContext<In>,
      ) => readonly Assignment<Workers>[] | Promise<readonly Assignment<Workers>[]>);
  /** Works by name. */
  readonly workers: Workers;
  /** Reviews what was done: gives `{ result }`, or `{ again: assignments }`. */
  readonly review: PatternPart<
    ReviewOf<In, Workers>,
    In,
    Verdict<Workers, Result> | Promise<Verdict<Workers, Result>>,
    Taken
  >;
}

/** The options of a hierarchy: `concurrency` is how many workers are at work at once. */
export interface HierarchyOptions<Given, In> extends PatternOptions<StrictMode> {
  /** What the whole takes (default: what `lead` takes, unchecked when that is a function). */
  readonly input?: Schema<Given, In> | undefined;
  /** Rounds at most (default 3); after that it fails (`REPEAT_EXHAUSTED`). */
  readonly max?: number | undefined;
}

/** A lead that is not content after three rounds won't be after ten. */
const ROUNDS = 3;

const HierarchyFields = PatternFields.extend({
  input: SchemaOption.optional(),
  max: CountOption.optional(),
});
const HierarchyPartFields = z.strictObject({
  lead: z.unknown(),
  workers: z.unknown(),
  review: z.unknown(),
});

/** What a round is given, and how its reports grow. */
const Round = z.strictObject({
  input: z.unknown().optional(),
  round: z.int(),
  assignments: z.array(z.strictObject({ to: z.string(), input: z.unknown().optional() })),
  reports: z.array(z.unknown()),
});

/** What a review gives. A result may be undefined, and is left out of JSON then. */
const Verdicts = z.union(
  [
    z.strictObject({ again: Round.shape.assignments, result: z.undefined().optional() }),
    z.strictObject({ result: z.unknown().optional(), again: z.undefined().optional() }),
  ],
  'must be { result } or { again: assignments }',
);

/** What a round gives: the verdict, and all reports so far. */
const Ended = z.object({
  again: Round.shape.assignments.optional(),
  result: z.unknown().optional(),
  reports: Round.shape.reports,
});

/**
 * Declares a hierarchy: `hierarchy('report', { lead, workers: { find, write }, review })`. The lead
 * gives assignments `{ to: 'find', input }`, the workers do them at once, the review gives
 * `{ result }`, which is that of the whole, or `{ again: assignments }` for another round.
 * @throws TroupeError `BAD_ID`, or `BAD_OPTION` naming the field.
 */
export function hierarchy<In, const Workers extends Branches, Result, Taken = unknown, Given = In>(
  id: string,
  parts: HierarchyParts<In, Workers, Result, Taken>,
  options?: HierarchyOptions<Given, In>,
): Workflow<Given, Result, Readonly<Record<string, unknown>>>;
export function hierarchy(id: unknown, given: unknown, options?: unknown): Workflow {
  const sketch = sketchOf('hierarchy', id, HierarchyFields, options);
  refuseGaps(sketch);
  const { where } = sketch;
  const parts = partsAt(HierarchyPartFields, given, where);
  const lead = partAt(parts.lead, where, 'lead');
  const workers = namedWorksAt(parts.workers, where, 'workers');
  const review = partAt(parts.review, where, 'review');
  const { max = ROUNDS, input = inputForAll(isDefinition(lead) ? [lead] : []) } = sketch.given;
  const rounds = stepIn(sketch, {
    name: 'rounds',
    work: roundOf(sketch, workers, review),
    after: ['lead'],
    input: ({ input, lead }) => ({ input, round: 1, assignments: lead, reports: [] }),
    loop: { until: (ended) => endedOf(ended).again === undefined, again: nextRound, max },
  });
  return patternOf(sketch, {
    steps: [stepIn(sketch, { name: 'lead', work: lead, input: itsInput }), rounds],
    input,
    result: (view) => endedOf(view.rounds).result,
  });
}

const endedOf = (given: unknown) => parse(Ended, given, 'the review of a hierarchy');
const roundIn = (given: unknown) => parse(Round, given, 'a round of a hierarchy');

function nextRound(given: unknown, before: unknown): unknown {
  const { again = [], reports } = endedOf(given);
  const { input, round } = roundIn(before);
  return { input, round: round + 1, assignments: again, reports };
}

/** One round: the workers do what they are assigned, then it is reviewed. */
function roundOf(
  sketch: Sketch,
  workers: readonly (readonly [string, Definition])[],
  review: Definition | PatternFunction,
): Workflow {
  const round = partOf(sketch, 'round');
  const { onFailure } = sketch.facts;
  const work = stepIn(round, {
    name: 'work',
    work: firstOf(workers.map(([, one]) => one)),
    input: ({ input }) =>
      roundIn(input).assignments.map((one) => ({ work: one.to, input: one.input })),
    each: { works: Object.fromEntries(workers), onFailure },
  });
  const judge = stepIn(round, {
    name: 'review',
    work: typeof review === 'function' ? withInputOfAll(review) : review,
    after: ['work'],
    input: (view) => {
      const { input, round } = roundIn(view.input);
      return { input, round, reports: reportsOf(view) };
    },
  });
  const result = (view: StepView): unknown => ({
    ...parse(Verdicts, view.review, 'the review of a hierarchy'),
    reports: reportsOf(view),
  });
  return patternOf(round, { steps: [work, judge], input: Round, result });
}

/** The input of the whole is that of the hierarchy, not of the round. */
const withInputOfAll =
  (review: PatternFunction): PatternFunction =>
  (about, context) => {
    const { key, signal, attempt } = context;
    return review(about, { input: roundIn(context.input).input, key, signal, attempt });
  };

/** What was done before and in this round. */
function reportsOf(view: StepView): readonly unknown[] {
  const { assignments, reports, round } = roundIn(view.input);
  const results: readonly unknown[] = Array.isArray(view.work) ? view.work : [];
  const own = assignments.map((one, index) => ({ ...one, result: results[index], round }));
  return [...reports, ...own];
}
