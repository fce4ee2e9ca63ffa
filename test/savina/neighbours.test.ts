/** Dining philosophers, looked at from outside after every turn: no two neighbours eat at once. */
import { expect, test } from 'vitest';
import { type Batch, memoryJournal } from '../../src/journal/index.ts';
import { machineDefinition } from '../../src/protocol/index.ts';
import { teamOf } from '../troupe/team.ts';
import { diningPhilosophers } from './concurrency/dining-philosophers.ts';

const N = 5;

test('given groups of one turn, then no commit shows two neighbours eating', async () => {
  const { machine } = diningPhilosophers;
  const eating = new Set<number>();
  let most = 0;
  const look = ({ actors }: Batch): void => {
    for (const { address, snapshot } of actors) {
      const [, index] = /philosopher-(\d+)$/.exec(address) ?? [];
      if (index === undefined) continue;
      if (JSON.parse(snapshot).value === 'eating') eating.add(Number(index));
      else eating.delete(Number(index));
    }
    for (const index of eating) expect(eating.has((index + 1) % N)).toBe(false);
    most = Math.max(most, eating.size);
  };
  const memory = memoryJournal();
  const commit = (batch: Batch): void => {
    memory.commit(batch);
    look(batch);
  };
  const { troupe } = await teamOf([machineDefinition(machine)], {
    journal: { ...memory, commit },
    limits: { groupTurns: 1 },
  });
  await troupe.run(machine, { N, M: 20 });
  expect(most).toBe(2);
  expect([...eating]).toEqual([]);
});
