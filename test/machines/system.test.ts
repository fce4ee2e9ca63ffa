/** The system: its path, and that nothing leaves it. */
import { expect, test } from 'vitest';
import { systemMachine } from '../../machines/index.ts';
import { Walk } from './walk.ts';

const recovered = { type: 'system.recovered', at: 1, live: 3, parked: 1 };
const drain = { type: 'system.drain', at: 2 };
const drained = { type: 'system.drained', at: 3 };
const start = (): Walk => Walk.start(systemMachine, { workspace: 'main', startedAt: 0 });

test('given a system, when it is recovered, drained and stopped, then that is its path', () => {
  const walk = start();
  for (const event of [recovered, drain, drained]) walk.send(event);
  const path = walk.steps.flatMap(({ microsteps }) => microsteps.map(({ status }) => status));
  expect(path).toEqual(['starting', 'running', 'draining', 'stopped']);
  expect(walk.snapshot).toMatchObject({ status: 'done', context: { live: 3, parked: 1 } });
});

test.each([
  ['starting', [], [drain, drained]],
  ['running', [recovered], [recovered, drained]],
  ['draining', [recovered, drain], [recovered, drain]],
  ['stopped', [recovered, drain, drained], [recovered, drain, drained]],
] as const)(
  'given a system that is %s, when something else comes, then it stays',
  (state, path, others) => {
    for (const other of others) {
      const walk = start();
      for (const event of [...path, other]) walk.send(event);
      expect(walk.snapshot.value).toBe(state);
      expect(walk.steps.at(-1)).toMatchObject({ isTaken: false, effects: [] });
    }
  },
);
