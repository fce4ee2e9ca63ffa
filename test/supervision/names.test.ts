/**
 * The names of children and supervisors: ids are local, an ended supervisor makes room for a new
 * one, and what is added anew under an old id is new.
 */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineBot, type SuperviseOptions } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf } from '../troupe/team.ts';

const resting = defineBot({
  id: 'resting',
  concurrency: 100,
  retry: false,
  work: () => new Promise(() => undefined),
});

const crasher = defineBot({
  id: 'crasher',
  retry: false,
  work: () => {
    throw new RangeError('it crashed');
  },
});

const greeter = setup({
  types: {} as {
    input: { who: string };
    context: { who: string; count: number };
    events: { type: 'add' };
  },
  actions: { add: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'greeter',
  context: ({ input }) => ({ who: input.who, count: 0 }),
  on: { add: { actions: 'add' } },
});

async function during<Value>({ clock }: Team, call: Promise<Value>): Promise<Value> {
  call.catch(() => undefined);
  await clock.quiet();
  return call;
}

/** The context of a child's machine as it is now. */
const contextOf = async (team: Team, id: string): Promise<unknown> =>
  (await team.troupe.get(greeter, id))?.actor.getSnapshot().context;

test('given supervisors and own runs, then equal ids of children are different runs', async () => {
  const team = await teamOf([resting]);
  const children = [{ id: 'db', work: resting }];
  const nested = { supervisor: { children } };
  const own = await during(team, team.troupe.start(resting, undefined, { id: 'db' }));
  const one = await during(team, team.troupe.supervise({ id: 'one', children }));
  const two = await during(team, team.troupe.supervise({ id: 'two', children }));
  const tenants = await during(
    team,
    team.troupe.supervise({
      id: 'tenants',
      children: ['acme', 'bolt'].map((id) => ({ id, ...nested })),
    }),
  );
  const runs = [
    one.get('db'),
    two.get('db'),
    tenants.supervisor('acme')?.get('db'),
    tenants.supervisor('bolt')?.get('db'),
  ];
  expect(own.runId).toBe('resting/db');
  expect(runs.map((run) => run?.id)).toEqual([
    'one/db',
    'two/db',
    'tenants/acme/db',
    'tenants/bolt/db',
  ]);
  expect(one.get('db')?.runId).toBe('resting/one%2Fdb');
  for (const run of runs) {
    expect((await team.troupe.get(resting, run?.id ?? ''))?.runId).toBe(run?.runId);
  }
});

test('given ids that hold slashes, then no two children have one name', async () => {
  const team = await teamOf([resting]);
  const child = (id: string) => ({ id, work: resting });
  const first = await during(
    team,
    team.troupe.supervise({
      id: 'a',
      intensity: { max: 9 },
      children: [{ id: 'b', supervisor: { children: [child('c')] } }, child('b/c'), child('%2F')],
    }),
  );
  const second = await during(team, team.troupe.supervise({ id: 'a/b', children: [child('c')] }));
  const names = [
    first.supervisor('b')?.get('c')?.id,
    first.get('b/c')?.id,
    first.get('%2F')?.id,
    second.get('c')?.id,
  ];
  expect(names).toEqual(['a/b/c', 'a/b%2Fc', 'a/%252F', 'a%2Fb/c']);
  for (const id of ['b/c', '%2F']) {
    await during(team, first.get(id)?.cancel() ?? Promise.resolve());
    expect(await during(team, first.children())).toContainEqual(
      expect.objectContaining({ id, starts: 2, state: 'running' }),
    );
    await during(team, first.terminate('b'));
    await during(team, first.restart('b'));
  }
});

test('given a run of a user under the name of a child, then the child does not start', async () => {
  const team = await teamOf([resting]);
  await during(team, team.troupe.start(resting, undefined, { id: 'one/db' }));
  const children = [{ id: 'db', work: resting }];
  expect(await refused(during(team, team.troupe.supervise({ id: 'one', children })))).toMatchObject(
    { code: 'CHILD_START_FAILED', child: 'db' },
  );
});

test('given names that are too long together, then the child does not start', async () => {
  const team = await teamOf([resting]);
  const children = [{ id: 'c'.repeat(300), work: resting }];
  expect(
    await refused(during(team, team.troupe.supervise({ id: 's'.repeat(300), children }))),
  ).toMatchObject({ code: 'CHILD_START_FAILED', reason: expect.stringContaining('characters') });
});

test('given a machine that was deleted, when it is added anew, then its input is new', async () => {
  const team = await teamOf([greeter]);
  const supervisor = await during(team, team.troupe.supervise({ id: 'team' }));
  for (const who of ['ann', 'bob', 'bob']) {
    await during(team, supervisor.start({ id: 'g', work: greeter, input: { who } }));
    (await team.troupe.get(greeter, 'team/g'))?.actor.send({ type: 'add' });
    await team.clock.quiet();
    expect(await contextOf(team, 'team/g')).toEqual({ who, count: 1 });
    expect((await supervisor.get('g')?.snapshot())?.input).toEqual({ who });
    await during(team, supervisor.terminate('g'));
    await during(team, supervisor.restart('g'));
    expect(await contextOf(team, 'team/g')).toEqual({ who, count: 1 });
    await during(team, supervisor.terminate('g'));
    await during(team, supervisor.delete('g'));
  }
});

test('given a member of a pool that went, when it comes again, then its input is new', async () => {
  const team = await teamOf([greeter]);
  const pool = await during(
    team,
    team.troupe.supervise({
      id: 'pool',
      strategy: 'simple-one-for-one',
      template: { work: greeter },
    }),
  );
  for (const who of ['one', 'two']) {
    await during(team, pool.start({ id: 'k', input: { who } }));
    expect(await contextOf(team, 'pool/k')).toEqual({ who, count: 0 });
    expect((await pool.get('k')?.snapshot())?.title).toBeUndefined();
    await during(team, pool.terminate('k'));
  }
});

test('given options that changed, when a child is added anew, then they hold', async () => {
  const team = await teamOf([greeter]);
  const supervisor = await during(team, team.troupe.supervise({ id: 'team' }));
  const input = { who: 'ann' };
  for (const title of ['first', 'second']) {
    await during(team, supervisor.start({ id: 'g', work: greeter, input, options: { title } }));
    expect((await supervisor.get('g')?.snapshot())?.title).toBe(title);
    await during(team, supervisor.terminate('g'));
    await during(team, supervisor.delete('g'));
  }
});

test('given a supervisor that has ended, when it is supervised again, then it is new', async () => {
  const team = await teamOf([resting, crasher, greeter]);
  const { troupe } = team;
  const input = { who: 'ann' };
  const spec: SuperviseOptions = {
    id: 'team',
    children: [
      { id: 'g', work: greeter, input },
      { id: 'r', work: resting },
    ],
  };
  const first = await during(team, troupe.supervise(spec));
  (await troupe.get(greeter, 'team/g'))?.actor.send({ type: 'add' });
  await during(team, first.stop());
  const second = await during(team, troupe.supervise(spec));
  expect(second.status).toBe('running');
  expect(second.get('r')?.runId).toBe('resting/team%2Fr+2');
  expect(await contextOf(team, 'team/g')).toEqual({ who: 'ann', count: 0 });
  await during(team, second.stop());
  const third = await during(
    team,
    troupe.supervise({ id: 'team', children: [{ id: 'c', work: crasher }] }),
  );
  expect(await during(team, third.outcome())).toMatchObject({ why: 'intensity', child: 'c' });
  const fourth = await during(team, troupe.supervise(spec));
  expect(await during(team, fourth.count())).toMatchObject({ active: 2 });
});

test('given a living supervisor, then only an equal spec finds it', async () => {
  const team = await teamOf([resting]);
  const spec = { id: 'team', children: [{ id: 'r', work: resting }] };
  await during(team, team.troupe.supervise(spec));
  const same = await during(team, team.troupe.supervise(spec));
  expect(same.get('r')?.runId).toBe('resting/team%2Fr');
  const other = team.troupe.supervise({ ...spec, strategy: 'one-for-all' });
  expect(await refused(during(team, other))).toMatchObject({ code: 'SUPERVISOR_CONFLICT' });
});
