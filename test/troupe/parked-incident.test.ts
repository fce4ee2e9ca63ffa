/** A run that is parked has an incident, which closes when it goes on. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { openJournal } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { teamOf, testClock } from './team.ts';

const lamp = setup({}).createMachine({
  id: 'lamp',
  initial: 'dark',
  states: { dark: { on: { press: 'lit' } }, lit: {} },
});

test('given a definition that is gone, then an incident is open until it is back', async () => {
  const journal = newFile();
  const clock = testClock();
  const life = async (definitions: (typeof lamp)[]) => {
    const { troupe } = await teamOf(definitions, { journal, clock });
    if (definitions.length > 0) await troupe.start(lamp, undefined, { id: 'l' });
    const stopped = troupe.stop({ deadline: 0 });
    await clock.advance(1);
    await stopped;
    const read = await openJournal(journal);
    const incidents = read.actors({ kind: 'incident' });
    read.close();
    return incidents.map(({ address, status }) => [address, status]);
  };
  const address = `incident/PARKED/${encodeURIComponent('run/lamp/l')}`;
  expect(await life([lamp])).toEqual([]);
  expect(await life([])).toEqual([[address, 'OPEN']]);
  expect(await life([])).toEqual([[address, 'OPEN']]);
  expect(await life([lamp])).toEqual([[address, 'CLOSED']]);
});
