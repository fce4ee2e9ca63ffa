/**
 * Bytes of an idle actor in memory: a living cell of the host, against a raw XState root. The heap
 * is measured after full garbage collections, with many actors of the toggle alive.
 */
import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import type { Stage } from '../src/engine/index.ts';
import { botAddress } from '../src/protocol/index.ts';
import { benchHost, forgetfulJournal, toggle } from './actors.ts';
import { type Bench, digestOf, type Figure, median, quantile } from './harness.ts';
import { heapUsed } from './journal/heap.ts';

const parameters = { actors: 20_000, rounds: 5, warmUps: 1 };

/** The benchmark. */
export const idle: Bench<typeof parameters> = {
  name: 'idle',
  about: 'Bytes of the heap for each living, idle actor, without what a journal keeps of it.',
  parameters,
  quick: { actors: 50, rounds: 1, warmUps: 0 },
  async measure({ actors, rounds, warmUps }) {
    const cells: number[] = [];
    const roots: number[] = [];
    for (let round = -warmUps; round < rounds; round += 1) {
      const cell = await bytesOfEach(actors, makeCells);
      const root = await bytesOfEach(actors, makeRoots);
      if (round < 0) continue;
      cells.push(cell);
      roots.push(root);
    }
    const ratios = cells.map((cell, round) => cell / (roots[round] ?? Number.NaN));
    const ratio = median(ratios);
    const against = {
      name: 'raw root',
      ratio,
      low: quantile(ratios, 0.25),
      high: quantile(ratios, 0.75),
      cpuRatio: Number.NaN,
    };
    const line = { unit: 'bytes', bounds: [], digest: digestOf(actors) };
    return [
      { ...line, name: 'living cell of a toggle', value: median(cells), against },
      { ...line, name: 'raw root of a toggle', value: median(roots) },
    ] satisfies Figure[];
  },
};

const subject = toggle(1);

/** Makes actors and gives a function that counts them, so that they stay alive until then. */
type Make = (count: number) => Promise<() => number>;

async function bytesOfEach(count: number, make: Make): Promise<number> {
  const before = await heapUsed();
  const alive = await make(count);
  const after = await heapUsed();
  assert.equal(alive(), count);
  return (after - before) / count;
}

async function makeCells(count: number): Promise<() => number> {
  const host = benchHost(subject.machine, forgetfulJournal());
  const address = (index: number) => botAddress(`${index}`);
  const create = (stage: Stage): void => {
    for (let index = 0; index < count; index += 1) {
      stage.create({
        address: address(index),
        kind: 'bench',
        definition: 'bench',
        version: '1',
        structure: '',
        parent: '',
        spec: subject.spec,
      });
    }
  };
  await host.enter('create', create);
  return () => {
    let awake = 0;
    for (let index = 0; index < count; index += 1) {
      if (host.find(address(index))?.committed.value === 'off') awake += 1;
    }
    return awake;
  };
}

async function makeRoots(count: number): Promise<() => number> {
  const roots = Array.from({ length: count }, () =>
    createActor(subject.machine, { input: subject.spec }).start(),
  );
  return () => roots.filter((root) => root.getSnapshot().value === 'off').length;
}
