/** Failures that work catches: those of a process that is over are no answers of the next one. */
import { defineApproval, defineBot, handler, isTroupeError, type WorkContext } from 'troupe';
import { type Fault, stub } from 'troupe/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { simulatedClock } from '../../../src/clock/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import { Repeatable } from '../../../src/testing/repeatable/index.ts';
import { calm, play } from '../../../src/testing/simulation/index.ts';

const boss = defineApproval({ id: 'boss', expiresIn: '1d' });
const sub = defineBot({ id: 'sub', timeout: '30s', work: () => 1 });
const clerk = defineBot({
  id: 'clerk',
  on: { note: handler(z.number(), ({ payload }) => payload) },
});
const expert = defineBot({ id: 'expert' });

const told = (error: unknown): string => `no: ${isTroupeError(error) ? error.code : 'else'}`;

/** Work that makes a result of why it got none. */
const catching: Readonly<Record<string, (context: WorkContext) => unknown>> = {
  'a question': ({ step }) => step('x', boss, undefined).catch(told),
  'the run of a bot': ({ step }) => step('x', sub, undefined).catch(told),
  'the answer to a message': ({ ask }) =>
    ask(clerk, { type: 'note', payload: 1 }, { timeout: '5s' }).catch(told),
  'a handoff': ({ handoff }) =>
    handoff({ to: expert, reason: 'blocked', timeout: '1d' }).catch(told),
  'a plan b': async ({ step }) => {
    try {
      return await step('x', sub, undefined);
    } catch {
      return await step('plan b', () => 'b');
    }
  },
};

const faultsAt = (commit: number): readonly Fault[] => [
  { fault: 'crash', commit, moment: 'before' },
  { fault: 'crash', commit, moment: 'after' },
  { fault: 'disk-full', commit },
];

for (const [name, work] of Object.entries(catching))
  test(`given work that catches the failure of ${name}, then no crash is found`, async () => {
    const bot = defineBot({ id: 'catcher', timeout: '2d', work });
    const team = {
      definitions: [bot, sub, boss, clerk, expert],
      stubs: [stub(expert, () => 'ok')],
      scenario: (troupe: Parameters<Parameters<typeof play>[0]['scenario']>[0]) =>
        troupe.start(bot, undefined, { id: 'a' }),
    };
    const { commits } = await play(team, calm(undefined));
    for (let commit = 1; commit <= commits; commit += 1) {
      for (const fault of faultsAt(commit)) {
        for (const answer of ['yes', 'nothing'] as const) {
          const people = [{ question: 1, answer, afterMs: 0 }];
          const { unrepeatable, breach } = await play(team, {
            ...calm(undefined),
            faults: [fault],
            people,
          });
          expect({ fault, unrepeatable, breach }).toEqual({
            fault,
            unrepeatable: [],
            breach: undefined,
          });
        }
      }
    }
  });

/** Two activations that ask for the same, get these failures, and give these results. */
function twice(failures: readonly [unknown, unknown], results: readonly [string, string]) {
  const clock = simulatedClock(1);
  const repeatable = new Repeatable({ clock, random: clock.random });
  for (const [at, error] of failures.entries()) {
    const activation = { of: 'bot', runId: 'r', attempt: 1, nth: at + 1 };
    repeatable.asked(activation, { call: 'step', name: 'x' })({ isOk: false, error });
    repeatable.gave(activation, results[at]);
    repeatable.crashed();
  }
  return repeatable.found.map(({ what }) => what);
}

test('given the same failure twice and other results, then it is found', () => {
  const failure = () => troupeError('ASK_TIMEOUT', { to: 'a', type: 'b', afterMs: 1 });
  expect(twice([failure(), failure()], ['a', 'b'])).toEqual(['it gave "b" where it had given "a"']);
  expect(twice([new Error('a'), new Error('a')], ['a', 'b'])).toHaveLength(1);
  expect(twice([failure(), failure()], ['a', 'a'])).toEqual([]);
});

test('given another failure, or the end of its process, then other results are no finding', () => {
  const expired = troupeError('APPROVAL_EXPIRED', { approval: 'a', afterMs: 1, at: 2 });
  const full = troupeError('JOURNAL_FAILED', { path: 'disk', reason: 'full' });
  expect(twice([full, expired], ['full', 'expired'])).toEqual([]);
  expect(twice([expired, full], ['expired', 'full'])).toEqual([]);
  expect(twice([full, full], ['a', 'b'])).toEqual([]);
  expect(twice([new Error('a'), new Error('b')], ['a', 'b'])).toEqual([]);
});
