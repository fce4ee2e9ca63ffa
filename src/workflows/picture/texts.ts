/** What a picture says of its steps: descriptions for people, and the same as data in `meta`. */
import {
  checkJson,
  type Definition,
  isApproval,
  isBot,
  isDefinition,
  isExternal,
  isWorkflow,
  type Json,
  type StepCondition,
  type StepDefinition,
  type StepFan,
} from '../../protocol/index.ts';

/** What a step is, in a line for each thing that is said of it. */
export function describeStep(step: StepDefinition): string {
  const { after, undo, estimateMs, cost, timeoutMs, fallback = [], loop } = step;
  const lines = [
    step.each === undefined ? workText(step.work) : eachText(step.work, step.each),
    after.length === 0 ? undefined : `after ${listed(after)}`,
    step.runsWhen === undefined ? undefined : `when ${conditionText(step.runsWhen)}`,
    step.when === undefined ? undefined : 'if its own condition holds',
    step.optional === true ? 'its failure is fine' : undefined,
    loop === undefined ? undefined : `again until it is good, ${loop.max} times at most`,
    ...fallback.map((work) => `else ${workText(work)}`),
    undo === undefined ? undefined : 'can be undone',
    timeoutMs === undefined ? undefined : `${timeoutMs} ms for an attempt`,
    estimateMs === undefined ? undefined : `takes about ${estimateMs} ms`,
    cost === undefined ? undefined : `may cost ${cost}`,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** What is said of a step while it is under way. */
export function underWayText({ work, each, loop }: StepDefinition): string {
  if (each !== undefined) return 'Its work runs for each item of its input.';
  if (isDefinition(work)) {
    if (isApproval(work)) return 'Waits for a person, and takes no place under the limit.';
    if (isBot(work) && isExternal(work)) return 'Somebody does it by hand.';
  }
  return loop === undefined ? 'Its work runs.' : 'Its work runs until the result is good.';
}

/** What is said of a step, as data. */
export function metaOf(step: StepDefinition): Readonly<Record<string, Json>> {
  const { name, after, runsWhen, optional, timeoutMs, estimateMs, cost, retry, each } = step;
  return present({
    step: name,
    work: workMeta(step.work),
    after,
    runsWhen,
    hasCondition: step.when === undefined ? undefined : true,
    optional,
    retry,
    timeoutMs,
    estimateMs,
    cost,
    loop: step.loop === undefined ? undefined : { max: step.loop.max },
    each:
      each === undefined
        ? undefined
        : present({
            works: each.works === undefined ? undefined : worksMeta(each.works),
            concurrency: each.concurrency,
            need: each.need,
            onFailure: each.onFailure,
          }),
    fallback: step.fallback?.map(workMeta),
    canBeUndone: step.undo === undefined ? undefined : true,
  });
}

/** A record as JSON, without what is undefined. */
export const present = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const json = checkJson(value, name);
      return json === undefined ? [] : [[name, json]];
    }),
  );

const worksMeta = (works: Readonly<Record<string, Definition>>) =>
  Object.fromEntries(Object.entries(works).map(([name, work]) => [name, workMeta(work)]));

type Work = StepDefinition['work'];

const workMeta = (work: Work): Readonly<Record<string, Json>> => {
  if (typeof work === 'string') return { id: work };
  if (!isDefinition(work)) return { kind: 'function' };
  return present({ kind: work.kind, id: work.id, version: work.version, title: work.title });
};

function workText(work: Work): string {
  if (typeof work === 'string') return `work ${work}`;
  if (!isDefinition(work)) return 'a function';
  const inside = isWorkflow(work) ? ` (${listed(work.steps.map(({ name }) => name))})` : '';
  return `${work.kind} ${work.id}${inside}`;
}

function eachText(work: Work, { works, need }: StepFan): string {
  const all = works === undefined ? [work] : Object.values(works);
  const enough = need === undefined ? '' : `, ${need} results are enough`;
  return `for each item: ${listed([...new Set(all.map(workText))], ' or ')}${enough}`;
}

/** Names in a text: the first of them. */
export function listed(names: readonly string[], between = ', '): string {
  const more = names.length - NAMES;
  const first = names.slice(0, NAMES).join(between);
  return more > 0 ? `${first} and ${more} more` : first;
}

/** How many names a text lists. */
const NAMES = 20;

function conditionText(condition: StepCondition): string {
  if (typeof condition === 'string') return `${condition} is fine`;
  if ('step' in condition) return `${condition.step} is ${condition.is.join(' or ')}`;
  const [parts, word] = 'all' in condition ? [condition.all, ' and '] : [condition.any, ' or '];
  if (parts.length === 0) return 'all' in condition ? 'they have ended' : 'never';
  return parts.map((part) => grouped(part)).join(word);
}

const grouped = (condition: StepCondition): string =>
  typeof condition === 'string' || 'step' in condition
    ? conditionText(condition)
    : `(${conditionText(condition)})`;
