/** Lists of approvals by run, and the digest of what was seen. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineApproval, defineWorkflow } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';

const ask = defineApproval({ id: 'ask', input: z.string() });
const flow = defineWorkflow({ id: 'flow' }).step('asked', ask, () => '?');

test('the approvals of a run are those below it, not those of runs with a like name', async () => {
  const { troupe, clock } = await teamOf([flow]);
  for (const id of ['r-1', 'r-10']) await troupe.start(flow, undefined, { id });
  await clock.quiet();
  const ids = async (run: string) => (await troupe.approvals.list({ run })).map(({ id }) => id);
  expect(await ids('flow/r-1')).toEqual(['flow/r-1/asked']);
  expect(await ids('flow/r-10')).toEqual(['flow/r-10/asked']);
});

test('a no to another payload than the one that was asked about is refused too', async () => {
  const { troupe, clock } = await teamOf([flow]);
  await troupe.start(flow, undefined, { id: 'r' });
  await clock.quiet();
  const decision = { approve: false, by: 'ann', digest: 'f'.repeat(64) };
  await expect(troupe.approvals.decide('flow/r/asked', decision)).rejects.toMatchObject({
    code: 'OTHER_PAYLOAD',
  });
  const [open] = await troupe.approvals.list({ status: 'OPEN' });
  await troupe.approvals.decide('flow/r/asked', { ...decision, digest: open?.digest });
  const run = await troupe.get(flow, 'r');
  expect((await run?.outcome())?.status).toBe('FAILED');
});
