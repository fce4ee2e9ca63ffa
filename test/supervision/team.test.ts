/**
 * `troupe.supervise`: children that are runs and machines, calls with their refusals, options
 * refused by their fields, same id same supervisor, going on after a restart of the team.
 */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineBot, memoryJournal, type SuperviseOptions } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

/** Works until it is told how to end. */
function puppet(id = 'puppet') {
  const open = new Map<string, PromiseWithResolvers<string>>();
  const begun: string[] = [];
  const bot = defineBot({
    id,
    concurrency: 100,
    retry: false,
    work: ({ runId }) => {
      begun.push(runId);
      const ending = Promise.withResolvers<string>();
      open.set(runId, ending);
      return ending.promise;
    },
  });
  const crash = (runId: string): void => open.get(runId)?.reject(new RangeError('it crashed'));
  const complete = (runId: string): void => open.get(runId)?.resolve('done');
  return { bot, begun, crash, complete };
}

const counter = setup({
  types: {} as { context: { count: number }; events: { type: 'add' } | { type: 'break' } },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    break: assign(() => {
      throw new RangeError('it can not take this');
    }),
  },
}).createMachine({
  id: 'counter',
  version: '1',
  context: { count: 0 },
  on: { add: { actions: 'add' }, break: { actions: 'break' } },
});

/** Waits for a call while time passes. */
async function during<Value>({ clock }: Team, call: Promise<Value>): Promise<Value> {
  call.catch(() => undefined);
  await clock.quiet();
  return call;
}

test('given children, then they are started in order, and a crashed one anew', async () => {
  const { bot, begun, crash } = puppet();
  const team = await teamOf([bot]);
  const children = [
    { id: 'a', work: bot, input: undefined },
    { id: 'b', work: bot, input: undefined },
  ];
  const supervisor = await during(team, team.troupe.supervise({ id: 'team', children }));
  await team.clock.quiet();
  expect(begun).toEqual(['puppet/team%2Fa', 'puppet/team%2Fb']);
  crash('puppet/team%2Fa');
  await team.clock.quiet();
  expect(begun).toEqual(['puppet/team%2Fa', 'puppet/team%2Fb', 'puppet/team%2Fa+2']);
  expect(supervisor.get('a')?.runId).toBe('puppet/team%2Fa+2');
  expect(await during(team, supervisor.count())).toEqual({
    specs: 2,
    active: 2,
    supervisors: 0,
    workers: 2,
  });
});

test('given one restart too many, then it gives up, and an incident is open', async () => {
  const { bot, crash } = puppet();
  const team = await teamOf([bot]);
  const children = [
    { id: 'a', work: bot },
    { id: 'b', work: bot },
  ];
  const supervisor = await during(team, team.troupe.supervise({ id: 'team', children }));
  await team.clock.quiet();
  crash('puppet/team%2Fa');
  await team.clock.quiet();
  crash('puppet/team%2Fa+2');
  await team.clock.quiet();
  expect(await during(team, supervisor.outcome())).toMatchObject({ why: 'intensity', child: 'a' });
  expect(supervisor.get('b')?.id).toBe('team/b');
  expect(await during(team, Promise.resolve(supervisor.get('b')?.outcome()))).toMatchObject({
    status: 'CANCELLED',
    reason: 'shutdown',
  });
  expect(await refused(during(team, supervisor.count()))).toMatchObject({
    code: 'SUPERVISOR_STOPPED',
  });
});

test('given calls about children, then each has its answer or its refusal', async () => {
  const { bot } = puppet();
  const team = await teamOf([bot]);
  const supervisor = await during(
    team,
    team.troupe.supervise({ id: 'team', children: [{ id: 'a', work: bot }] }),
  );
  const refusal = async (call: Promise<unknown>): Promise<unknown> => {
    const { code, refusal: why } = await refused(during(team, call));
    return code === 'CHILD_REFUSED' ? why : code;
  };
  expect(await refusal(supervisor.restart('nobody'))).toBe('not-found');
  expect(await refusal(supervisor.restart('a'))).toBe('running');
  expect(await refusal(supervisor.delete('a'))).toBe('running');
  expect(await refusal(supervisor.start({ id: 'a', work: bot }))).toBe('already-started');
  await during(team, supervisor.terminate('a'));
  await during(team, supervisor.terminate('a'));
  expect(await refusal(supervisor.start({ id: 'a', work: bot }))).toBe('already-present');
  expect(await during(team, supervisor.restart('a'))).toBe(true);
  await during(team, supervisor.terminate('a'));
  await during(team, supervisor.delete('a'));
  expect(await during(team, supervisor.children())).toEqual([]);
  expect(await during(team, supervisor.start({ id: 'z', work: bot }))).toBe(true);
  expect(await during(team, supervisor.children())).toMatchObject([{ id: 'z', state: 'running' }]);
  expect(await during(team, supervisor.stop())).toMatchObject({ why: 'stopped' });
});

test('given a pool, then members come and go by their ids', async () => {
  const { bot, begun, crash } = puppet();
  const team = await teamOf([bot]);
  const supervisor = await during(
    team,
    team.troupe.supervise({
      id: 'team',
      strategy: 'simple-one-for-one',
      template: { work: bot, restart: 'transient' },
    }),
  );
  await during(team, Promise.all([supervisor.start({ id: 'x' }), supervisor.start({ id: 'y' })]));
  await team.clock.quiet();
  crash('puppet/team%2Fx');
  await team.clock.quiet();
  expect(begun).toEqual(['puppet/team%2Fx', 'puppet/team%2Fy', 'puppet/team%2Fx+2']);
  await during(team, supervisor.terminate('y'));
  await during(team, supervisor.terminate('y'));
  expect(await refused(during(team, supervisor.terminate('foreign')))).toMatchObject({
    refusal: 'not-found',
  });
  expect(await during(team, supervisor.count())).toMatchObject({ specs: 1, active: 1 });
  expect(await refused(during(team, supervisor.delete('x')))).toMatchObject({
    refusal: 'simple-one-for-one',
  });
});

test('given a supervisor in a supervisor, when it gives up, then it is restarted', async () => {
  const { bot, begun, crash } = puppet();
  const team = await teamOf([bot]);
  const inner = { intensity: { max: 0 }, children: [{ id: 'x', work: bot }] };
  const supervisor = await during(
    team,
    team.troupe.supervise({ id: 'outer', children: [{ id: 's', supervisor: inner }] }),
  );
  await team.clock.quiet();
  crash('puppet/outer%2Fs%2Fx');
  await team.clock.quiet();
  expect(begun).toEqual(['puppet/outer%2Fs%2Fx', 'puppet/outer%2Fs%2Fx+2']);
  expect(supervisor.supervisor('s')?.status).toBe('running');
  expect(supervisor.supervisor('s')?.get('x')?.runId).toBe('puppet/outer%2Fs%2Fx+2');
});

test('given a child that does not start, then those before are stopped again', async () => {
  const { bot } = puppet();
  const team = await teamOf([bot]);
  await during(team, team.troupe.start(bot, undefined, { id: 'team/b' }));
  const children = [
    { id: 'a', work: bot },
    { id: 'b', work: bot },
  ];
  expect(
    await refused(during(team, team.troupe.supervise({ id: 'team', children }))),
  ).toMatchObject({ code: 'CHILD_START_FAILED', child: 'b' });
  expect((await team.troupe.get(bot, 'team/a'))?.id).toBe('team/a');
});

test('given the same id, then it is the same supervisor, or refused', async () => {
  const { bot, begun } = puppet();
  const team = await teamOf([bot]);
  const spec = { id: 'team', children: [{ id: 'a', work: bot }] };
  await during(team, team.troupe.supervise(spec));
  await during(team, team.troupe.supervise(spec));
  await team.clock.quiet();
  expect(begun).toEqual(['puppet/team%2Fa']);
  const other = { ...spec, intensity: { max: 2 } };
  expect(await refused(during(team, team.troupe.supervise(other)))).toMatchObject({
    code: 'SUPERVISOR_CONFLICT',
  });
});

test('given a poison message, then it counts and leaves the state as it was', async () => {
  const team = await teamOf([]);
  await team.troupe.register(counter);
  const supervisor = await during(
    team,
    team.troupe.supervise({ id: 'team', children: [{ id: 'c', work: counter }] }),
  );
  const run = await team.troupe.get(counter, 'team/c');
  run?.actor.send({ type: 'add' });
  run?.actor.send({ type: 'break' });
  await team.clock.quiet();
  expect(run?.actor.getSnapshot().context).toEqual({ count: 1 });
  expect(supervisor.status).toBe('running');
  run?.actor.send({ type: 'break' });
  await team.clock.quiet();
  expect(await during(team, supervisor.outcome())).toMatchObject({ why: 'intensity' });
});

test('given machines in a group, then each goes on from its state when one fails', async () => {
  const team = await teamOf([]);
  await team.troupe.register(counter);
  const children = ['c', 'd'].map((id) => ({ id, work: counter }));
  const options = { id: 'team', strategy: 'one-for-all', children } as const;
  const supervisor = await during(team, team.troupe.supervise(options));
  for (const id of ['c', 'd'])
    (await team.troupe.get(counter, `team/${id}`))?.actor.send({ type: 'add' });
  await team.clock.quiet();
  (await team.troupe.get(counter, 'team/c'))?.actor.send({ type: 'break' });
  await team.clock.quiet();
  expect(await during(team, supervisor.children())).toMatchObject([{ starts: 2 }, { starts: 2 }]);
  for (const id of ['c', 'd']) {
    const run = await team.troupe.get(counter, `team/${id}`);
    expect([id, run?.actor.getSnapshot().context]).toEqual([id, { count: 1 }]);
  }
});

test('given a restart of the team, then the supervisor goes on with what it counted', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const first = puppet();
  const spec = (bot: typeof first.bot) => ({ id: 'team', children: [{ id: 'a', work: bot }] });
  const before = await teamOf([first.bot], { clock, journal: disk.open() });
  await during(before, before.troupe.supervise(spec(first.bot)));
  await clock.quiet();
  first.crash('puppet/team%2Fa');
  await clock.quiet();
  const stopped = before.troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  const second = puppet();
  const after = await teamOf([second.bot], { clock, journal: disk.open() });
  await clock.quiet();
  expect(second.begun).toEqual(['puppet/team%2Fa+2']);
  const supervisor = await during(after, after.troupe.supervise(spec(second.bot)));
  second.crash('puppet/team%2Fa+2');
  expect(await during(after, supervisor.outcome())).toMatchObject({ why: 'intensity' });
});

const { bot: plain } = puppet('plain');

test.each<[object, string]>([
  [{ stratagem: 1 }, 'stratagem'],
  [{ strategy: 'all' }, 'strategy'],
  [{ intensity: { max: -1 } }, 'intensity.max'],
  [{ intensity: { within: 0 } }, 'intensity.within'],
  [{ intensity: { within: '1500ms' } }, 'intensity.within'],
  [{ intensity: { within: 'ever' } }, 'intensity.within'],
  [{ autoShutdown: 'some' }, 'autoShutdown'],
  [{ children: plain }, 'children'],
  [
    {
      children: [
        { id: 'a', work: plain },
        { id: 'a', work: plain },
      ],
    },
    'children[1].id',
  ],
  [{ children: [{ id: 'a' }] }, 'work'],
  [{ children: [{ id: 'a', work: plain, restart: 'often' }] }, 'restart'],
  [{ children: [{ id: 'a', work: plain, shutdown: 'never' }] }, 'shutdown'],
  [{ children: [{ id: 'a', work: plain, significant: 1 }] }, 'significant'],
  [{ children: [{ id: 'a', work: plain, significant: true }] }, 'significant'],
  [
    { children: [{ id: 'a', work: plain, significant: true, restart: 'transient' }] },
    'significant',
  ],
  [
    {
      autoShutdown: 'any-significant',
      children: [{ id: 'a', work: plain, significant: true, restart: 'permanent' }],
    },
    'significant',
  ],
  [{ children: [{ id: 'a', work: plain, resumeFrom: 'snapshot' }] }, 'resumeFrom'],
  [{ children: [{ id: 'a', work: plain, backoff: { initial: -1 } }] }, 'backoff.initial'],
  [{ children: [{ id: 'a', work: plain, supervisor: {} }] }, 'work'],
  [{ children: [{ id: 'a', supervisor: { strategy: 'all' } }] }, 'strategy'],
  [{ strategy: 'simple-one-for-one' }, 'template'],
  [{ strategy: 'simple-one-for-one', template: { supervisor: {} } }, 'supervisor'],
  [
    { strategy: 'simple-one-for-one', template: { work: plain }, children: [{ id: 'a' }] },
    'children',
  ],
  [{ template: { work: plain } }, 'template'],
])('the spec %j is refused by its field %s', async (spec, field) => {
  const team = await teamOf([plain], { journal: memoryJournal() });
  const call = team.troupe.supervise(spec as SuperviseOptions);
  expect(await refused(during(team, call))).toMatchObject({ code: 'BAD_OPTION', field });
});
