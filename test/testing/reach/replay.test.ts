/**
 * The law of replaying: whatever happens to a team, its rows give its records; and what breaks that
 * is told.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, sendTo, setup, spawnChild, stopChild } from 'xstate';
import { z } from 'zod';
import { defineBot } from '../../../src/index.ts';
import type { ActorRecord, JournalReads } from '../../../src/journal/index.ts';
import { machineDefinition } from '../../../src/protocol/index.ts';
import { calm } from '../../../src/testing/index.ts';
import { replayOracle } from '../../../src/testing/reach/index.ts';
import { play as playScript } from '../../../src/testing/simulation/play.ts';
import { Cruise } from '../../engine/hosted/cruise.ts';
import { BOATS, story } from '../../engine/hosted/drawn.ts';
import { boatIn } from '../../engine/hosted/fleet.ts';
import type { Crash } from '../../simulation/lives.ts';
import { voyage } from '../../simulation/voyage.ts';
import { storiesOf } from '../../workflows/story/drawn.ts';
import { play } from '../../workflows/story/play.ts';
import { Watched } from '../view/watched.ts';
import { Followed } from './followed.ts';

const crashes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom<Crash['moment']>('before', 'after'),
  }),
  { maxLength: 2 },
);

/** Follows what was watched; looks now and then, and at the end. */
function followed(watched: Watched, journal: () => JournalReads = () => watched.journal) {
  const follows = new Followed([], journal);
  for (const batch of watched.batches) follows.committed(batch);
  return follows.rested();
}

describe('the rows of a journal give its records', () => {
  test('property: of any plan, through any crashes', async () => {
    await fc.assert(
      fc.asyncProperty(storiesOf(5), crashes, fc.boolean(), async (given, drawn, shuffle) => {
        const watched = new Watched();
        const inOrder = drawn.toSorted((a, b) => a.at - b.at);
        const { journal } = await play(given, { crashes: inOrder, shuffle, wrap: watched.wrap });
        watched.wrap(journal);
        expect(followed(watched)).toBeUndefined();
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('of a team with work of all kinds', async () => {
    for (const at of [7, 60, 120]) {
      const watched = new Watched();
      const { journal } = await voyage({ wrap: watched.wrap, crashes: [{ at, moment: 'after' }] });
      watched.wrap(journal);
      expect(followed(watched)).toBeUndefined();
    }
  });

  test("property: of users' machines, after every restart and at rest", async () => {
    const boat = machineDefinition(boatIn({ life: 0, calls: [] }));
    await fc.assert(
      fc.asyncProperty(story, async ({ groupTurns, ops }) => {
        let follows: Followed | undefined;
        const cruise = new Cruise(groupTurns, (batch) => follows?.committed(batch));
        follows = new Followed([boat], () => cruise.disk.reads);
        await cruise.begin();
        for (let number = 0; number < BOATS; number += 1) {
          await cruise.play({ op: 'start', boat: number });
        }
        for (const op of ops) {
          const { life } = cruise.world;
          await cruise.play(op);
          if (cruise.world.life !== life) expect(follows.recovered()).toBeUndefined();
        }
        await cruise.settle();
        expect(follows.rested()).toBeUndefined();
      }),
      { numRuns: 150, seed: 2 },
    );
  });
});

/** A journal that tells something else of an actor. */
const otherwise = (
  journal: JournalReads,
  change: (record: ActorRecord) => Partial<ActorRecord>,
): JournalReads => ({
  ...journal,
  heads: () => journal.heads(),
  anchor: () => journal.anchor(),
  rows: (since, limit) => journal.rows(since, limit),
  byNumber: (actor) => {
    const record = journal.byNumber(actor);
    return record && { ...record, ...change(record) };
  },
});

test('given actors that begin again under their names, then references are the same', async () => {
  const lock = setup({}).createMachine({
    id: 'lock',
    initial: 'turning',
    states: { turning: { after: { 5: 'turned' } }, turned: { type: 'final' } },
  });
  const wing = setup({
    types: {} as { context: { lock: unknown }; events: { type: 'TURN' } },
    actors: { lock },
  }).createMachine({
    id: 'wing',
    context: { lock: null },
    on: {
      TURN: {
        actions: assign({
          lock: ({ spawn }) => spawn('lock', { id: 'lock', systemId: 'the-lock' }),
        }),
      },
    },
  });
  const house = setup({
    types: {} as { events: { type: 'BUILD' } | { type: 'RAZE' } | { type: 'TURN' } },
    actors: { wing },
  }).createMachine({
    id: 'house',
    on: {
      BUILD: { actions: spawnChild('wing', { id: 'wing', systemId: 'the-wing' }) },
      RAZE: { actions: stopChild('wing') },
      TURN: { actions: sendTo('wing', { type: 'TURN' }) },
    },
  });
  const nap = defineBot({
    id: 'nap',
    input: z.number(),
    work: ({ input, sleep }) => sleep('nap', input),
  });
  const deeds = ['BUILD', 'TURN', 'TURN', 'RAZE', 'BUILD', 'TURN', 'TURN'] as const;
  const played = await playScript(
    {
      definitions: [house, nap],
      scenario: async (troupe) => {
        const run = await troupe.start(house, undefined, { id: 'h' });
        for (const [n, type] of deeds.entries()) {
          run.actor.send({ type });
          await troupe.run(nap, 20, { id: `${n}` });
        }
      },
    },
    calm(null),
  );
  expect(played.breach).toBeUndefined();
  const [built] = played.journal.actors({}).filter(({ address }) => address.endsWith('/wing'));
  expect(JSON.parse(built?.snapshot ?? '{}').context.lock.generation).toBe(4);
});

describe('what breaks that is told', () => {
  const scout = defineBot({ id: 'scout', work: ({ step }) => step('look', () => 1) });
  const scenario = {
    definitions: [scout],
    scenario: (troupe: Parameters<Parameters<typeof playScript>[0]['scenario']>[0]) =>
      troupe.start(scout, undefined, { id: 's' }),
  };

  test('given a machine that counts outside of its context, then its state is told', async () => {
    let outside = 0;
    const door = setup({
      types: {} as { context: { opened: number }; events: { type: 'OPEN' } },
      actions: {
        count: assign(() => {
          outside += 1;
          return { opened: outside };
        }),
      },
    }).createMachine({
      id: 'door',
      context: { opened: 0 },
      on: { OPEN: { actions: 'count' } },
    });
    const { breach } = await playScript(
      {
        definitions: [door],
        scenario: async (troupe) => {
          const run = await troupe.start(door, undefined, { id: 'd' });
          run.actor.send({ type: 'OPEN' });
        },
        oracles: [replayOracle],
      },
      calm(null),
    );
    expect(breach?.law).toBe("a replay of the journal's rows gives the recorded state");
    expect(breach?.found).toBe('of door/d context.opened is 1, its rows give 2');
  });

  test('given a record that was not written, or another one, then that is told', async () => {
    const played = await playScript(scenario, calm(null));
    expect(played.breach).toBeUndefined();
    const told = (change: (record: ActorRecord) => Partial<ActorRecord>) => {
      const follows = new Followed([], () => otherwise(played.journal, change));
      const { rows } = { rows: played.journal.rows(0, 1_000) };
      const actors = played.journal.actors({});
      follows.committed({ ...empty, rows, actors });
      return follows.rested();
    };
    expect(told(() => ({}))).toBeUndefined();
    const early = (snapshot: string) => snapshot.replace('COMPLETED', 'PENDING');
    expect(told((record) => ({ snapshot: early(record.snapshot) }))).toBe(
      'of scout/s value is "PENDING", its rows give "COMPLETED"',
    );
    const twice = (snapshot: string) => snapshot.replace('"attempts":1', '"attempts":2');
    expect(told((record) => ({ snapshot: twice(record.snapshot) }))).toBe(
      'of scout/s context.attempts is 2, its rows give 1',
    );
  });

  test('given a row that is missing, then that is told', async () => {
    const played = await playScript(scenario, calm(null));
    const rows = played.journal.rows(0, 1_000);
    const missing = ['task.complete', 'step.completed', 'slot.request'];
    for (const type of missing) {
      const left = rows.filter((row) => row.type !== type);
      expect(left.length, type).toBeLessThan(rows.length);
      const reads = { ...otherwise(played.journal, () => ({})), rows: () => left };
      const follows = new Followed([], () => reads);
      follows.committed({ ...empty, rows, actors: played.journal.actors({}) });
      expect(follows.rested(), type).toMatch(/its rows give|throws/);
    }
  });
});

const empty = {
  at: 0,
  waiting: [],
  taken: [],
  steps: [],
  timersArmed: [],
  timersCleared: [],
  dead: [],
};
