/**
 * What a supervisor takes for the end of a machine: that it was done, failed or was stopped, never
 * what its output looks like.
 */
import { expect, test } from 'vitest';
import { type AnyStateMachine, setup } from 'xstate';
import type { Supervisor } from '../../../src/index.ts';
import { teamOf } from '../team.ts';

/** Is done in its first step, with that output. */
const ending = (output: unknown): AnyStateMachine =>
  setup({}).createMachine({
    id: 'ending',
    initial: 'over',
    states: { over: { type: 'final' } },
    output,
  });

async function supervised(output: unknown, restart: 'transient' | 'permanent') {
  const machine = ending(output);
  const { troupe, clock } = await teamOf([machine]);
  const intensity = { max: 3, within: '5s' } as const;
  const children = [{ id: 'c', work: machine, restart }];
  const supervising: Promise<Supervisor> = troupe.supervise({ id: 't', intensity, children });
  await clock.quiet();
  const supervisor = await supervising;
  await clock.quiet();
  return { supervisor, clock };
}

test.each([
  { status: 'FAILED', note: 'a text of the user' },
  { status: 'CANCELLED', reason: 'killed' },
  { done: true },
  'over',
])('given a machine that is done at once with %j, then that is a normal end', async (output) => {
  const { supervisor } = await supervised(output, 'transient');
  expect(supervisor.status).toBe('running');
  expect(await supervisor.children()).toMatchObject([{ id: 'c', state: 'stopped', starts: 1 }]);
  expect(await supervisor.get('c')?.outcome()).toMatchObject({ status: 'COMPLETED', attempts: 1 });
});

test('given permanent, then it is started again until that is once too often', async () => {
  const { supervisor } = await supervised({ status: 'COMPLETED' }, 'permanent');
  expect(await supervisor.outcome()).toMatchObject({ why: 'intensity', child: 'c' });
});
