/** Mail that nobody applies: poison, expired, withdrawn, stopped, unknown. Nothing vanishes. */
import { expect, test } from 'vitest';
import {
  address,
  ask,
  create,
  creation,
  lettersOf,
  note,
  notesOf,
  quiesce,
  rest,
  send,
  stand,
} from './fixtures.ts';

test.each(['guard', 'assign', 'params', 'entry', 'delay', 'loop'])(
  'given poison in a %s, then it is dead, changes nothing, and all others go on',
  async (place) => {
    const on = await stand();
    await create(on, 'ann', 'ben');
    const before = on.host.find(address('ann'))?.committed;
    on.batches.length = 0;
    for (const event of [{ type: `fault.${place}` }, note('ann goes on')])
      on.host.tell(address('ann'), event);
    on.host.tell(address('ben'), note('ben goes on'));
    await rest(on.clock);
    expect(lettersOf(on)).toEqual([[address('ann'), `fault.${place}`, 'poison']]);
    expect(on.batches.flatMap(({ rows }) => rows.map(({ type }) => type))).toEqual([
      'note',
      'note',
    ]);
    expect([notesOf(on, 'ann'), notesOf(on, 'ben')]).toEqual([['ann goes on'], ['ben goes on']]);
    expect(on.host.find(address('ann'))?.committed.value).toBe(before?.value);
    expect(on.performed).toEqual([]);
    expect(on.host.counts()).toEqual({ accepted: 3, applied: 2, dead: 1, refused: 0, pending: 0 });
    expect(on.logs.map(({ facts }) => facts?.actor)).toEqual([address('ann')]);
  },
);

test('given poison alone in a group, then its death is committed with its reason', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', { type: 'fault.guard', why: 'testing' });
  const [letter] = on.host.journal.deadLetters(10);
  expect(letter?.detail).toContain('a fault of the chart');
  expect(JSON.parse(letter?.body ?? '')).toMatchObject({ type: 'fault.guard', why: 'testing' });
});

test('given poison that carries a message, then the log names the message', async () => {
  const on = await stand();
  await create(on, 'ann');
  const message = { id: 'm-1', type: 'ask', correlationId: 'c-1' };
  const sent = { version: 1, from: 'bot/ben', to: 'bot/ann', at: 0, priority: 5 };
  await send(on, 'ann', { type: 'fault.guard', envelope: { ...sent, ...message } });
  const facts = { actor: address('ann'), type: 'ask', messageId: 'm-1', correlationId: 'c-1' };
  expect(on.logs).toMatchObject([{ text: 'poison message: the step threw', facts }]);
});

test('given mail that has waited too long, when it is taken, then it is dead', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', { type: 'arm.a', ms: 50 });
  await createBot(on, 'bot');
  await send(on, 'bot', { type: 'close' });
  const gated = { priority: 5, gated: true };
  const now = on.clock.now();
  await send(on, 'bot', note('late'), { ...gated, expiresAt: now + 50 });
  await send(on, 'bot', note('in time'), { ...gated, expiresAt: now + 51 });
  on.clock.jump();
  await send(on, 'bot', { type: 'open' });
  expect(notesOf(on, 'bot')).toEqual(['in time']);
  expect(lettersOf(on)).toEqual([[address('bot'), 'note', 'expired']]);
});

const createBot = async (on: Awaited<ReturnType<typeof stand>>, name: string): Promise<void> => {
  const created = on.host.enter('create', (stage) => stage.create(creation(name, { kind: 'bot' })));
  await Promise.all([created, rest(on.clock)]);
};

test('given an actor that ends, then what waited for it is dead, all of it once', async () => {
  const on = await stand();
  await createBot(on, 'bot');
  await send(on, 'bot', { type: 'close' });
  await send(on, 'bot', note('stored'), { priority: 5, gated: true });
  await send(on, 'bot', note('keyed'), { priority: 5, gated: true, key: 'k' });
  expect(on.host.journal.waiting().length).toBe(2);
  on.host.tell(address('bot'), { type: 'finish' });
  on.host.tell(address('bot'), note('behind the end'));
  await send(on, 'bot', note('gated'), { priority: 5, gated: true });
  expect(lettersOf(on).map(([, type, reason]) => [type, reason])).toEqual(
    Array.from({ length: 4 }, () => ['note', 'stopped']),
  );
  expect(on.host.journal.waiting()).toEqual([]);
  expect(on.host.counts()).toEqual({ accepted: 6, applied: 2, dead: 4, refused: 0, pending: 0 });
  const again = await stand({ disk: on.disk, clock: on.clock });
  await quiesce(again.clock);
  expect(notesOf(again, 'bot')).toEqual([]);
  expect(again.host.journal.byAddress(address('bot'))?.status).toBe('over');
});

test('given an actor that has ended, when mail comes, then it is dead at the door', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', { type: 'finish' });
  await send(on, 'ann', note(1));
  expect(lettersOf(on)).toEqual([[address('ann'), 'note', 'stopped']]);
  expect(on.host.counts()).toMatchObject({ accepted: 1, applied: 1, dead: 0, refused: 1 });
});

test('given a request that is taken back, stored or not, then it is dead', async () => {
  const on = await stand();
  await createBot(on, 'bot');
  await create(on, 'ann');
  await send(on, 'bot', { type: 'close' });
  const gate = { priority: 5, key: 'slot 1' };
  const request = ask('send', { to: [address('bot')], event: note(1), gate });
  const withdrawal = ask('withdraw', { from: [address('bot')], key: 'slot 1' });
  await send(on, 'ann', request);
  expect(on.host.journal.waiting().map(({ key, gated }) => [key, gated])).toEqual([
    ['slot 1', true],
  ]);
  await send(on, 'ann', withdrawal);
  expect(on.host.journal.waiting()).toEqual([]);
  on.host.tell(address('ann'), request);
  await send(on, 'ann', withdrawal);
  await send(on, 'ann', withdrawal);
  await send(on, 'bot', { type: 'open' });
  expect(notesOf(on, 'bot')).toEqual([]);
  expect(on.host.journal.waiting()).toEqual([]);
  expect(lettersOf(on)).toEqual([
    [address('bot'), 'note', 'withdrawn'],
    [address('bot'), 'note', 'withdrawn'],
  ]);
  const { accepted, applied, dead, pending } = on.host.counts();
  expect(accepted).toBe(applied + dead + pending);
});

test('given a message that was applied, when it is buried, then it counts once', async () => {
  const on = await stand();
  await create(on, 'ann');
  const params = { to: address('ann'), event: note('lost'), detail: 'its handler failed' };
  await send(on, 'ann', ask('bury', params));
  expect(lettersOf(on)).toEqual([[address('ann'), 'note', 'failed']]);
  expect(on.host.counts()).toEqual({ accepted: 1, applied: 1, dead: 0, refused: 0, pending: 0 });
});

test('given a machine that sends to nobody, then its turn is applied', async () => {
  const on = await stand();
  await create(on, 'ann');
  await send(on, 'ann', ask('send', { to: [address('nobody')], event: note(1) }));
  expect(lettersOf(on)).toEqual([[address('nobody'), 'note', 'unknown-recipient']]);
  expect(on.host.counts()).toMatchObject({ accepted: 1, applied: 1, refused: 1 });
});

test('given dead letters of many groups and lives, then each has its own number', async () => {
  const on = await stand();
  for (const n of [1, 2, 3]) await send(on, 'nobody', note(n));
  const again = await stand({ disk: on.disk, clock: on.clock });
  await send(again, 'nobody', note(4));
  const letters = again.host.journal.deadLetters(10);
  expect(letters.map(({ letter, body }) => [letter, JSON.parse(body).note])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
});

test('given who waits for an end, then it is told once, at once if it is past', async () => {
  const on = await stand();
  await create(on, 'ann', 'ben', 'carl');
  const watch = ask('watch', { runs: [address('ben')] });
  await send(on, 'ann', watch);
  await send(on, 'ann', watch);
  await send(on, 'ben', note('done'));
  await send(on, 'ben', { type: 'finish' });
  await send(on, 'carl', watch);
  await send(on, 'carl', ask('watch', { runs: [address('nobody')] }));
  const settled = { status: 'COMPLETED', result: ['done'] };
  expect(notesOf(on, 'ann')).toEqual([settled]);
  expect(notesOf(on, 'carl')).toMatchObject([settled, { status: 'CANCELLED' }]);
});
