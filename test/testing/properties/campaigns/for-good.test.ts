/** Faults that strike every attempt: what comes of a step that fails for good. */
import { defineBot, defineWorkflow, isTroupeError, type Troupe } from 'troupe';
import { calm, type Fault, property, type View } from 'troupe/testing';
import { expect, test } from 'vitest';
import { play } from '../../../../src/testing/simulation/index.ts';

const trip = defineWorkflow({ id: 'trip' })
  .step('book', () => 'booked')
  .step('pay', () => 'paid');
const fair = defineWorkflow({ id: 'fair' })
  .step('book', () => 'booked', { undo: () => undefined })
  .step('pay', () => 'paid');

const starting = (flow: typeof trip, ids: readonly string[]) => async (troupe: Troupe) => {
  for (const id of ids) await (await troupe.start(flow, undefined, { id })).outcome();
};

const failing: Fault = {
  fault: 'bot-error',
  call: { of: 'trip.pay', nth: 1 },
  moment: 'before',
  forGood: true,
};
const scriptOf = (...faults: readonly Fault[]) => ({ ...calm(undefined), faults });
const team = { definitions: [trip], scenario: starting(trip, ['a', 'b']) };

test('given a call that fails for good, then each try of it fails, and of no other', async () => {
  const { calls, breach, journal, struck } = await play(team, scriptOf(failing));
  const pays = calls.filter(({ of }) => of === 'trip.pay');
  expect(pays.map(({ key, end }) => [key.includes('/a/'), end])).toEqual([
    ...[1, 2, 3].map(() => [true, 'failed']),
    [false, 'done'],
  ]);
  expect(breach).toBeUndefined();
  expect(struck).toEqual([failing]);
  const statusOf = (id: string) => journal.byAddress(`run/trip/${id}`)?.status;
  expect([statusOf('a'), statusOf('b')]).toEqual(['FAILED', 'COMPLETED']);
});

test('given a crash between its attempts, then it goes on failing', async () => {
  const { commits } = await play(team, scriptOf(failing));
  for (let commit = 1; commit <= commits; commit += 1) {
    const crash: Fault = { fault: 'crash', commit, moment: 'after' };
    const { calls, breach } = await play(team, scriptOf(failing, crash));
    const own = calls.filter(({ of, key }) => of === 'trip.pay' && key.includes('/a/'));
    expect([commit, breach]).toEqual([commit, undefined]);
    expect(own.filter(({ end }) => end === 'done')).toEqual([]);
  }
});

test('given a step of a bot that fails for good, then its run has failed', async () => {
  let asked = 0;
  const bot = defineBot({ id: 'bot', work: ({ step }) => step('do', () => (asked += 1)) });
  const fault: Fault = { ...failing, call: { of: 'bot.do', nth: 1 } };
  const scenario = async (troupe: Troupe): Promise<void> => {
    await troupe.start(bot, undefined, { id: 'a' });
  };
  const { journal } = await play({ definitions: [bot], scenario }, scriptOf(fault));
  expect([asked, journal.byAddress('run/bot/a')?.status]).toEqual([0, 'FAILED']);
});

const noLoss = (flow: typeof trip) => ({
  'no booking without pay': (view: View) =>
    view.runs(flow).every(({ steps }) => !steps.book || steps.pay !== undefined),
});

test('a compensation that is missing is found among the usual scripts', async () => {
  for (const seed of [1, 2, 3]) {
    const eventually = noLoss(trip);
    const told = property({
      definitions: [trip],
      scenario: starting(trip, ['a']),
      eventually,
      seed,
    });
    const error = await told.catch((thrown: unknown) => thrown);
    if (!isTroupeError(error, 'PROPERTY_FAILED')) throw error;
    expect(error.data).toMatchObject({
      law: 'no booking without pay',
      script: { faults: [{ fault: 'bot-error', call: { of: 'trip.pay' }, forGood: true }] },
    });
  }
});

test('where an undo takes it back, nothing is found', async () => {
  const eventually = noLoss(fair);
  const scenario = starting(fair, ['a']);
  const { runs } = await property({ definitions: [fair], scenario, eventually, runs: 100 });
  expect(runs).toBe(100);
});

test('where one failure is enough, no more is told', async () => {
  const once = { 'paid at once': (view: View) => view.calls('trip.pay').length < 2 };
  const told = property({ definitions: [trip], scenario: starting(trip, ['a']), always: once });
  const error = await told.catch((thrown: unknown) => thrown);
  if (!isTroupeError(error, 'PROPERTY_FAILED')) throw error;
  expect(JSON.stringify(error.data.script)).not.toContain('forGood');
});
