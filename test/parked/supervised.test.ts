/**
 * Children that are parked: a supervisor stops them, and starts them anew, like all others.
 */
import { describe, expect, test } from 'vitest';
import { type AnyEventObject, assign, setup } from 'xstate';
import { type Definition, defineBot, defineWorkflow, type Supervisor } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

const never = () => new Promise(() => {});

/** Lives on one disk, one after the other; each is ended by the next. */
function lives() {
  const disk = simulatedDisk();
  const clock = testClock();
  return {
    clock,
    journal: () => disk.open(),
    async next(definitions: Parameters<typeof teamOf>[0]): Promise<Team> {
      clock.clear();
      const team = await teamOf(definitions, { journal: disk.open(), clock });
      await clock.quiet();
      return team;
    },
  };
}

/** The run of its only child. */
const idOf = (supervisor: Supervisor): string => supervisor.get('c')?.runId ?? '';

/** What a call gives within so much time. */
async function within<T>(call: Promise<T>, { clock }: Team, ms: number): Promise<T | 'hangs'> {
  let given: T | 'hangs' = 'hangs';
  const settled = call.then((value) => {
    given = value;
  });
  await clock.advance(ms);
  if (given !== 'hangs') await settled;
  return given;
}

const bot = defineBot({ id: 'b', work: never });
const one: Definition = defineWorkflow({ id: 'w' }).step('one', bot);
const two: Definition = defineWorkflow({ id: 'w' }).step('two', bot);
type Shutdown = '1s' | 'brutal';
const spec = (work: Definition, shutdown: Shutdown) => ({
  id: 's',
  children: [{ id: 'c', work, shutdown }],
});

describe('given a workflow that is parked under a supervisor', () => {
  async function parkedFlow(shutdown: Shutdown) {
    const at = lives();
    const before = await at.next([one, bot]);
    await before.troupe.supervise(spec(one, shutdown));
    const team = await at.next([two, bot]);
    const supervisor = await team.troupe.supervise(spec(two, shutdown));
    expect((await team.troupe.parked.list()).map(({ runId }) => runId)).toContain(idOf(supervisor));
    return { team, supervisor };
  }

  const ends: [string, (supervisor: Supervisor) => Promise<unknown>][] = [
    ['the supervisor is stopped', (supervisor) => supervisor.stop()],
    ['it is terminated', (supervisor) => supervisor.terminate('c')],
  ];

  test.each(ends)('when %s, then it is cancelled at once', async (_, end) => {
    for (const shutdown of ['1s', 'brutal'] as const) {
      const { team, supervisor } = await parkedFlow(shutdown);
      const id = idOf(supervisor);
      expect(await within(end(supervisor), team, 0)).not.toBe('hangs');
      const run = await team.troupe.runs.get(id);
      expect(await run?.outcome()).toMatchObject({ status: 'CANCELLED' });
      expect(await team.troupe.parked.list()).toEqual([]);
      expect(await team.troupe.incidents.list()).toMatchObject([{ status: 'CLOSED' }]);
    }
  });
});

describe('given a machine that is parked under a supervisor', () => {
  const machine = setup({
    types: {} as { context: { n: unknown }; events: AnyEventObject },
  }).createMachine({
    id: 'm',
    context: { n: 0 },
    on: {
      BAD: { actions: assign({ n: () => () => 1 }) },
      OK: { actions: assign({ n: ({ context }) => Number(context.n) + 1 }) },
    },
  });

  test.each(['snapshot', 'input'] as const)(
    'when it is terminated and started anew from %s, then it takes turns',
    async (resumeFrom) => {
      const team = await teamOf([machine]);
      const { troupe, clock } = team;
      const child = { id: 'c', work: machine, resumeFrom };
      const supervisor = await troupe.supervise({ id: 's', children: [child] });
      const tell = async (type: string) => {
        await Reflect.apply(troupe.send, troupe, [supervisor.get('c'), { type }]);
        await clock.quiet();
      };
      await tell('BAD');
      expect(await troupe.parked.list()).toHaveLength(1);
      expect(await within(supervisor.terminate('c'), team, 0)).not.toBe('hangs');
      expect(await troupe.incidents.list()).toMatchObject([{ status: 'CLOSED' }]);
      expect(await within(supervisor.restart('c'), team, 0)).toBe(true);
      await tell('OK');
      const run = supervisor.get('c');
      expect(await run?.snapshot()).toMatchObject({
        parked: undefined,
        state: { context: { n: 1 } },
      });
    },
  );

  test('when it was parked without its machine, then its new life is awake', async () => {
    const at = lives();
    const before = await at.next([machine]);
    await before.troupe.supervise({ id: 's', children: [{ id: 'c', work: machine }] });
    const other = defineBot({ id: 'other', work: never });
    const team = await at.next([other]);
    expect(await team.troupe.parked.list()).toHaveLength(1);
    await team.troupe.register(machine);
    const supervisor = await team.troupe.supervise({
      id: 's',
      children: [{ id: 'c', work: machine }],
    });
    expect(await within(supervisor.terminate('c'), team, 0)).not.toBe('hangs');
    expect(await within(supervisor.restart('c'), team, 0)).toBe(true);
    const id = idOf(supervisor);
    await Reflect.apply(team.troupe.send, team.troupe, [supervisor.get('c'), { type: 'OK' }]);
    const again = await at.next([machine]);
    const run = await again.troupe.runs.get(id);
    expect(await run?.snapshot()).toMatchObject({
      parked: undefined,
      state: { context: { n: 1 } },
    });
  });

  test('when its structure has changed, then its new life is of the new one', async () => {
    const chart = (state: string) =>
      setup({}).createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { on: { GO: state } }, [state]: {} },
      });
    const [old, changed] = [chart('b'), chart('c')];
    const at = lives();
    const before = await at.next([old]);
    await before.troupe.supervise({ id: 's', children: [{ id: 'c', work: old }] });
    const team = await at.next([changed]);
    expect(await team.troupe.parked.list()).toHaveLength(1);
    const supervisor = await team.troupe.supervise({
      id: 's',
      children: [{ id: 'c', work: changed }],
    });
    await within(supervisor.terminate('c'), team, 0);
    expect(await within(supervisor.restart('c'), team, 0)).toBe(true);
    await Reflect.apply(team.troupe.send, team.troupe, [supervisor.get('c'), { type: 'GO' }]);
    const id = idOf(supervisor);
    const again = await at.next([changed]);
    const run = await again.troupe.runs.get(id);
    expect(await run?.snapshot()).toMatchObject({ parked: undefined, state: { value: 'c' } });
  });
});
