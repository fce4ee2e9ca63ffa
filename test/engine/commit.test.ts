/** Groups and commits: nothing leaves a host before its commit, and all of it is one. */
import { expect, test } from 'vitest';
import type { Cell } from '../../src/actor/index.ts';
import type { Group } from '../../src/engine/group/group.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { troupeError } from '../../src/protocol/index.ts';
import { errorOf } from '../refusal.ts';
import {
  address,
  ask,
  create,
  creation,
  lettersOf,
  note,
  notesOf,
  outcomes,
  rejection,
  rest,
  type Stand,
  send,
  stand,
} from './fixtures.ts';

/** A disk whose commits fail from a number on. */
function failingDisk(failsAt: number, moment: 'before' | 'after' = 'before') {
  return simulatedDisk({
    onCommit: (commit, when) => {
      if (commit >= failsAt && when === moment) throw new RangeError('the disk is broken');
    },
  });
}

test('given one message, then its turn, effects and mail are one commit', async () => {
  const on = await stand();
  await create(on, 'ann', 'ben');
  on.batches.length = 0;
  await send(on, 'ann', ask('send', { to: [address('ben')], event: note('hello') }));
  expect(on.batches.length).toBe(1);
  const [batch] = on.batches;
  expect(batch?.rows.map(({ actor, type }) => [actor, type])).toEqual([
    [1, 'send'],
    [2, 'note'],
  ]);
  expect(batch?.actors.map((record) => record.address)).toEqual([address('ann'), address('ben')]);
  expect([batch?.waiting, batch?.taken]).toEqual([[], []]);
  expect(notesOf(on, 'ben')).toEqual(['hello']);
});

test('given an actor touched many times in a group, then its record is written once', async () => {
  const on = await stand();
  await create(on, 'ann');
  on.batches.length = 0;
  const all = Array.from({ length: 20 }, (_, n) =>
    on.host.enter('send', (stage) => stage.send(address('ann'), note(n))),
  );
  await Promise.all([...all, rest(on.clock)]);
  expect(on.batches.map(({ rows, actors }) => [rows.length, actors.length])).toEqual([[20, 1]]);
  expect(on.batches[0]?.rows.map(({ previous }) => previous)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test('given an effect, when it is performed, then its turn is committed already', async () => {
  const seen: unknown[] = [];
  const on: Stand = await stand({
    perform: (cell) => {
      const record = on.host.journal.byAddress(cell.address);
      seen.push(JSON.parse(record?.snapshot ?? '{}').context.notes, cell.committed.context.notes);
    },
  });
  await create(on, 'ann');
  on.host.tell(address('ann'), note('before'));
  await send(on, 'ann', ask('act', 1));
  expect(seen).toEqual([['before'], ['before']]);
});

test('given a listener, when it is told, then it sees all of the group', async () => {
  const on = await stand();
  await create(on, 'ann', 'ben');
  const seen: unknown[] = [];
  on.host.listen(address('ann'), {
    rows: (rows) => seen.push(rows.map(({ type }) => type)),
    snapshot: () => seen.push(notesOf(on, 'ben')),
  });
  await send(on, 'ann', ask('send', { to: [address('ben')], event: note(1) }));
  expect(seen).toEqual([['send'], [1]]);
});

test('given a commit that fails, then nothing is performed, told or acknowledged', async () => {
  const on = await stand({ disk: failingDisk(2) });
  await create(on, 'ann');
  const told: unknown[] = [];
  on.host.listen(address('ann'), {
    rows: () => told.push('rows'),
    snapshot: () => told.push('snapshot'),
    closed: (error) => told.push(error),
  });
  const cell = on.host.find(address('ann'));
  const before = cell?.committed;
  const codes = await outcomes(
    on,
    on.host.enter('act', (stage) => stage.send(address('ann'), ask('act', 1))),
    on.host.enter('create', (stage) => stage.create(creation('ben'))),
    on.host.enter('refused', () => {
      throw troupeError('UNKNOWN_RUN', { run: 'carl' });
    }),
  );
  expect(codes).toEqual(['JOURNAL_FAILED', 'JOURNAL_FAILED', 'JOURNAL_FAILED']);
  expect(told.map((one) => Object(one).code)).toEqual(['JOURNAL_FAILED']);
  expect(on.performed).toEqual([]);
  expect(cell?.committed).toBe(before);
});

test('given a host whose journal failed, then nothing runs and all is refused', async () => {
  const on = await stand({ disk: failingDisk(2) });
  await create(on, 'ann');
  const first = on.host.enter('send', (stage) => stage.send(address('ann'), ask('arm.a', 5)));
  const waiting = first.catch(() =>
    on.host.enter('send', (stage) => stage.send(address('ann'), ask('act', 1))),
  );
  expect(await outcomes(on, first, waiting)).toEqual(['JOURNAL_FAILED', 'JOURNAL_FAILED']);
  const commits = on.disk.commits;
  on.host.tell(address('ann'), ask('act', 1));
  await rest(on.clock);
  expect(on.clock.jump()).toBe(false);
  expect([on.disk.commits, on.performed]).toEqual([commits, []]);
  for (const ask of [() => on.host.find(address('ann')), () => on.host.listen(address('ann'), {})])
    expect(errorOf(ask).code).toBe('JOURNAL_FAILED');
});

test('given a commit whose answer is lost, then it is not acknowledged but kept', async () => {
  const disk = failingDisk(2, 'after');
  const on = await stand({ disk });
  await create(on, 'ann');
  const sent = on.host.enter('send', (stage) => stage.send(address('ann'), note(1)));
  expect(await outcomes(on, sent)).toEqual(['JOURNAL_FAILED']);
  const again = await stand({ disk, clock: on.clock });
  expect(notesOf(again, 'ann')).toEqual([1]);
});

test('given a busy journal, then groups wait, in order, and nothing is lost', async () => {
  let isBusy = false;
  const disk = simulatedDisk({ isBusy: () => isBusy });
  const on = await stand({ disk });
  await create(on, 'ann');
  isBusy = true;
  const answered: number[] = [];
  for (const n of [1, 2, 3]) {
    void on.host
      .enter('send', (stage) => stage.send(address('ann'), note(n)))
      .then(() => answered.push(n));
    await rest(on.clock);
    on.clock.jump();
    await rest(on.clock);
  }
  expect([answered, notesOf(on, 'ann')]).toEqual([[], []]);
  isBusy = false;
  on.clock.jump();
  await rest(on.clock);
  expect([answered, notesOf(on, 'ann')]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(on.clock.jump()).toBe(false);
});

test('given a command that refuses, then it stages nothing and others go on', async () => {
  const on = await stand();
  await create(on, 'ann');
  on.batches.length = 0;
  const refused = on.host.enter('refuse', (stage) => {
    stage.find(address('ann'));
    throw troupeError('UNKNOWN_RUN', { run: 'ben' });
  });
  const faulty = on.host.enter('create', (stage) =>
    stage.create(creation('ben', { spec: 'faulty' })),
  );
  const other = on.host.enter('send', (stage) => stage.send(address('ann'), note(1)));
  const codes = await outcomes(on, refused, faulty, other);
  expect(codes).toEqual(['UNKNOWN_RUN', undefined, undefined]);
  await expect(faulty).rejects.toThrow('a fault of the chart');
  expect(on.host.find(address('ben'))).toBe(undefined);
  expect(on.batches.map(({ actors }) => actors.length)).toEqual([1]);
});

type GivenStage = Parameters<Parameters<Stand['host']['enter']>[1]>[0];

/** A stage is a group, which does more for those that are part of the engine. */
const groupOf = (stage: GivenStage): Group => stage as Group;

function annIn(stage: GivenStage): Cell {
  const ann = stage.find(address('ann'));
  if (ann === undefined) throw new RangeError('ann is gone');
  return ann;
}

const later = { timer: 'a', delayMs: 10, event: note(1) };

test.each([
  ['send', (stage) => stage.send(address('ann'), note(1))],
  ['bury', (stage) => stage.bury('nobody', note(1), 'expired', '')],
  ['create', (stage) => void stage.create(creation('ben'))],
  ['row', (stage) => groupOf(stage).row(annIn(stage), note(1), '')],
  ['new life', (stage) => groupOf(stage).renew(annIn(stage))],
  ['timer', (stage) => groupOf(stage).changeTimer(annIn(stage), later)],
] satisfies [string, (stage: GivenStage) => void][])(
  'given a command that throws after its %s, then the host ends and nothing is committed',
  async (_name, half) => {
    const on = await stand();
    await create(on, 'ann');
    const { commits } = on.disk;
    const halfDone = on.host.enter('half', (stage) => {
      half(stage);
      throw troupeError('UNKNOWN_RUN', { run: 'ben' });
    });
    const other = on.host.enter('other', (stage) => stage.send(address('ann'), note(2)));
    const codes = await outcomes(on, halfDone, other);
    expect(codes).toEqual(['BROKEN_INVARIANT', 'BROKEN_INVARIANT']);
    expect(on.disk.commits).toBe(commits);
    expect(on.host.journal.begin(), 'the group was given up').toBe(true);
  },
);

test('given listeners, effects and loggers that throw, then all others are told', async () => {
  const on = await stand({
    perform: () => {
      throw new RangeError('a faulty effect');
    },
    committed: () => {
      throw new RangeError('a faulty trace');
    },
  });
  await create(on, 'ann', 'ben');
  const told: string[] = [];
  const faulty = () => {
    throw new RangeError('a faulty listener');
  };
  on.host.listen(address('ann'), { snapshot: faulty, rows: faulty, closed: faulty });
  for (const name of ['ann', 'ben']) {
    on.host.listen(address(name), {
      snapshot: () => told.push(`${name} snapshot`),
      rows: () => told.push(`${name} rows`),
      closed: () => told.push(`${name} closed`),
    });
  }
  on.host.tell(address('ann'), ask('act', 1));
  on.host.tell(address('ben'), ask('act', 2));
  await rest(on.clock);
  expect(on.performed.length).toBe(2);
  on.host.end(troupeError('STOPPED', { state: 'stopped', call: 'waiting' }));
  expect(told).toEqual([
    'ann rows',
    'ann snapshot',
    'ben rows',
    'ben snapshot',
    'ann closed',
    'ben closed',
  ]);
  expect(on.logs.length).toBeGreaterThanOrEqual(7);
});

test('given an end, then what waits is refused and nothing is committed after it', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', { type: 'arm.a', ms: 10 });
  const { commits } = on.disk;
  const waiting = on.host.enter('send', (stage) => stage.send(address('ann'), note(1)));
  waiting.catch(() => undefined);
  const reason = troupeError('STOPPED', { state: 'stopped', call: 'waiting' });
  on.host.end(reason);
  on.host.end(troupeError('UNKNOWN_RUN', { run: 'a second end' }));
  expect(await rejection(waiting)).toBe(reason);
  const late = await rejection(on.host.enter('late', () => 1));
  expect([late.code, Object(late.data).call]).toEqual(['STOPPED', 'late']);
  await rest(on.clock);
  expect([on.disk.commits, on.clock.nextDue()]).toEqual([commits, undefined]);
});

test('given a host that a listener ends, then what is due waits for the next one', async () => {
  const on = await stand();
  await create(on, 'ann');
  on.host.listen(address('ann'), {
    snapshot: () => on.host.end(troupeError('STOPPED', { state: 'stopped', call: 'waiting' })),
  });
  on.host.tell(address('ann'), ask('act', 1));
  await rest(on.clock);
  expect(on.performed).toEqual([]);
  expect(on.host.journal.byAddress(address('ann'))?.last).toBe(2);
});

test('given a command that changes nothing, then it is answered without a commit', async () => {
  const on = await stand();
  const asked = on.host.enter('ask', (stage) => stage.find(address('ann')) ?? 'nobody');
  expect(await outcomes(on, asked)).toEqual([undefined]);
  expect([await asked, on.disk.commits, on.batches]).toEqual(['nobody', 0, []]);
});

test('given nothing to do, then no empty group is opened', async () => {
  let begun = 0;
  const disk = simulatedDisk({
    isBusy: () => {
      begun += 1;
      return false;
    },
  });
  const on = await stand({ disk });
  await create(on, 'ann', 'ben');
  begun = 0;
  await send(on, 'ann', ask('send', { to: [address('ben')], event: note('hello') }));
  expect(begun).toBe(1);
});

test('given an unknown recipient, then a message is dead and was never accepted', async () => {
  const on = await stand();
  await send(on, 'nobody', note(1));
  expect(lettersOf(on)).toEqual([[address('nobody'), 'note', 'unknown-recipient']]);
  expect(on.host.counts()).toEqual({ accepted: 0, applied: 0, dead: 0, refused: 1, pending: 0 });
});
