/** Supervised runs under retention: a supervisor that starts a child anew goes on from its last. */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { defineBot, memoryJournal } from '../../src/index.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const counter = setup({
  types: {} as { context: { count: number }; events: { type: 'add' } },
  actions: { add: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'counter',
  version: '1',
  context: { count: 0 },
  on: { add: { actions: 'add' } },
});

const short = defineBot({ id: 'short', work: () => 1 });

test('given a child in the pause before its restart, then its last run is kept', async () => {
  const clock = testClock();
  const journal = memoryJournal();
  const team = await teamOf([counter, short], { clock, journal, retention: { runs: 1 } });
  const during = async <Value>(call: Promise<Value>): Promise<Value> => {
    call.catch(() => undefined);
    await clock.quiet();
    return call;
  };
  const backoff = { initial: '1h', max: '1h' } as const;
  const supervisor = await during(
    team.troupe.supervise({
      id: 'feeds',
      children: [{ id: 'one', work: counter, resumeFrom: 'snapshot', backoff }],
    }),
  );
  const run = supervisor.get('one');
  if (run === undefined) return expect.unreachable();
  await during(team.troupe.send(run, { type: 'add' }));
  await during(run.cancel());
  for (let n = 0; n < 5; n += 1) await during(team.troupe.run(short, undefined, { id: `r${n}` }));
  await clock.advance(5_000);
  const runs = journal.actors({ done: true }).map(({ address }) => address);
  expect(runs).toEqual(['run/counter/feeds%2Fone', 'run/short/r4']);
  await clock.advance(3_600_000);
  const again = journal.byAddress('run/counter/feeds%2Fone');
  expect(again).toMatchObject({ done: false, generation: 2 });
  expect(JSON.parse(again?.snapshot ?? '{}')).toMatchObject({ context: { count: 1 } });
});
