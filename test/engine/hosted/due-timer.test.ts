/** The end of a run's pause, when the run can't start anew: it waits, and nobody else minds. */
import { expect, test, vi } from 'vitest';
import { type AnyEventObject, assign, setup } from 'xstate';
import { Lives } from '../../../src/engine/lives/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import { home, othersGoOn, startRun, tell } from '../../misuse/home.ts';

const fails = setup({
  types: {} as { context: { n: number }; events: AnyEventObject },
  actions: {
    fail: () => {
      throw new RangeError('a fault');
    },
  },
}).createMachine({
  id: 'fails',
  context: { n: 0 },
  on: {
    FAIL: { actions: 'fail' },
    UP: { actions: assign({ n: ({ context }) => context.n + 1 }) },
  },
});

test.each(['snapshot', 'input'] as const)(
  'given a restart from %s that is refused, then the run is parked and goes on later',
  async (resumeFrom) => {
    const at = await home([fails]);
    const backoff = { initial: '10s', max: '10s' } as const;
    const supervision = { restart: 'transient', backoff, resumeFrom } as const;
    const run = await startRun(at.troupe, fails, undefined, { id: 'r', supervision });
    await tell(at.troupe, run, { type: 'UP' });
    await tell(at.troupe, run, { type: 'FAIL' });
    await at.clock.quiet();
    const refusing = vi.spyOn(Lives.prototype, 'restart').mockImplementation(() => {
      throw troupeError('NOT_REGISTERED', { definition: 'fails', known: [] });
    });
    await at.clock.advance(10_000);
    refusing.mockRestore();
    expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 1 });
    expect(at.incidents()).toMatchObject([{ about: 'run/fails/r', code: 'NOT_DURABLE' }]);
    expect(await othersGoOn(at)).toBe(true);
    await at.troupe.parked.retry('fails/r');
    await at.clock.advance(0);
    expect(await run.snapshot()).toMatchObject({
      status: 'IN_PROGRESS',
      attempts: 2,
      state: { context: { n: resumeFrom === 'snapshot' ? 1 : 0 } },
    });
  },
);
