/** `troupe.incidents`: what is open, what it is about, and that it outlives the process. */
import { expect, test } from 'vitest';
import { defineBot } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const crasher = defineBot({
  id: 'crasher',
  retry: false,
  work: () => {
    throw new RangeError('it crashed');
  },
});

test('given a root supervisor that gave up, then its incident is listed and kept', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const { troupe } = await teamOf([crasher], { clock, journal: disk.open() });
  const children = [{ id: 'a', work: crasher }];
  const supervised = troupe.supervise({ id: 'team', children });
  supervised.catch(() => undefined);
  await clock.quiet();
  const listing = troupe.incidents.list({ status: 'OPEN' });
  await clock.quiet();
  const [incident, ...others] = await listing;
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    about: 'supervisor/team',
    code: 'RESTART_INTENSITY',
    status: 'OPEN',
    count: 1,
  });
  const stopped = troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  const again = await teamOf([crasher], { clock, journal: disk.open() });
  const found = again.troupe.incidents.get(incident?.id ?? '');
  await clock.quiet();
  expect(await found).toEqual(incident);
});

test('given nothing that went wrong, then there is no incident', async () => {
  const { troupe, clock } = await teamOf([]);
  const calls = Promise.all([troupe.incidents.list(), troupe.incidents.get('none')]);
  await clock.quiet();
  expect(await calls).toEqual([[], undefined]);
  const misspelt = troupe.incidents.list({ status: 'open' } as never);
  expect(await refused(misspelt)).toMatchObject({ code: 'BAD_OPTION', field: 'status' });
});

test('given an open incident, when someone closes it, then it can open anew', async () => {
  const { troupe, clock } = await teamOf([crasher]);
  const during = async <Value>(call: Promise<Value>): Promise<Value> => {
    call.catch(() => undefined);
    await clock.quiet();
    return call;
  };
  const options = { id: 'team', children: [{ id: 'a', work: crasher }] };
  await during(troupe.supervise(options));
  const [open] = await during(troupe.incidents.list());
  const id = open?.id ?? '';
  clock.jump();
  await during(troupe.incidents.close(id, { by: 'ann' }));
  await during(troupe.incidents.close(id, { by: 'bob' }));
  expect(await during(troupe.incidents.list({ status: 'OPEN' }))).toEqual([]);
  expect(await during(troupe.incidents.get(id))).toEqual({
    ...open,
    status: 'CLOSED',
    closedBy: 'ann',
    closedAt: clock.now(),
  });
  await during(troupe.supervise(options));
  expect(await during(troupe.incidents.get(id))).toMatchObject({ status: 'OPEN', count: 1 });
});

test('given no such incident, or nobody who closes it, then closing is refused', async () => {
  const { troupe } = await teamOf([]);
  expect(await refused(troupe.incidents.close('none', { by: 'ann' }))).toMatchObject({
    code: 'UNKNOWN_INCIDENT',
    incident: 'none',
  });
  for (const given of [undefined, {}, { by: '' }, { by: 3 }]) {
    const call = troupe.incidents.close('none', given as never);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field: 'by' });
  }
});
