/**
 * Boolean expressions over the ends of tasks, such as `P && (F.Succeeded || F.Failed)`, as
 * conditions of a step. A bare name means that the task ended well or was skipped.
 */
import type { EndCondition } from '../../../src/index.ts';

/** A condition on tasks, and whom it names. */
export interface Depends {
  readonly after: readonly string[];
  /** Undefined: all that it names ended well or were skipped. */
  readonly runsWhen: EndCondition<string> | undefined;
}

/** Ends of tasks that a step can ask for. */
const ends = {
  Succeeded: 'COMPLETED',
  Failed: 'FAILED',
  Skipped: 'SKIPPED',
  Omitted: 'OMITTED',
} as const;

/** What the model of steps lacks. */
const lacking: Readonly<Record<string, string>> = {
  Daemoned: 'a step that others may wait for while it runs on (a daemon)',
  Errored: 'a failure of the machinery apart from one of the task',
  AnySucceeded: 'a condition on single items of a fan-out',
  AllFailed: 'a condition on single items of a fan-out',
};

/** Reads an expression; a text says what the model lacks for it. */
export function readDepends(text: string): Depends | string {
  const tokens = text.match(/&&|\|\||[()]|[\w-]+(\.\w+)?/g) ?? [];
  const lack = tokens.map((token) => lacking[token.split('.')[1] ?? '']).find(Boolean);
  if (lack !== undefined) return lack;
  if (text.includes('!')) return 'a condition that something is not so';
  const names = tokens.flatMap((token) => (/^\w/.test(token) ? [token.split('.')[0] ?? ''] : []));
  const runsWhen = tokens.length === 0 ? undefined : disjunction([...tokens]);
  return { after: [...new Set(names)], runsWhen };
}

function disjunction(left: string[]): EndCondition<string> {
  const any = [conjunction(left)];
  while (left[0] === '||') {
    left.shift();
    any.push(conjunction(left));
  }
  return any.length === 1 ? (any[0] ?? { any }) : { any };
}

function conjunction(left: string[]): EndCondition<string> {
  const all = [atom(left)];
  while (left[0] === '&&') {
    left.shift();
    all.push(atom(left));
  }
  return all.length === 1 ? (all[0] ?? { all }) : { all };
}

function atom(left: string[]): EndCondition<string> {
  const token = left.shift() ?? '';
  if (token === '(') {
    const inner = disjunction(left);
    left.shift();
    return inner;
  }
  const [step = '', end] = token.split('.');
  const found = Object.entries(ends).find(([name]) => name === end)?.[1];
  return found === undefined ? step : { step, is: [found] };
}
