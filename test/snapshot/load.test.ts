/** A snapshot under load: as of one commit, with all that was acknowledged before. */
import { expect, test } from 'vitest';
import { createTroupe } from '../../src/index.ts';
import { openReader, verifyJournal } from '../../src/journal/index.ts';
import { folder, membersOf } from './world.ts';

test('given many senders, then a snapshot holds what was acknowledged before', async () => {
  const dir = folder();
  const deeds = { steps: [], notes: [] };
  const { clerk } = membersOf(deeds);
  const definitions = [clerk];
  const journal = `${dir}/team.db`;
  const troupe = await createTroupe({ definitions, journal, durability: 'process' });
  const acknowledged = new Map<number, number>();
  let isOver = false;
  const sender = async (from: number): Promise<void> => {
    for (let n = 1; !isOver; n += 1) {
      await troupe.send(clerk, { type: 'letter', payload: from * 1_000_000 + n });
      acknowledged.set(from, n);
    }
  };
  const senders = Array.from({ length: 20 }, (_, from) => sender(from));
  for (let count = 1; count <= 3; count += 1) {
    while ((acknowledged.get(0) ?? 0) < count * 20) await new Promise((next) => setImmediate(next));
    const before = new Map(acknowledged);
    const { path } = await troupe.snapshot(`${dir}/s${count}.db`);
    expect((await verifyJournal(path)).problems).toEqual([]);
    const reader = await openReader(path);
    const found = new Map<number, number>();
    for (const { body } of reader.waiting()) {
      const payload = Number(JSON.parse(body).envelope?.payload);
      const [from, n] = [Math.floor(payload / 1_000_000), payload % 1_000_000];
      // None is missing between two of one sender.
      expect(n).toBe((found.get(from) ?? 0) + 1);
      found.set(from, n);
    }
    for (const [from, n] of before) expect(found.get(from)).toBeGreaterThanOrEqual(n);
    reader.close();
  }
  isOver = true;
  await Promise.all(senders);
  await troupe.stop();
});
