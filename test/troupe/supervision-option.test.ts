/** `createTroupe({ supervision })`: how the runs of machines are supervised by default. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { createTroupe } from '../../src/index.ts';

const fuse = setup({
  types: {} as { context: { burnt: number }; events: { type: 'burn' } | { type: 'break' } },
  guards: {
    breaks: () => {
      throw new TypeError('broken');
    },
  },
}).createMachine({
  id: 'fuse',
  context: { burnt: 0 },
  on: { break: { guard: 'breaks' } },
});

test('given a supervision of the troupe, then machines have it, unless told else', async () => {
  const troupe = await createTroupe({
    definitions: [fuse],
    supervision: { intensity: { max: 0, within: '1m' } },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const strict = await troupe.start(fuse, undefined, { id: 'strict' });
  const intensity = { max: 1, within: '1m' } as const;
  const lax = await troupe.start(fuse, undefined, { id: 'lax', supervision: { intensity } });
  for (const run of [strict, lax]) await troupe.send(run, { type: 'break' });
  await strict.outcome();
  expect((await strict.snapshot()).error?.code).toBe('RESTART_INTENSITY');
  expect((await lax.snapshot()).status).toBe('IN_PROGRESS');
  await troupe.send(lax, { type: 'break' });
  expect(await lax.outcome()).toMatchObject({ status: 'FAILED' });
  await troupe.stop();
});

test('a supervision that is none is refused', async () => {
  const given = { supervision: { restart: 'sometimes' } } as never;
  await expect(createTroupe(given)).rejects.toMatchObject({ code: 'BAD_OPTION' });
});
