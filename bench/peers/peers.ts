/**
 * Against LangGraph.js: the same ten steps in a row, every one durable, on SQLite in the same
 * process. Settings on both sides: `power` and `synchronous = FULL` sync at every commit, `process`
 * and `synchronous = NORMAL` at checkpoints of the log. Of LangGraph's own, `sync` writes before
 * the next step, `async` beside it; with `exit` steps are not durable, the end is.
 */
import { join } from 'node:path';
import { openJournal } from '../../src/journal/index.ts';
import { createTroupe } from '../../src/troupe/index.ts';
import { newFolder } from '../actors.ts';
import { type Bench, type Contestant, contest, type Figure, rate } from '../harness.ts';
import { chainOf, type Load, roundOf, waiting } from '../workflows/workflows.ts';
import { langGraph, type Syncing, type Writing } from './lang-graph.ts';

const parameters = { length: 10, few: 10, many: 100, count: 20, rounds: 5, warmUps: 2 };

/** The benchmark. */
export const peers: Bench<typeof parameters> = {
  name: 'peers',
  about:
    'Ten durable steps in a row against LangGraph.js with its SQLite saver. Troupe syncs at ' +
    'every commit (power) or at checkpoints of the log (process), LangGraph.js likewise (FULL, ' +
    'NORMAL); it writes before the next step (sync), beside it (async), or at the end only (exit).',
  parameters,
  quick: { length: 2, few: 2, many: 3, count: 2, rounds: 1, warmUps: 0 },
  async measure(given) {
    const figures: Figure[] = [];
    for (const inFlight of [1, given.few, given.many]) {
      const load = { count: Math.max(given.count, 2 * inFlight), inFlight };
      for (const syncing of ['FULL', 'NORMAL'] as const) {
        figures.push(...(await measured(given, load, syncing)));
      }
    }
    return figures;
  },
};

const durabilities = { FULL: 'power', NORMAL: 'process' } as const;

async function measured(given: typeof parameters, load: Load, syncing: Syncing): Promise<Figure[]> {
  const { length } = given;
  const ours = `troupe, ${durabilities[syncing]}`;
  const theirs = (writing: Writing): string => `LangGraph.js, ${syncing}, ${writing}`;
  const writings = ['sync', 'async', 'exit'] as const;
  const contestants = writings.map((writing): [string, Contestant] => [
    theirs(writing),
    () => peerRound(length, writing, syncing, load),
  ]);
  const contested = await contest(
    {
      [ours]: () => troupeRound(length, durabilities[syncing], load),
      ...Object.fromEntries(contestants),
    },
    given,
  );
  const line = (of: string, name: string, against?: string, min?: number): Figure =>
    rate(
      contested,
      load.count,
      { name: `${name}, ${waiting(load)}`, of, ...(against && { against }) },
      min === undefined ? [] : [{ of: 'ratio', min, isDue: true }],
    );
  return [
    line(ours, ours, theirs('sync'), 8),
    ...writings.slice(1).map((writing) => line(ours, ours, theirs(writing))),
    ...writings.map((writing) => line(theirs(writing), theirs(writing))),
  ];
}

async function troupeRound(length: number, durability: 'power' | 'process', load: Load) {
  const plan = chainOf(length);
  const { path, remove } = newFolder();
  const journal = await openJournal(join(path, 'bench.db'), { durability });
  const troupe = await createTroupe({ definitions: [plan], journal });
  return {
    ...roundOf(load, (input) => troupe.run(plan, input)),
    end: async () => {
      await troupe.stop();
      journal.close();
      remove();
    },
  };
}

async function peerRound(length: number, writing: Writing, syncing: Syncing, load: Load) {
  const graph = await langGraph(length, writing, syncing);
  return {
    ...roundOf(load, (input) => graph.run(input, `thread-${input}`)),
    end: () => graph.end(),
  };
}
