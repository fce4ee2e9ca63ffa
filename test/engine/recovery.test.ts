/** Recovery: what was live is live again, its mail in order, its effects once more, once. */
import { expect, test } from 'vitest';
import { type ActorRecord, simulatedDisk } from '../../src/journal/index.ts';
import {
  address,
  ask,
  create,
  creation,
  note,
  notesOf,
  outcomes,
  post,
  quiesce,
  rest,
  type Stand,
  type StandOptions,
  send,
  stand,
} from './fixtures.ts';

/** The same disk and clock after a crash of the process. */
function crashed(on: Stand, given: StandOptions = {}): Promise<Stand> {
  on.clock.clear();
  return stand({ disk: on.disk, clock: on.clock, ...given });
}

const gated = (priority: number) => ({ priority, gated: true });

async function closedBot(given: StandOptions = {}): Promise<Stand> {
  const on = await stand(given);
  const created = on.host.enter('create', (stage) =>
    stage.create(creation('bot', { kind: 'bot' })),
  );
  await Promise.all([created, rest(on.clock)]);
  await send(on, 'bot', { type: 'close' });
  return on;
}

test('given waiting mail, when it is recovered, then it is taken in its order', async () => {
  const on = await closedBot();
  for (const [n, priority] of [5, 5, 9, 5, 9, 0].entries())
    await send(on, 'bot', note(n), gated(priority));
  const waiting = on.host.journal.waiting().map(({ mail }) => mail);
  const again = await crashed(on);
  expect(again.host.counts()).toEqual({
    accepted: 6,
    applied: 0,
    dead: 0,
    refused: 0,
    pending: 6,
  });
  await send(again, 'bot', note(6), gated(5));
  expect(again.host.journal.waiting().map(({ mail }) => mail)).toEqual([
    ...waiting,
    Math.max(...waiting) + 1,
  ]);
  await send(again, 'bot', { type: 'open' });
  expect(notesOf(again, 'bot')).toEqual([2, 4, 0, 1, 3, 6, 5]);
  expect(again.host.journal.waiting()).toEqual([]);
});

test('given mail that was recovered, then it can be taken back and expires as before', async () => {
  const on = await closedBot();
  await create(on, 'ann');
  const expiresAt = on.clock.now() + 10;
  await send(on, 'bot', note('late'), { ...gated(5), expiresAt });
  await send(on, 'bot', note('kept'), gated(5));
  await send(on, 'bot', note('taken back'), { ...gated(5), key: 'slot 1' });
  const again = await crashed(on);
  await send(again, 'ann', ask('withdraw', { from: [address('bot')], key: 'slot 1' }));
  await send(again, 'ann', { type: 'arm.a', ms: 10 });
  again.clock.jump();
  await send(again, 'bot', { type: 'open' });
  expect(notesOf(again, 'bot')).toEqual(['kept']);
});

test('given numbers of rows, actors and timers, when recovered, then they go on', async () => {
  const on = await closedBot();
  await send(on, 'bot', note(1), gated(5));
  await send(on, 'bot', { type: 'arm.a', ms: 10 });
  const again = await crashed(on);
  await create(again, 'ann');
  await send(again, 'bot', { type: 'arm.b', ms: 10 });
  const { journal } = again.host;
  expect(journal.byAddress(address('ann'))?.actor).toBe(2);
  expect(journal.rows(0, 100).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  const armings = journal.timers().map(({ arming }) => arming);
  expect(armings).toEqual([1, 3_001]);
  expect(journal.history(1, 0).map(({ previous }) => previous)).toEqual([0, 1, 2, 3]);
});

test('given actors at rest, when recovered, then those that are active resume', async () => {
  const on = await stand();
  await create(on, 'idle', 'active', 'over');
  await send(on, 'idle', { type: 'idle' });
  await send(on, 'over', { type: 'finish' });
  const again = await crashed(on);
  expect(again.resumed).toEqual([address('active')]);
  await send(again, 'idle', note('still here'));
  expect(notesOf(again, 'idle')).toEqual(['still here']);
});

test('given effects under way, when recovered, then each actor resumes once', async () => {
  const on = await stand();
  await create(on, 'ann', 'ben');
  await send(on, 'ann', ask('act', 1));
  const seen: unknown[] = [];
  const again = await crashed(on, {
    resume: (cell) => seen.push([cell.address, cell.committed.value]),
  });
  expect(again.performed).toEqual([]);
  expect(seen).toEqual([
    [address('ann'), 'open'],
    [address('ben'), 'open'],
  ]);
});

test('given mail that was accepted before, then it is applied before resuming', async () => {
  const on = await stand({ limits: { groupTurns: 1 } });
  await create(on, 'ann');
  post(on, 'ann', ask('act', 1), note('result'), ask('act', 2), { type: 'arm.a', ms: 5 });
  on.clock.step();
  expect(on.host.journal.waiting().length).toBe(3);
  const seen: unknown[] = [];
  const again = await crashed(on, {
    limits: { groupTurns: 1 },
    isRecovering: true,
    resume: (cell) => seen.push(cell.committed.context.notes),
  });
  const entered = again.host.enter('createTroupe', () => 1);
  again.clock.step();
  expect(await entered).toBe(1);
  expect([again.host.journal.waiting().length, seen]).toEqual([2, []]);
  await Promise.all([again.host.resume(), rest(again.clock)]);
  expect([again.performed, seen]).toEqual([[], [['result']]]);
  expect(again.clock.nextDue()).toBe(again.clock.now() + 5);
});

test('given a crash before it has resumed, then whoever waits for that is refused', async () => {
  let crashes = false;
  const disk = simulatedDisk({
    onCommit: () => {
      if (crashes) throw new RangeError('crash');
    },
  });
  const on = await stand({ disk, limits: { groupTurns: 1 } });
  await create(on, 'ann');
  post(on, 'ann', ask('act', 1), ask('act', 2));
  on.clock.step();
  const again = await crashed(on, { isRecovering: true });
  crashes = true;
  expect(await outcomes(again, again.host.resume())).toEqual(['JOURNAL_FAILED']);
  expect([again.performed, again.resumed]).toEqual([[], []]);
});

const missing = (record: ActorRecord) =>
  record.address === address('ann') ? 'its definition is not registered' : undefined;

test('given a run whose definition is missing, then it is parked and takes mail', async () => {
  const on = await stand();
  await create(on, 'ann', 'ben');
  await send(on, 'ann', { type: 'arm.a', ms: 10 });
  const again = await crashed(on, { fitness: missing });
  expect(again.recovery.parked.map(({ address: who, parked }) => [who, parked])).toEqual([
    [address('ann'), 'its definition is not registered'],
  ]);
  expect(again.recovery.changed).toEqual([address('ann')]);
  expect(again.resumed).toEqual([address('ben')]);
  await send(again, 'ann', note(1));
  await quiesce(again.clock);
  expect(notesOf(again, 'ann')).toEqual([]);
  expect(again.host.journal.waiting().length).toBe(1);
  expect(again.host.counts()).toMatchObject({ accepted: 1, pending: 1 });
});

test('given a parked run whose definition is back, when recovered, then it goes on', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', { type: 'idle' });
  await send(on, 'ann', { type: 'arm.a', ms: 10 });
  const parked = await crashed(on, { fitness: missing });
  await send(parked, 'ann', note(1));
  await touched(parked);
  expect(parked.host.journal.byAddress(address('ann'))?.parked).not.toBe('');
  const again = await crashed(parked);
  expect([again.recovery.parked, again.recovery.changed]).toEqual([[], [address('ann')]]);
  await touched(again);
  await quiesce(again.clock);
  expect(notesOf(again, 'ann')).toEqual([1, 'fired a']);
  expect(again.host.journal.actors({ parked: true })).toEqual([]);
});

/** What a troupe does after recovery: writes again whose parking has changed. */
async function touched(on: Stand): Promise<void> {
  const written = on.host.enter('write', (stage) => {
    for (const who of on.recovery.changed) {
      const cell = stage.find(who);
      if (cell !== undefined) stage.touch(cell);
    }
  });
  await Promise.all([written, rest(on.clock)]);
}

test('given a parked run, when it is let go on, then it resumes and takes its mail', async () => {
  const on = await stand();
  await create(on, 'ann');
  const again = await crashed(on, { fitness: missing });
  await send(again, 'ann', note(1));
  const released = again.host.enter('retry', (stage) => {
    const cell = stage.find(address('ann'));
    if (cell === undefined) return;
    cell.parked = '';
    stage.touch(cell);
  });
  await rest(again.clock);
  await released;
  again.host.unpark(address('ann'));
  again.host.unpark(address('nobody'));
  expect(again.resumed).toEqual([]);
  await rest(again.clock);
  expect([again.resumed, notesOf(again, 'ann')]).toEqual([[address('ann')], [1]]);
  again.host.unpark(address('ann'));
  expect(again.resumed.length).toBe(2);
});

test('given a restart of an actor, then it begins anew under the next generation', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', note('of the first life'));
  await send(on, 'ann', { type: 'finish' });
  const again = await crashed(on);
  expect(again.resumed).toEqual([]);
  const restarted = again.host.enter('restart', (stage) => {
    const spec = { name: 'ann', life: 2 };
    return [stage.restart(creation('ann', { spec })), stage.restart(creation('ben'))];
  });
  await rest(again.clock);
  const identities = (await restarted).map(({ identity }) => identity);
  expect(identities.map(({ actor, generation }) => [actor, generation])).toEqual([
    [1, 2],
    [2, 1],
  ]);
  await send(again, 'ann', note('of the second'));
  expect(notesOf(again, 'ann')).toEqual(['of the second']);
  const last = await crashed(again);
  expect(last.host.find(address('ann'))?.committed.context.spec).toEqual({ name: 'ann', life: 2 });
  expect(last.host.journal.history(1, 0).map(({ type }) => type)).toEqual([
    'init',
    'note',
    'finish',
    'init',
    'note',
  ]);
});

test('given a spec written anew, then the state stays, and both survive', async () => {
  const on = await stand();
  const created = on.host.enter('create', (stage) =>
    stage.create(creation('bot', { kind: 'bot', spec: 1 })),
  );
  await Promise.all([created, rest(on.clock)]);
  await send(on, 'bot', note('kept'));
  const respecified = on.host.enter('respecify', (stage) => {
    const cell = stage.find(address('bot'));
    if (cell !== undefined) stage.respecify(cell, 2);
  });
  await Promise.all([respecified, rest(on.clock)]);
  for (const at of [on, await crashed(on)]) {
    expect(at.host.find(address('bot'))?.committed.context).toEqual({ spec: 2, notes: ['kept'] });
  }
});

test('given a recovery that is repeated again and again, then nothing changes', async () => {
  const on = await closedBot();
  await send(on, 'bot', note(1), gated(5));
  await send(on, 'bot', { type: 'open' });
  let again = on;
  for (let times = 0; times < 5; times += 1) again = await crashed(again);
  expect(notesOf(again, 'bot')).toEqual([1]);
  expect(again.host.counts()).toEqual({ accepted: 0, applied: 0, dead: 0, refused: 0, pending: 0 });
});
