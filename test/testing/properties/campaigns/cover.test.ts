/** What no run came to: it fails a property, unless it is excused by name. */
import { defineBot, defineWorkflow, handler, isTroupeError, type Troupe } from 'troupe';
import { property } from 'troupe/testing';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { z } from 'zod';

const flow = defineWorkflow({ id: 'flow', input: z.boolean() })
  .step('find', () => 'found')
  .step('polish', () => 'polished', { when: ({ input }) => input });
const idle = createMachine({ id: 'idle', initial: 'a', states: { a: {} } });
const desk = defineBot({
  id: 'desk',
  on: { note: handler(z.string(), () => 1), bill: handler(z.string(), () => 2) },
});
const door = createMachine({
  id: 'door',
  initial: 'closed',
  states: { closed: { after: { 1000: 'open' } }, open: { type: 'final' }, welded: {} },
});

const team = {
  definitions: [flow, idle, desk, door],
  scenario: async (troupe: Troupe): Promise<void> => {
    await (await troupe.start(flow, false, { id: 'f' })).outcome();
    await (await troupe.start(door, undefined, { id: 'd' })).outcome();
    await troupe.send(desk, { type: 'note', payload: 'hi' });
  },
};
const missed = [
  'never-reached:#door.welded of door',
  'never-reached:step polish of flow',
  'never-reached:handler bill of desk',
].toSorted();
const never = [...missed, 'never-reached:#idle.a of idle'];

/** What is told as never reached; empty: nothing. */
const told = async (asked: Promise<unknown>): Promise<readonly string[]> => {
  try {
    await asked;
    return [];
  } catch (error) {
    if (!isTroupeError(error, 'CHECK_FAILED')) throw error;
    const { report, findings } = error.data;
    const names = [...report.matchAll(/^- (never-reached:.*?): /gm)].map(([, name]) => name ?? '');
    expect(names).toHaveLength(findings);
    return names.toSorted();
  }
};

const excuses = missed.map((name) => name.replace(/ of \w+$/, ''));

test('what ran is held to all that it declares, from 100 scripts on', async () => {
  expect(await told(property({ ...team, runs: 100 }))).toEqual(missed);
  expect(await told(property({ ...team, runs: 99 }))).toEqual([]);
  expect(await told(property({ ...team, path: '40' }))).toEqual([]);
}, 60_000);

test('given few scripts, then it is held to what it asks for', async () => {
  expect(await told(property({ ...team, runs: 4, cover: true }))).toEqual(missed);
  expect(await told(property({ ...team, runs: 4, cover: 'all' }))).toEqual(never.toSorted());
  expect(await told(property({ ...team, runs: 4, cover: false }))).toEqual([]);
  expect(await told(property({ ...team, path: '2', cover: 'all' }))).toEqual([]);
});

test('given excuses, then they hold by name or by code; those of nothing are refused', async () => {
  const asked = (allow: readonly string[], all = false) =>
    property({ ...team, runs: 4, cover: { allow, all } });
  expect(await told(asked(excuses))).toEqual([]);
  expect(await told(asked(['never-reached'], true))).toEqual([]);
  expect(await told(asked(excuses, true))).toEqual(['never-reached:#idle.a of idle']);
  expect(await told(asked(excuses.slice(1)))).toHaveLength(1);
  for (const stale of ['never-reached:step find', 'never-reached:#idle.a', 'step-unreachable']) {
    const refused = asked([...excuses, stale]);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(refused).rejects.toThrow(`cover.allow names ${stale}, which excuses nothing`);
  }
});

test('given a scenario that starts nothing, then it is told, whatever the scripts', async () => {
  const nothing = { ...team, scenario: () => undefined, runs: 2 };
  expect(await told(property(nothing))).toContain('never-reached:run of flow');
  expect(await told(property({ ...nothing, cover: false }))).toEqual([]);
});
