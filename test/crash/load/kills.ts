/** Kills in a row on one journal, and what must hold after each and at the end. */
import { expect, onTestFinished } from 'vitest';
import { newFile } from '../../journal/files.ts';
import { Siege } from './siege.ts';

/** Lays a siege of so many kills; `TROUPE_SEED` draws another one. */
export async function siegeOf(kills: number, file: string): Promise<Siege> {
  const seed = Number(process.env.TROUPE_SEED ?? 1);
  const again = `to see it again: TROUPE_SEED=${seed} TROUPE_KILLS=${kills} npx vitest run ${file}`;
  const spawned = (child: { kill(signal: 'SIGKILL'): boolean }): void =>
    onTestFinished(() => void child.kill('SIGKILL'));
  const siege = new Siege({ path: newFile(), seed, spawned });
  for (let count = 1; count <= kills; count += 1) {
    await siege.killed();
    expect(await siege.books.check(), `after ${count} kills; ${again}`).toEqual([]);
  }
  expect([...siege.books.refused], again).toEqual([]);
  await siege.drained();
  expect(await siege.books.checkEnd(), `at the end; ${again}`).toEqual([]);
  holdEnds(siege, again);
  return siege;
}

/** Each run came to the end that its input leads to, by the deeds that this takes, no others. */
function holdEnds({ books, ends }: Siege, again: string): void {
  const keys = new Set<string>();
  for (const [run, { status, result }] of ends) {
    const [work = '', id = ''] = run.split('/');
    const order = books.orders.get(Number(id));
    const told = { run, status, result };
    const ran = (result: unknown, ...steps: string[]): void => {
      expect(told, again).toEqual({ run, status: 'COMPLETED', result });
      for (const step of steps) keys.add(`${run}/${step}`);
    };
    if (work === 'bell') ran(undefined);
    else if (work === 'courier') ran([`${run}/pack`, Number(id) * 2], 'pack');
    else if (order?.act === 'trip' && order.isLost) {
      expect(told, again).toMatchObject({ status: 'FAILED' });
      for (const step of ['hotel', 'hotel~undo', 'book/first', 'book/second', 'pay']) {
        keys.add(`${run}/${step}`);
      }
    } else ran(`${run}/pay`, 'hotel', 'book/first', 'book/second', 'pay');
  }
  expect([...books.keys].sort(), again).toEqual([...keys].sort());
  for (const n of books.acknowledged) {
    const { act = '' } = books.orders.get(n) ?? {};
    if (act === 'courier' || act === 'trip') expect(ends.has(`${act}/${n}`), again).toBe(true);
  }
}
