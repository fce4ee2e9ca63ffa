/**
 * The stamp of definitions: while it stays, every record is fit for the same. Recovery relies on
 * it: it asks for all that is live only when the stamp is another one.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { z } from 'zod';
import { collectDefinitions } from '../../src/bots/index.ts';
import {
  type Definition,
  defineApproval,
  defineBot,
  defineMachine,
  defineTask,
  graph,
  handler,
} from '../../src/index.ts';
import { type ActorRecord, memoryJournal } from '../../src/journal/index.ts';
import { troupeCatalogue } from '../../src/troupe/catalogue/catalogue.ts';
import { definitionsStamp } from '../../src/troupe/catalogue/stamp.ts';
import { teamOf } from '../troupe/team.ts';

const never = () => new Promise<never>(() => {});
const worker = defineBot({ id: 'b', work: never });
const approval = defineApproval({ id: 'yes', input: z.string() });
const chart = (states: readonly string[]) =>
  createMachine({
    id: 'm',
    initial: states[0] ?? 'a',
    states: Object.fromEntries(states.map((s) => [s, {}])),
  });
const keep = (old: { value: unknown; context: unknown }) => old;
const plan = (version: string, names: readonly string[]) =>
  graph('w', Object.fromEntries(names.map((name) => [name, { work: never }])), { version });

/** What a team may have under each id; what stands in one list has one id and one version. */
const variants: Readonly<Record<string, readonly (() => Definition)[]>> = {
  b: [
    () => worker,
    () => defineBot({ id: 'b', work: async () => 1, title: 'another' }),
    () => defineBot({ id: 'b', on: { note: handler(z.string()) } }),
  ],
  o: [() => defineBot({ id: 'o' }), () => defineBot({ id: 'o', work: never })],
  t: [() => defineTask({ id: 't', domain: 'd' }), () => defineTask({ id: 't', domain: 'e' })],
  yes: [() => approval, () => defineApproval({ id: 'yes', input: z.string(), answer: z.number() })],
  w1: [() => plan('1', ['a', 'b']), () => plan('1', ['b', 'a']), () => plan('1', ['a'])],
  w2: [() => plan('2', ['a', 'b'])],
  m1: [() => defineMachine(chart(['a'])), () => defineMachine(chart(['a', 'b']))],
  m2: [
    () => defineMachine(chart(['a']), { version: '2' }),
    () => defineMachine(chart(['a']), { version: '2', migrations: { 1: keep } }),
    () => defineMachine(chart(['c']), { version: '2', migrations: { 1: keep } }),
  ],
  m3: [() => defineMachine(chart(['a', 'c']), { version: '3', migrations: { 2: keep } })],
};

type Choice = Readonly<Record<string, number | undefined>>;
const drawnTeam = fc.record({
  choice: fc.record(
    Object.fromEntries(
      Object.entries(variants).map(([name, { length }]) => [
        name,
        fc.option(fc.nat(length - 1), { nil: undefined }),
      ]),
    ),
  ),
  order: fc.shuffledSubarray(Object.keys(variants), { minLength: Object.keys(variants).length }),
});

const teamIn = ({ choice, order }: { choice: Choice; order: readonly string[] }) =>
  order.flatMap((name) => variants[name]?.[choice[name] ?? -1]?.() ?? []);

/** Live runs of one variant of each. */
async function recordsOf(pick: number): Promise<ActorRecord[]> {
  const definitions = Object.values(variants).flatMap((of) => (of[pick] ?? of.at(-1))?.() ?? []);
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf(definitions, { journal });
  for (const [index, definition] of definitions.entries()) {
    const isIdle = definition.kind === 'bot' && !('work' in definition);
    const input = definition.kind === 'approval' ? '?' : undefined;
    if (!isIdle) await troupe.start(definition, input, { id: String(index) }).catch(() => {});
  }
  await clock.advance(0);
  return journal.actors({ done: false });
}

const fitnessIn = (team: readonly Definition[], records: readonly ActorRecord[]) => {
  const known = collectDefinitions(team);
  const { fitness } = troupeCatalogue(known, { of: () => undefined });
  return { stamp: definitionsStamp(known), reasons: records.map(fitness) };
};

describe('the stamp of definitions', () => {
  test('property: records are fit for the same under two teams of one stamp', async () => {
    const records = [...(await recordsOf(0)), ...(await recordsOf(1)), ...(await recordsOf(2))];
    expect(new Set(records.map(({ kind }) => kind))).toEqual(
      new Set(['system', 'bot', 'inbox', 'task', 'approval', 'workflow', 'machine']),
    );
    let same = 0;
    let changed = 0;
    fc.assert(
      fc.property(
        drawnTeam,
        fc.constantFrom(...Object.keys(variants)),
        fc.nat(3),
        (team, at, n) => {
          const choice = { ...team.choice, [at]: n === 3 ? undefined : n };
          const before = fitnessIn(teamIn(team), records);
          const after = fitnessIn(teamIn({ ...team, choice }), records);
          if (before.stamp === after.stamp) expect(after.reasons).toEqual(before.reasons);
          if (before.stamp === after.stamp) same += 1;
          else changed += 1;
        },
      ),
      { numRuns: 400 },
    );
    expect(Math.min(same, changed)).toBeGreaterThan(50);
  });

  test('given other code in the same bots, then it stays', () => {
    const one = collectDefinitions([worker]);
    const other = collectDefinitions([defineBot({ id: 'b', work: async () => 2, title: 'new' })]);
    expect(definitionsStamp(other)).toBe(definitionsStamp(one));
  });

  test('given a machine whose chart is broken, then it is told apart all the same', () => {
    const broken = createMachine({ id: 'm', initial: 'nowhere', states: { a: {} } });
    const stamp = definitionsStamp(collectDefinitions([defineMachine(broken)]));
    expect(stamp).not.toBe(definitionsStamp(collectDefinitions([defineMachine(chart(['a']))])));
  });

  test.each([
    ['a bot without work', [defineBot({ id: 'b' })]],
    ['another bot', [defineBot({ id: 'c', work: never })]],
    ['one bot more', [worker, defineBot({ id: 'c', work: never })]],
    ['another version', [defineBot({ id: 'b', version: '2', work: never })]],
  ])('given %s, then it changes', (_, definitions) => {
    const stamp = definitionsStamp(collectDefinitions([worker]));
    expect(definitionsStamp(collectDefinitions(definitions))).not.toBe(stamp);
  });
});
