/** Why a supervisor gave up: its outcome, its incident and the log name the last failure. */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineBot, type SuperviseOptions, type Supervisor } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf } from '../troupe/team.ts';

const feed = defineBot({
  id: 'feed',
  retry: false,
  work: () => {
    throw Object.assign(new RangeError('the line broke'), { code: 'LINE_BROKE' });
  },
});

const brief = defineBot({ id: 'brief', work: () => 'done' });

const fragile = setup({
  types: {} as { events: { type: 'BREAK' } },
  actions: {
    break: assign(() => {
      throw new RangeError('it can not take this');
    }),
  },
}).createMachine({ id: 'fragile', on: { BREAK: { actions: 'break' } } });

async function during<Value>({ clock }: Team, call: Promise<Value>): Promise<Value> {
  call.catch(() => undefined);
  await clock.quiet();
  return call;
}

/** A supervisor and its incidents, once all is quiet. */
async function supervised(team: Team, options: SuperviseOptions) {
  const supervisor: Supervisor = await during(team, team.troupe.supervise(options));
  await team.clock.quiet();
  const incidents = await during(team, team.troupe.incidents.list());
  return { supervisor, incidents };
}

const broke = { code: 'LINE_BROKE', message: 'the line broke' };

test('given one failure too many, then outcome, incident and log tell it', async () => {
  const team = await teamOf([feed]);
  const options: SuperviseOptions = { id: 'feeds', children: [{ id: 'f', work: feed }] };
  const { supervisor, incidents } = await supervised(team, options);
  expect(await during(team, supervisor.outcome())).toEqual({
    why: 'intensity',
    child: 'f',
    reason: 'shutdown: more than 1 restart within 5 s, the last for f: [LINE_BROKE] the line broke',
    error: { ...broke, retryable: true, at: 'run/feed/feeds%2Ff+2' },
  });
  const error = 'more than 1 restart within 5 s, the last for f: [LINE_BROKE] the line broke';
  const message = `supervisor/feeds gave up: ${error}`;
  expect(incidents).toMatchObject([{ about: 'supervisor/feeds', message }]);
  expect(team.logged).toContainEqual({
    level: 'error',
    text: 'a supervisor gave up',
    facts: { actor: 'supervisor/feeds', code: 'RESTART_INTENSITY', error },
  });
});

test('given a supervisor below that gave up, then the one above tells its failure', async () => {
  const team = await teamOf([feed]);
  const inner: SuperviseOptions = { intensity: { max: 0 }, children: [{ id: 'f', work: feed }] };
  const { supervisor, incidents } = await supervised(team, {
    id: 'top',
    intensity: { max: 2 },
    children: [{ id: 's', supervisor: inner }],
  });
  expect(await during(team, supervisor.outcome())).toMatchObject({ child: 's', error: broke });
  expect(incidents).toHaveLength(1);
  const gaveUp = team.logged.filter(({ text }) => text.startsWith('a supervisor gave up'));
  expect(gaveUp.map(({ level, facts }) => [level, facts?.actor])).toEqual([
    ...Array(3).fill(['warn', 'supervisor/top/s']),
    ['error', 'supervisor/top'],
  ]);
  expect(incidents[0]?.message).toContain('more than 2 restarts within 5 s, the last for s: [LINE');
});

test('given ends that are no failures, then none is told', async () => {
  const team = await teamOf([brief]);
  const { supervisor } = await supervised(team, {
    id: 'team',
    intensity: { max: 0 },
    children: [{ id: 'b', work: brief }],
  });
  expect(await during(team, supervisor.outcome())).toEqual({
    why: 'intensity',
    child: 'b',
    reason: 'shutdown: more than 0 restarts within 5 s, the last for b',
    error: undefined,
  });
});

test.each(['snapshot', 'input'] as const)(
  'given poison, from %s, then it is told',
  async (from) => {
    const team = await teamOf([fragile]);
    const { supervisor } = await supervised(team, {
      id: 'team',
      children: [{ id: 'c', work: fragile, resumeFrom: from }],
    });
    for (let n = 0; n < 2; n += 1) {
      (await team.troupe.get(fragile, 'team/c'))?.actor.send({ type: 'BREAK' });
      await team.clock.quiet();
    }
    const outcome = await during(team, supervisor.outcome());
    expect(outcome.why).toBe('intensity');
    expect(outcome.error?.message).toContain('it can not take this');
  },
);

test('given a child below that does not start, then nothing of it is a dead letter', async () => {
  const team = await teamOf([feed]);
  await during(team, team.troupe.start(feed, undefined, { id: 'top/s/f' }));
  const inner: SuperviseOptions = { children: [{ id: 'f', work: feed }] };
  const call = team.troupe.supervise({ id: 'top', children: [{ id: 's', supervisor: inner }] });
  expect(await refused(during(team, call))).toMatchObject({ code: 'CHILD_START_FAILED' });
  expect(await during(team, team.troupe.deadLetters.list())).toEqual([]);
});
