/** Supervised machines that go on as a newer version: the supervisor runs what there is now. */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineMachine, type SuperviseOptions } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

const chart = setup({
  types: {} as {
    context: { count: number };
    events: { type: 'add' } | { type: 'break' } | { type: 'again' };
  },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    break: assign(() => {
      throw new RangeError('it can not take this');
    }),
  },
});

const first = defineMachine(
  chart.createMachine({
    id: 'counter',
    context: { count: 0 },
    on: { add: { actions: 'add' }, break: { actions: 'break' } },
  }),
);

const secondChart = chart.createMachine({
  id: 'counter',
  context: { count: 1_000 },
  initial: 'up',
  states: { up: {} },
  on: { add: { actions: 'add' }, break: { actions: 'break' }, again: {} },
});
const second = defineMachine(secondChart, {
  version: '2',
  migrations: { 1: ({ context }) => ({ value: 'up', context }) },
});
const unrelated = defineMachine(secondChart, { version: '2' });

type Counter = typeof first | typeof second;

async function during<Value>({ clock }: Team, call: Promise<Value>): Promise<Value> {
  call.catch(() => undefined);
  await clock.quiet();
  return call;
}

/** Processes on one disk, one after the other. */
function processes() {
  const clock = testClock();
  const disk = simulatedDisk();
  return async (definitions: readonly Counter[]): Promise<Team> => {
    clock.clear();
    const team = await teamOf(definitions, { clock, journal: disk.open() });
    await clock.quiet();
    return team;
  };
}

const spec = (work: Counter): SuperviseOptions => ({
  id: 'team',
  intensity: { max: 3 },
  children: [
    { id: 'c', work },
    { id: 's', supervisor: { children: [{ id: 'd', work, resumeFrom: 'input' }] } },
  ],
});

const pool = (work: Counter): SuperviseOptions => ({
  id: 'pool',
  strategy: 'simple-one-for-one',
  template: { work },
});

async function tell(team: Team, id: string, type: 'add' | 'break'): Promise<void> {
  (await team.troupe.get(second, id))?.actor.send({ type });
  await team.clock.quiet();
}

const contextOf = async (team: Team, id: string): Promise<unknown> =>
  (await team.troupe.get(second, id))?.actor.getSnapshot().context;

test('given a migration, then children are restarted as the version that they are of', async () => {
  const next = processes();
  const before = await next([first]);
  await during(before, before.troupe.supervise(spec(first)));
  await tell(before, 'team/c', 'add');
  await tell(before, 'team/s/d', 'add');
  const after = await next([second]);
  const supervisor = await during(after, after.troupe.supervise(spec(second)));
  for (const id of ['team/c', 'team/s/d']) await tell(after, id, 'break');
  expect(supervisor.status).toBe('running');
  expect(await contextOf(after, 'team/c')).toEqual({ count: 1 });
  expect(await contextOf(after, 'team/s/d')).toEqual({ count: 1_000 });
  await during(after, supervisor.terminate('c'));
  expect(await during(after, supervisor.restart('c'))).toBe(true);
  expect(await contextOf(after, 'team/c')).toEqual({ count: 1 });
  await during(after, supervisor.terminate('s'));
  expect(await during(after, supervisor.restart('s'))).toBe(true);
  expect(await contextOf(after, 'team/s/d')).toEqual({ count: 1_000 });
});

test('given a migration, then new members of a pool are of the newest version', async () => {
  const next = processes();
  const before = await next([first]);
  const old = await during(before, before.troupe.supervise(pool(first)));
  await during(before, old.start({ id: 'a' }));
  const after = await next([second]);
  const found = await during(after, after.troupe.supervise(pool(second)));
  expect(await during(after, found.start({ id: 'b' }))).toBe(true);
  expect(await contextOf(after, 'pool/b')).toEqual({ count: 1_000 });
});

test('given both versions, or no migration, then the newer one is another spec', async () => {
  const next = processes();
  const before = await next([first]);
  await during(before, before.troupe.supervise(spec(first)));
  for (const definitions of [[first, second], [unrelated]]) {
    const after = await next(definitions);
    const work = definitions.at(-1) ?? first;
    expect(await refused(during(after, after.troupe.supervise(spec(work))))).toMatchObject({
      code: 'SUPERVISOR_CONFLICT',
    });
  }
});

test('given no migration, when the child is gone, then what is missing is told', async () => {
  const next = processes();
  const before = await next([first]);
  await during(before, before.troupe.supervise(spec(first)));
  const after = await next([unrelated]);
  await during(after, after.troupe.runs.get('counter/team%2Fc'));
  const [run] = await during(after, after.troupe.parked.list());
  expect(run?.runId).toBe('counter/team%2Fc');
  await during(after, after.troupe.parked.discard('counter/team%2Fc'));
  await after.clock.quiet();
  const incidents = await during(after, after.troupe.incidents.list({ status: 'OPEN' }));
  const gaveUp = incidents.find(({ about }) => about === 'supervisor/team');
  expect(gaveUp?.message ?? 'it goes on').toContain('[NOT_REGISTERED]');
});
