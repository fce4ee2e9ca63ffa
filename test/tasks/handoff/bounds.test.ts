/** Bounds of handoffs: how often a run moves, how requests are numbered, what is said. */
import { expect, test } from 'vitest';
import { defineApproval, defineBot } from '../../../src/index.ts';
import { limits } from '../../../src/protocol/index.ts';
import { refused } from '../../refusal.ts';
import { teamOf } from '../../troupe/team.ts';

const blocked = { reason: 'blocked' } as const;
const ann = defineBot({ id: 'ann' });
const bob = defineBot({ id: 'bob' });

test('two bots that hand a run to and fro are stopped; the run fails, and says why', async () => {
  let moves = 0;
  const passOn = (id: string, to: string) =>
    defineBot({
      id,
      work: ({ handoff }) => {
        moves += 1;
        return handoff({ to, ...blocked });
      },
    });
  const ping = passOn('ping', 'pong');
  const { troupe } = await teamOf([ping, passOn('pong', 'ping')]);
  const run = await troupe.start(ping, undefined, { id: '1' });
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'HANDOFFS_EXHAUSTED', retryable: false },
  });
  expect(moves).toBe(limits.handoffs + 1);
  expect(await troupe.handoffs.list({ run })).toHaveLength(limits.handoffs);
  expect((await run.snapshot()).handoffs).toBe(limits.handoffs);
});

test('work that can move no more may catch that and go on', async () => {
  const bot = (id: string, to: string) =>
    defineBot({
      id,
      work: ({ handoff }): Promise<unknown> =>
        handoff({ to, ...blocked }).catch(({ code }: { code: string }) => `${id} got ${code}`),
    });
  const ping = bot('ping', 'pong');
  const { troupe } = await teamOf([ping, bot('pong', 'ping')]);
  expect(await troupe.run(ping, undefined)).toBe('ping got HANDOFFS_EXHAUSTED');
});

test('requests are numbered one after the other, however many were declined', async () => {
  const { troupe } = await teamOf([ann, bob]);
  const run = await troupe.start(ann, undefined, { id: 'x' });
  for (let number = 1; number <= 20; number += 1) {
    const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
    expect(id).toBe(`ann/x/${number}`);
    await troupe.handoffs.decline(id, { reason: 'no' });
  }
});

test('what is said with a handoff has bounds, and blanks around it are left out', async () => {
  const { troupe } = await teamOf([ann, bob]);
  const run = await troupe.start(ann, undefined, { id: 'x' });
  const long = 'x'.repeat(limits.commentChars + 1);
  const own = refused(troupe.handoffs.request(run, { to: bob, reason: { own: long } }));
  expect(await own).toMatchObject({ code: 'BAD_OPTION', field: 'reason.own' });
  const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
  for (const said of [{ reason: ' ' }, { reason: long }, { reason: 'x', by: ' ' }]) {
    const call = refused(troupe.handoffs.decline(id, said));
    expect(await call).toMatchObject({ code: 'BAD_OPTION' });
  }
  expect(await refused(troupe.handoffs.accept(id, { by: ' ' }))).toMatchObject({ field: 'by' });
  const told = await troupe.handoffs.decline(id, { reason: ' not now ', by: ' bob ' });
  expect(told).toMatchObject({ by: 'bob', note: 'not now' });
});

test('an approval is told to be one when somebody would hand it on', async () => {
  const gate = defineApproval({ id: 'gate' });
  const { troupe } = await teamOf([gate, bob]);
  const run = await troupe.start(gate, undefined, { id: 'a' });
  const call = refused(troupe.handoffs.request(run, { to: bob, ...blocked }));
  expect(await call).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'an approval, and only tasks move',
  });
});
