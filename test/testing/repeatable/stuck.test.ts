/** Why nothing goes on: what is said of teams that rest with something open. */
import { defineBot, defineWorkflow, isTroupeError } from 'troupe';
import { expect, test } from 'vitest';
import { eventsAwaited } from '../../../src/testing/repeatable/awaited.ts';
import { ordinal, resourceWords } from '../../../src/testing/repeatable/words.ts';
import { calm, play, simulate } from '../../../src/testing/simulation/index.ts';
import { partly, stuckTeams } from './stuck-teams.ts';

for (const [name, { play: given, script, says, because = 1 }] of Object.entries(stuckTeams))
  test(`given ${name}, when nothing goes on, then it is named with the remedy`, async () => {
    const { breach } = await play(given, { ...calm(undefined), ...script });
    expect(breach?.law).toBe('what is awaited settles');
    const [who, what, remedy] = says;
    const reason = `${who} waits for ${what}${remedy === undefined ? '' : `: ${remedy}`}`;
    const [, ...reasons] = breach?.found.split('; ') ?? [];
    expect(reasons).toContain(reason);
    expect(reasons).toHaveLength(because);
  });

/** Why what is awaited can never settle. */
async function becauseOf(waiting: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await waiting.catch((thrown: unknown) => thrown);
  if (!isTroupeError(error, 'NEVER_SETTLES')) return [String(error)];
  return error.data.because;
}

const clerk = defineBot({ id: 'clerk' });
const errand = defineWorkflow({ id: 'errand' })
  .step('first', clerk)
  .step('second', () => 2);

test('given a run that is paused, then it is named, and not what is paused with it', async () => {
  await using simulation = await simulate({ definitions: [errand, clerk] });
  const run = await simulation.troupe.start(errand, undefined, { id: 'e-1' });
  await run.pause();
  expect(await becauseOf(run.result())).toEqual(['errand/e-1 is paused: resume it']);
});

test('given a run whose definition is gone, then it is named as parked', async () => {
  await using simulation = await simulate({ definitions: [errand, clerk] });
  await simulation.troupe.start(errand, undefined, { id: 'e-1' });
  await simulation.troupe.start(clerk, undefined, { id: 'c-1', after: ['errand/e-1'] });
  await simulation.crash({ definitions: [clerk] });
  const run = await simulation.troupe.get(clerk, 'c-1');
  const because = await becauseOf(run?.result() ?? Promise.resolve());
  const parked = /^errand\/e-1 is parked \(.+\): register its .+ with `troupe.parked.retry`$/;
  expect(because[0]).toMatch(parked);
  expect(because).toContain('clerk/c-1 waits for errand/e-1 to complete');
});

test('given more than a line can hold, then the rest is counted', async () => {
  await using simulation = await simulate({ definitions: [clerk] });
  const starts = Array.from({ length: 15 }, (_, at) => ({ id: `c-${at}` }));
  const runs = await Promise.all(starts.map((id) => simulation.troupe.start(clerk, undefined, id)));
  const because = await becauseOf(runs[0]?.result() ?? Promise.resolve());
  expect(because.filter((one) => /^clerk\/c-\d+ waits for /.test(one))).toHaveLength(12);
  expect(because.at(-1)).toBe('and 3 more');
});

test('given a machine, then the events of all its active states are awaited', () => {
  const { machine } = partly;
  const value = { up: { left: 'a', right: 'b' } };
  expect(eventsAwaited('partly', value, [machine])).toEqual(['STOP', 'A', 'B']);
  expect(eventsAwaited('unknown', value, [machine])).toEqual([]);
});

test('given what the process waits for, then only what is new is told, each once', () => {
  const before = ['TTYWrap', 'FSReqPromise', 'Timeout'];
  expect(resourceWords(before, before)).toEqual([]);
  const now = ['FSReqPromise', 'FSReqPromise', 'TCPSocketWrap', 'TLSWrap', 'Immediate', 'Timeout'];
  expect(resourceWords(before, now)).toEqual(['a file', 'a connection']);
});

test('given numbers, then their ordinals are English', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '112th',
  ]);
});
