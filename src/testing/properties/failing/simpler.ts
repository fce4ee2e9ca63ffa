/**
 * Simpler scripts: from one script those that tell less, the boldest first. Fewer faults come
 * before fewer answers, and those before smaller numbers.
 */
import type { Answering, Fault, Script } from '../../simulation/script.ts';

/** Scripts that are simpler than one, the boldest first; its input stays. */
export function* simplerThan(script: Script): Generator<Script> {
  const { faults, people, seed } = script;
  for (const fewer of fewerOf(faults)) yield { ...script, faults: fewer };
  for (const fewer of fewerOf(people)) yield { ...script, people: fewer };
  if (seed !== 1) yield { ...script, seed: 1 };
  for (const simpler of eachSimpler(people, simplerAnswers)) yield { ...script, people: simpler };
  for (const simpler of eachSimpler(faults, simplerFaults)) yield { ...script, faults: simpler };
}

/** A list without all, without a half, a quarter ... and at last without each single one. */
function* fewerOf<Item>(list: readonly Item[]): Generator<Item[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      yield [...list.slice(0, from), ...list.slice(from + size)];
    }
  }
}

/** A list with one of its items simpler. */
function* eachSimpler<Item>(
  list: readonly Item[],
  simpler: (item: Item) => Iterable<Item>,
): Generator<Item[]> {
  for (const [at, item] of list.entries()) {
    for (const one of simpler(item)) yield list.with(at, one);
  }
}

function* simplerAnswers(one: Answering): Generator<Answering> {
  const { question, answer, afterMs } = one;
  if (one.again !== undefined || one.value !== undefined) yield { question, answer, afterMs };
  for (const smaller of smallerThan(afterMs, 0)) yield { ...one, afterMs: smaller };
  for (const smaller of smallerThan(question, 1)) yield { ...one, question: smaller };
}

function* simplerFaults(one: Fault): Generator<Fault> {
  // The same to the team, and told more simply.
  if (one.fault === 'disk-full') yield { fault: 'crash', commit: one.commit, moment: 'before' };
  if ('forGood' in one && one.forGood) {
    const { fault, call, moment } = one;
    yield { fault, call, moment };
  }
  if ('moment' in one && one.moment === 'after') yield { ...one, moment: 'before' };
  if ('commit' in one) for (const commit of smallerThan(one.commit, 1)) yield { ...one, commit };
  if ('request' in one)
    for (const request of smallerThan(one.request, 1)) yield { ...one, request };
  if ('run' in one) for (const run of smallerThan(one.run, 0)) yield { ...one, run };
  if ('call' in one) {
    const { of, nth } = one.call;
    for (const smaller of smallerThan(nth, 1)) yield { ...one, call: { of, nth: smaller } };
  }
  if ('ms' in one) for (const ms of smallerThan(one.ms, 1)) yield { ...one, ms };
  if (one.fault === 'malformed' && one.value !== null) yield { ...one, value: null };
}

const round = [1_000, 60_000, 3_600_000];

/** Smaller numbers down to the least: the least itself, round ones, a half, one less. */
function smallerThan(value: number, least: number): readonly number[] {
  const half = Math.floor((value + least) / 2);
  const smaller = [least, ...round, half, value - 1];
  return [...new Set(smaller)].filter((one) => one >= least && one < value);
}
