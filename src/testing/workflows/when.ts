/**
 * What the `when` of a step can answer. It is code, so both answers are taken for possible, unless
 * all that it looks at was seen: it is called with drawn inputs and results, and what it reads of
 * them is noted. When every set of values that it read came again and again, as with booleans and
 * enums, there are no others, and an answer that never came can't come.
 */
import fc from 'fast-check';
import {
  type Definition,
  isApproval,
  isBot,
  isDefinition,
  isTask,
  isTroupeError,
  parse,
  type Schema,
  type StepDefinition,
  type Workflow,
} from '../../protocol/index.ts';
import { arbitraryOf } from '../arbitrary/index.ts';
import { type Team, worksOf } from './team.ts';

/** Views that are drawn. */
const VIEWS = 400;
/** Sets of values read, at most, for all to have been seen. */
const READINGS_MAX = 40;
/** How often each has come then, at least. */
const OFTEN = 3;

const CONSTANT =
  /^\s*(?:\(\s*[\w$]*\s*\)|[\w$]+)\s*=>\s*\(?\s*(?:true|false|null|undefined|[01]|![01])\s*\)?\s*$/;

/** The answers that are possible; a step without `when` always runs. */
export function answersOf(
  workflow: Workflow,
  step: StepDefinition,
  team: Team,
): readonly boolean[] {
  const { when } = step;
  if (when === undefined) return [true];
  const views = viewsOf(workflow, step, team);
  const readings = new Map<string, number>();
  const answers = new Set<boolean>();
  for (const view of views) {
    const reading = readingOf(when, view);
    if (reading === undefined) return [true, false];
    readings.set(reading.read, (readings.get(reading.read) ?? 0) + 1);
    answers.add(reading.answer);
  }
  const isAll = readings.has('')
    ? isConstant(when)
    : readings.size <= READINGS_MAX && [...readings.values()].every((count) => count >= OFTEN);
  return isAll && answers.size === 1 ? [...answers] : [true, false];
}

/** By its source: what reads nothing of its view may still ask for a setting of the process. */
const isConstant = (when: object): boolean => CONSTANT.test(Function.prototype.toString.call(when));

/** What a `when` read, and what it said. */
interface Reading {
  readonly read: string;
  readonly answer: boolean;
}

type Parts = Readonly<Record<string, unknown>>;

/** Stands for what nothing is known of. */
const unknown = Symbol('unknown');

/** Undefined: it read what is not known, or is of any length, or it threw. */
function readingOf(when: NonNullable<StepDefinition['when']>, view: Parts): Reading | undefined {
  const read: string[] = [];
  const refusal = Symbol('unclear');
  const seen = (value: unknown, path: string): unknown => {
    if (value === unknown || Array.isArray(value)) throw refusal;
    if (typeof value !== 'object' || value === null) {
      read.push(`${path} ${typeof value} ${String(value)}`);
      return value;
    }
    return new Proxy(value, {
      get: (target, key) => seen(Reflect.get(target, key), `${path}.${String(key)}`),
      has: () => {
        throw refusal;
      },
      ownKeys: () => {
        throw refusal;
      },
    });
  };
  const watched = seen(view, '');
  try {
    const answer = when(Object(watched));
    return typeof answer === 'object' && answer !== null
      ? undefined
      : { read: read.join('\n'), answer: Boolean(answer) };
  } catch {
    return undefined;
  }
}

/** Views as a step may see them. */
function viewsOf(workflow: Workflow, step: StepDefinition, team: Team): readonly Parts[] {
  const parts = new Map([['input', valuesOf(workflow.input, workflow.id)]]);
  for (const name of step.after) {
    const before = workflow.steps.find((one) => one.name === name);
    if (before !== undefined) parts.set(name, resultsOf(workflow, step, before, team));
  }
  return Array.from({ length: VIEWS }, (_, at) =>
    Object.fromEntries([...parts].map(([name, values]) => [name, values(at)])),
  );
}

type ValueAt = (at: number) => unknown;

/** Results of a step that is waited for; where it may lack one, that is drawn too. */
function resultsOf(
  workflow: Workflow,
  step: StepDefinition,
  before: StepDefinition,
  team: Team,
): ValueAt {
  const works = worksOf(before, team);
  const [only] = works;
  const isKnown = works.length === 1 && before.each === undefined && isDefinition(only?.work);
  const schema = isKnown && isDefinition(only?.work) ? outputOf(only.work) : undefined;
  if (schema === undefined) return () => unknown;
  const values = valuesOf(schema, before.name);
  const isSure =
    before.optional !== true &&
    before.when === undefined &&
    step.runsWhen === undefined &&
    workflow.onFailure !== 'best-effort';
  // Not in step with the other parts, whose values would always come with the same gaps.
  return isSure ? values : (at) => (at % 7 < 2 ? undefined : values(at));
}

function outputOf(work: Definition): Schema | undefined {
  if (isApproval(work)) return work.answer;
  if (isBot(work)) return work.output;
  if (!isTask(work)) return undefined;
  return work.output ?? (work.route.by === 'bot' ? work.route.bot.output : undefined);
}

/** Values that a schema gives; nothing is known of one that they can't be drawn from. */
function valuesOf(schema: Schema | undefined, what: string): ValueAt {
  if (schema === undefined) return () => unknown;
  try {
    const drawn = fc.sample(arbitraryOf(schema), { numRuns: VIEWS, seed: seedOf(what) });
    const given = drawn.map((value) => parse(schema, value, what));
    return (at) => given[at];
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    return () => unknown;
  }
}

/** Another for each part, so that parts don't go hand in hand. */
const seedOf = (what: string): number =>
  [...what].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) | 0, 7);
