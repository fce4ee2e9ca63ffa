/** What runs reach: by example, and the laws of adding it up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import { machines } from '../../../machines/index.ts';
import { defineBot, defineWorkflow, handler } from '../../../src/index.ts';
import { sumOf } from '../../../src/testing/findings/index.ts';
import { type Coverage, calm, type Played, type Script } from '../../../src/testing/index.ts';
import { neverReached, Reach, reachOf } from '../../../src/testing/reach/index.ts';
import type { Play } from '../../../src/testing/simulation/index.ts';
import { play } from '../../../src/testing/simulation/play.ts';
import { Cruise } from '../../engine/hosted/cruise.ts';
import { BOATS, story } from '../../engine/hosted/drawn.ts';
import { boatIn } from '../../engine/hosted/fleet.ts';

const lock = setup({}).createMachine({
  id: 'lock',
  initial: 'turning',
  states: { turning: { after: { 20: 'turned' } }, turned: { type: 'final' } },
});
const door = setup({
  types: {} as {
    context: { opened: number };
    events: { type: 'OPEN' } | { type: 'CLOSE' } | { type: 'WELD' };
  },
  actors: { lock, wire: fromPromise(async () => 'wired') },
  guards: { isWorn: ({ context }) => context.opened > 1 },
}).createMachine({
  id: 'door',
  context: { opened: 0 },
  initial: 'shut',
  invoke: { src: 'wire', id: 'wire', onDone: {} },
  states: {
    shut: {
      on: {
        OPEN: { target: 'open', actions: assign({ opened: ({ context }) => context.opened + 1 }) },
        WELD: 'welded',
      },
    },
    open: { on: { CLOSE: [{ guard: 'isWorn', target: 'stuck' }, 'locking'] } },
    locking: { invoke: { src: 'lock', id: 'lock', onDone: 'shut' } },
    stuck: { type: 'final' },
    welded: { type: 'final' },
  },
});

const desk = defineBot({
  id: 'desk',
  on: { note: handler(z.string(), () => 1), bill: handler(z.string(), () => 2) },
});
const finder = defineBot({ id: 'finder', work: ({ step }) => step('search', () => 'a fact') });
const answer = defineWorkflow({ id: 'answer', input: z.boolean() })
  .step('find', finder, { undo: () => undefined })
  .step('polish', () => 'polished', { when: ({ input }) => input })
  .step('publish', () => ({ url: '/' }));

const team: Pick<Play, 'definitions' | 'scenario'> = {
  definitions: [door, answer, desk],
  scenario: async (troupe, polishes: boolean) => {
    const opened = await troupe.start(door, undefined, { id: 'd' });
    opened.actor.send({ type: 'OPEN' });
    opened.actor.send({ type: 'CLOSE' });
    await troupe.send(desk, { type: 'note', payload: 'hello' });
    const run = await troupe.start(answer, polishes, { id: 'a' });
    await run.outcome();
  },
};

const hitsOf = (coverage: Coverage, definition: string): Record<string, number> =>
  Object.fromEntries(
    coverage
      .filter((one) => one.definition === definition)
      .map(({ kind, place, hits }) => [
        kind.startsWith('guard') ? `${kind}: ${place}` : place,
        hits,
      ]),
  );

/** States count each moment that an actor was in them. */
const isReached = (hits: number): boolean => hits > 0;

const faulty = (seed: number, faults: Script['faults']): Script => ({
  ...calm(true, seed),
  faults,
});
const ran = async (script: Script): Promise<Played> => {
  const played = await play(team, script);
  expect(played.breach).toBeUndefined();
  return played;
};

test('given a play, then what it reached stands beside what it did not', async () => {
  const coverage = reachOf(await ran(calm(false)), team.definitions);
  expect(hitsOf(coverage, 'door')).toEqual({
    '#door.shut': expect.toSatisfy(isReached),
    '#door.open': 1,
    '#door.locking': expect.toSatisfy(isReached),
    '#door.stuck': 0,
    '#door.welded': 0,
    '#door onDone of wire[0]': 1,
    '#door.shut on OPEN[0]': 1,
    '#door.shut on WELD[0]': 0,
    '#door.open on CLOSE[0]': 0,
    '#door.open on CLOSE[1]': 1,
    '#door.locking onDone of lock[0]': 1,
    'guard true: #door.open on CLOSE[0] if isWorn': 0,
    'guard false: #door.open on CLOSE[0] if isWorn': 1,
  });
  expect(hitsOf(coverage, 'lock')).toEqual({
    '#lock.turning': expect.toSatisfy(isReached),
    '#lock.turned': 1,
    '#lock.turning after 20[0]': 1,
  });
  expect(hitsOf(coverage, 'answer')).toEqual({
    '(run) STARTED': 1,
    '(run) COMPLETED': 1,
    '(run) FAILED': 0,
    'find STARTED': 1,
    'find COMPLETED': 1,
    'find FAILED': 0,
    'find UNDONE': 0,
    'polish STARTED': 0,
    'polish COMPLETED': 0,
    'polish FAILED': 0,
    'polish SKIPPED': 1,
    'publish STARTED': 1,
    'publish COMPLETED': 1,
    'publish FAILED': 0,
  });
  expect(hitsOf(coverage, 'finder')).toMatchObject({ '(run) STARTED': 1, '(run) FAILED': 0 });
  expect(hitsOf(coverage, 'desk')).toEqual({ note: 1, bill: 0, 'client -> note': 1 });
});

test('given what no run reached, then it is found by name, unless it is excused', async () => {
  const coverage = reachOf(await ran(calm(false)), team.definitions);
  const found = neverReached(coverage);
  expect(found.map(({ definition, place }) => `${definition} ${place}`)).toEqual([
    'door #door.stuck',
    'door #door.welded',
    'answer step polish',
    'desk handler bill',
  ]);
  expect(found[2]).toMatchObject({ code: 'never-reached', witness: [] });
  const allowed = ['never-reached:#door.welded', 'never-reached:step polish'];
  expect(neverReached(coverage, allowed)).toHaveLength(2);
  expect(neverReached(coverage, ['never-reached'])).toEqual([]);
  const nothing = neverReached(new Reach([finder]).coverage);
  expect(nothing.map(({ place }) => place)).toEqual(['run']);
});

test('given faults, then points that they struck stand beside others', async () => {
  const script = faulty(1, [
    { fault: 'crash', commit: 5, moment: 'before' },
    { fault: 'bot-error', call: { of: 'finder', nth: 1 }, moment: 'after' },
    { fault: 'drop', call: { of: 'nobody', nth: 1 } },
  ]);
  const options = { faults: ['crash', 'bot-error', 'clock-jump'] as const };
  const hits = hitsOf(reachOf(await ran(script), team.definitions, options), '');
  expect(hits).toMatchObject({
    'crash before': 1,
    'crash after': 0,
    'clock-jump': 0,
    'bot-error after finder': 1,
    'bot-error before finder': 0,
  });
  expect(Object.keys(hits).filter((place) => place.startsWith('drop'))).toEqual([]);
});

const crashes = fc.array(
  fc.record({
    fault: fc.constant('crash' as const),
    commit: fc.integer({ min: 1, max: 30 }),
    moment: fc.constantFrom('before' as const, 'after' as const),
  }),
  { maxLength: 2 },
);

test('property: the same script reaches the same; many runs reach the sum of each', async () => {
  const all = new Reach(team.definitions, { kinds: true });
  const each: Coverage[] = [];
  await fc.assert(
    fc.asyncProperty(crashes, fc.nat(100), async (faults, seed) => {
      const script = faulty(seed, faults);
      const [one, other] = [await ran(script), await ran(script)];
      const reached = reachOf(one, team.definitions, { kinds: true });
      expect(reachOf(other, team.definitions, { kinds: true })).toEqual(reached);
      all.add(one);
      each.push(reached);
    }),
    { numRuns: 25, seed: 1 },
  );
  const sorted = (coverage: Coverage) => coverage.map((place) => JSON.stringify(place)).toSorted();
  expect(sorted(all.coverage)).toEqual(sorted(sumOf(each)));
});

test('property: our own machines reach the states that rows say were entered', async () => {
  await fc.assert(
    fc.asyncProperty(crashes, fc.nat(100), async (faults, seed) => {
      const played = await ran(faulty(seed, faults));
      const coverage = reachOf(played, team.definitions, { kinds: true });
      const records = played.journal.actors({}).filter(({ kind }) => kind in machines);
      const entered = records.flatMap(({ actor, kind }) =>
        played.journal
          .history(actor, 0)
          .flatMap(({ status }) => status.split('>'))
          .filter((status) => status !== '')
          .map((status) => `#${kind}.${status}`),
      );
      const reached = coverage
        .filter(
          ({ kind, hits, place }) =>
            kind === 'state' &&
            hits > 0 &&
            !place.startsWith('#door') &&
            !place.startsWith('#lock'),
        )
        .map(({ place }) => place.split('.').slice(0, 2).join('.'));
      expect([...new Set(reached)].toSorted()).toEqual([...new Set(entered)].toSorted());
    }),
    { numRuns: 25, seed: 2 },
  );
});

test("property: of users' machines every recorded state was reached", async () => {
  const boat = boatIn({ life: 0, calls: [] });
  await fc.assert(
    fc.asyncProperty(story, async ({ groupTurns, ops }) => {
      const cruise = new Cruise(groupTurns);
      await cruise.begin();
      for (let number = 0; number < BOATS; number += 1) {
        await cruise.play({ op: 'start', boat: number });
      }
      for (const op of ops) await cruise.play(op);
      await cruise.settle();
      const { reads } = cruise.disk;
      const coverage = reachOf({ journal: reads }, [boat]);
      const reached = new Set(coverage.filter(({ hits }) => hits > 0).map(({ place }) => place));
      for (const { snapshot, input } of reads.actors({ kind: 'machine' })) {
        const { value } = JSON.parse(snapshot);
        const { sources = [] } = JSON.parse(input);
        const id = sources.at(-1) ?? 'boat';
        for (const place of placesIn(value, `#${id}`)) expect(reached).toContain(place);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

/** The places of a state value. */
function placesIn(value: unknown, above: string): string[] {
  if (typeof value === 'string') return [`${above}.${value}`];
  return Object.entries(Object(value)).flatMap(([key, below]) => [
    `${above}.${key}`,
    ...placesIn(below, `${above}.${key}`),
  ]);
}
