/**
 * What findings say is so: the same workflow, run for real, does what its finding tells of it; and
 * all the orders of ends that a real run takes are among those that were looked at.
 */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineApproval, defineBot, defineWorkflow } from '../../../src/index.ts';
import { assertChecked, check } from '../../../src/testing/checking/index.ts';
import { ROOT } from '../../docs/samples.ts';
import { teamOf } from '../../troupe/team.ts';
import { storiesOf } from '../../workflows/story/drawn.ts';
import { Ledger } from '../../workflows/story/ledger.ts';
import { flowOf, play } from '../../workflows/story/play.ts';

const YEAR = 365 * 24 * 3_600_000;
const codes = (workflow: Parameters<typeof check>[0]) =>
  check(workflow).findings.map(({ code }) => code);

test('an approval without end waits for years', async () => {
  const ask = defineWorkflow({ id: 'ask' }).step('who', defineApproval({ id: 'who' }));
  expect(codes(ask)).toEqual(['approval-unanswered']);
  const { troupe, clock } = await teamOf([ask]);
  const run = await troupe.start(ask, undefined, { id: 'a' });
  await clock.advance(10 * YEAR);
  expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
});

test('work by hand that nobody begins has no time-out but that of a workflow', async () => {
  const hand = defineBot({ id: 'hand', timeout: '1m', heartbeat: '1m' });
  const open = defineWorkflow({ id: 'open' }).step('do', hand);
  const timed = defineWorkflow({ id: 'timed', timeout: '1d' }).step('do', hand);
  expect([codes(open), codes(timed)]).toEqual([['failure-never-ends'], []]);
  const { troupe, clock } = await teamOf([open, timed]);
  const first = await troupe.start(open, undefined, { id: 'a' });
  const second = await troupe.start(timed, undefined, { id: 'a' });
  await clock.advance(YEAR);
  expect(await first.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await second.snapshot()).toMatchObject({ status: 'FAILED' });
});

test('an undo that hangs holds a run whose time is over', async () => {
  const timed = defineWorkflow({ id: 'timed', timeout: '1d', retry: false });
  const fail = () => Promise.reject(new Error('no'));
  const hang = async () => {
    await new Promise(() => {});
  };
  const open = timed.step('a', () => 1, { undo: hang }).step('b', fail);
  expect(codes(open)).toEqual(['failure-never-ends']);
  const { troupe, clock } = await teamOf([open]);
  const run = await troupe.start(open, undefined, { id: 'a' });
  await clock.advance(YEAR);
  expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
  const stopped = troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
});

test('what a nested workflow did, and what some items did, is not undone', async () => {
  const undone: string[] = [];
  const fail = () => Promise.reject(new Error('no'));
  const inner = defineWorkflow({ id: 'inner' }).step('book', () => 1, {
    undo: () => void undone.push('book'),
  });
  const outer = defineWorkflow({ id: 'outer', retry: false }).step('trip', inner).step('pay', fail);
  const items = defineWorkflow({ id: 'items', retry: false })
    .step('list', () => [1, 2])
    .step(
      'book',
      ({ input }) => (input === 2 ? fail() : input),
      ({ list }) => list,
      {
        each: { concurrency: 1 },
        undo: () => void undone.push('items'),
      },
    );
  expect([codes(outer), codes(items)]).toEqual([['undo-nobody-can-do'], ['undo-nobody-can-do']]);
  const { troupe, clock } = await teamOf([outer, items]);
  const runs = [
    await troupe.start(outer, undefined, { id: 'a' }),
    await troupe.start(items, undefined, { id: 'a' }),
  ];
  await clock.advance(YEAR);
  for (const run of runs) expect(await run.snapshot()).toMatchObject({ status: 'FAILED' });
  expect(undone).toEqual([]);
});

const examples = readdirSync(`${ROOT}examples`).filter((name) => name.endsWith('.ts'));

test.for(examples)('the example %s checks', async (name) => {
  expect(assertChecked(await import(`${ROOT}examples/${name}`))).toMatchObject({ ok: true });
});

test('property: whatever comes of a plan in a real run was looked at', async () => {
  let seen = 0;
  const ended = ['COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED', 'OMITTED'];
  await fc.assert(
    fc.asyncProperty(storiesOf(5), async (story) => {
      const { coverage, findings, bounds } = check(flowOf(story, new Ledger(), {} as never));
      const hits = new Map(coverage.map(({ place, hits }) => [place, hits]));
      const lost = findings.filter(({ code }) => code === 'step-unreachable');
      const { value } = await play(story);
      for (const [name, { status }] of Object.entries(value.outcome.steps ?? {})) {
        if (!ended.includes(status)) continue;
        const place = `${name} ${status}`;
        seen += 1;
        if (bounds.isExhausted) expect(hits.get(place), place).toBeGreaterThan(0);
        else expect([...hits.keys()]).toContain(place);
        if (status === 'COMPLETED' || status === 'FAILED')
          expect(lost.map((finding) => finding.place)).not.toContain(`step ${name}`);
      }
    }),
    { numRuns: 100 },
  );
  expect(seen).toBeGreaterThan(100);
});
