/**
 * The judge: whether an account agrees with the reference.
 *
 * Compared as they are: the state of the whole tree after every step, every event that an actor has
 * handled, what the root emitted. What XState leaves to chance is compared so:
 *
 * - Events of several senders to one actor may come in another order than under `createActor`,
 *   where the first recipient handles its event before the second one gets its own; here all stand
 *   in mailboxes. So an actor's events are compared as a multiset, and in order for each sender
 *   that has itself handled its events in the same order.
 * - Under an actor that has ended XState keeps references of what it stopped, a troupe does not. So
 *   they are left out of its state, and the troupe must hold nothing that lives below it.
 *
 * That is all that differs.
 */
import { expect } from 'vitest';
import type { Account, Seen } from './contract.ts';

/** Fails the test unless an account agrees with the reference. */
export function agree(found: Account, reference: Account): void {
  expect(found.states).toEqual(reference.states);
  expect(inAnyOrder(found.seen)).toEqual(inAnyOrder(reference.seen));
  for (const lane of lanesOf(reference.seen)) {
    if (!isEqual(heardBy(lane.from, found), heardBy(lane.from, reference))) continue;
    const told = heardBy(lane.by, found);
    expect(told.filter((text) => lane.only.has(text))).toEqual(lane.texts);
  }
  expect(found.emitted).toEqual(reference.emitted);
}

const textOf = ({ event }: Seen): string => JSON.stringify(event);

const heardBy = (path: string, { seen }: Account): readonly string[] =>
  seen.filter(({ by }) => by === path).map(textOf);

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

const inAnyOrder = (seen: readonly Seen[]): readonly string[] =>
  seen.map((one) => `${one.by} ${textOf(one)}`).sort();

interface Lane {
  readonly by: string;
  readonly from: string;
  /** Texts that nobody else sends to this actor, in order. */
  readonly texts: readonly string[];
  readonly only: ReadonlySet<string>;
}

/** What one sender alone tells one actor, in order: an account need not know who sent an event. */
function lanesOf(seen: readonly Seen[]): readonly Lane[] {
  const names = new Set(seen.map(({ by, from }) => JSON.stringify([by, from])));
  return [...names].map((name) => {
    const [by, from]: string[] = JSON.parse(name);
    const toActor = seen.filter((one) => one.by === by);
    const others = new Set(toActor.filter((one) => one.from !== from).map(textOf));
    const texts = toActor
      .filter((one) => one.from === from)
      .map(textOf)
      .filter((text) => !others.has(text));
    return { by: by ?? '', from: from ?? '', texts, only: new Set(texts) };
  });
}
