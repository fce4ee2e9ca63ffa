/**
 * A computer whose clock is wrong: set back or forward by a year while a team runs, and between its
 * runs. The system's clock is the one that is wrong, so that the team runs on the real one.
 */
import { expect, onTestFinished, test, vi } from 'vitest';
import { setup } from 'xstate';
import { createTroupe, type Troupe } from '../../src/index.ts';
import { openReader } from '../../src/journal/index.ts';
import { newFile } from '../journal/files.ts';

const yearMs = 365 * 86_400_000;

/** It rings a moment after its start. */
const bell = setup({}).createMachine({
  id: 'bell',
  initial: 'waiting',
  states: { waiting: { after: { 30: 'rung' } }, rung: { type: 'final' } },
  output: 'rung',
});

/** The system's clock is wrong by so much. */
function wrongBy(): (ms: number) => void {
  const real = Date.now.bind(Date);
  let offset = 0;
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => real() + offset);
  onTestFinished(() => spy.mockRestore());
  return (ms) => {
    offset = ms;
  };
}

const teamOn = (journal: string): Promise<Troupe> =>
  createTroupe({ definitions: [bell], journal, durability: 'process' });

/** Whether no row of a journal is older than the one before it. */
async function isInOrder(path: string): Promise<boolean> {
  const reader = await openReader(path);
  const times = reader.rows(0, 1_000).map(({ at }) => at);
  reader.close();
  return times.length > 0 && times.every((at, index) => at >= (times[index - 1] ?? 0));
}

test.for([-yearMs, yearMs])(
  'given a clock that is set by %d ms while a team runs, then its timers fire',
  async (ms) => {
    const setClock = wrongBy();
    const path = newFile();
    const troupe = await teamOn(path);
    const before = await troupe.start(bell, undefined, { id: 'before' });
    setClock(ms);
    const after = await troupe.start(bell, undefined, { id: 'after' });
    expect(await Promise.all([before.result(), after.result()])).toEqual(['rung', 'rung']);
    setClock(0);
    const last = await troupe.start(bell, undefined, { id: 'last' });
    expect(await last.result()).toBe('rung');
    await troupe.stop();
    expect(await isInOrder(path)).toBe(true);
  },
);

test.for([-yearMs, yearMs])(
  'given a clock that is set by %d ms between two runs, then timers and order are kept',
  async (ms) => {
    const setClock = wrongBy();
    const path = newFile();
    const troupe = await teamOn(path);
    await troupe.start(bell, undefined, { id: 'a' });
    await troupe.stop({ deadline: 0 });
    setClock(ms);
    const next = await teamOn(path);
    const run = await next.start(bell, undefined, { id: 'a' });
    expect(await run.result()).toBe('rung');
    await next.stop();
    expect(await isInOrder(path)).toBe(true);
  },
);
