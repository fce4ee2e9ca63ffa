/** Which approval is meant: paths, repeated steps, names with slashes; which ones are listed. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineApproval, defineBot, defineWorkflow, graph, repeat } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const gate = defineApproval({ id: 'gate', answer: z.enum(['again', 'good']) });
const plain = defineApproval({ id: 'plain' });
const yes = { approve: true, by: 'ann' } as const;

test('a path leads to approvals of nested workflows and of work in them', async () => {
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('a/b', plain, undefined) });
  const inner = defineWorkflow({ id: 'inner' })
    .step('first', plain)
    .step('second', lead, { after: [] });
  const outer = defineWorkflow({ id: 'outer' }).step('in', inner);
  const { troupe, clock } = await teamOf([outer]);
  const run = await troupe.start(outer, undefined, { id: 'o' });
  await clock.quiet();
  const steps: string[] = [];
  for await (const event of run.events()) {
    if (event.type === 'approval') steps.push(event.step);
    if (steps.length === 2) break;
  }
  expect(steps.toSorted()).toEqual(['in/first', 'in/second/a%2Fb']);
  const ids = (await troupe.approvals.list({ run })).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(['outer/o/in/first', 'outer/o/in/second/a%2Fb']);
  const unknown = run.decide('in/third', yes);
  expect(await refused(unknown)).toMatchObject({ code: 'UNKNOWN_APPROVAL' });
  await run.decide('in/first', yes);
  const bot = await troupe.runs.get('outer/o/in/second');
  await bot?.decide('a/b', yes);
  expect(await run.result()).toMatchObject({ by: 'ann' });
});

test('a step that runs again is meant by its last run; each run has an id of its own', async () => {
  const flow = defineWorkflow({ id: 'flow' }).step(
    'polish',
    repeat('polish', gate, { until: (answer) => answer === 'good', max: 3 }),
  );
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const [first] = await troupe.approvals.list({ status: 'OPEN' });
  const path = `polish/${first?.step ?? ''}` as const;
  await run.decide(path, { ...yes, answer: 'again' });
  await clock.quiet();
  const open = await troupe.approvals.list({ status: 'OPEN' });
  expect(open).toMatchObject([{ step: first?.step, id: `${first?.id}~2` }]);
  const old = troupe.approvals.decide(first?.id ?? '', { ...yes, answer: 'good' });
  expect(await refused(old)).toMatchObject({ code: 'ALREADY_DECIDED' });
  await run.decide(path, { ...yes, answer: 'good' });
  expect(await run.result()).toBe('good');
  const asked: string[] = [];
  for await (const event of run.events()) if (event.type === 'approval') asked.push(event.approval);
  expect(asked).toEqual([first?.id, `${first?.id}~2`]);
});

test('approvals of a plan take no place under its limit', async () => {
  const steps = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { work: plain }]));
  const plan = graph('plan', { ...steps, d: { work: () => 'done' } }, { concurrency: 1 });
  const { troupe, clock } = await teamOf([plan]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  expect(await troupe.approvals.list({ status: 'OPEN', run: 'plan/p' })).toHaveLength(3);
  for (const name of ['c', 'a', 'b']) await run.decide(name, yes);
  expect(await run.result()).toBe('done');
});

test('they are listed by status, definition and run; what is no filter is refused', async () => {
  const { troupe } = await teamOf([plain, gate]);
  const one = await troupe.start(plain, undefined, { id: '1' });
  await troupe.start(gate, undefined, { id: '1' });
  const { approvals } = troupe;
  await one.decide(yes);
  await (await troupe.start(plain, undefined, { id: '2' })).cancel();
  const ids = async (filter: Parameters<typeof approvals.list>[0]) =>
    (await approvals.list(filter)).map(({ id }) => id);
  expect(await ids({})).toEqual(['plain/1', 'gate/1', 'plain/2']);
  expect(await ids({ status: 'OPEN' })).toEqual(['gate/1']);
  expect(await ids({ status: 'DECIDED' })).toEqual(['plain/1']);
  expect(await ids({ status: 'CANCELLED', definition: 'plain' })).toEqual(['plain/2']);
  expect(await ids({ run: one })).toEqual(['plain/1']);
  expect(await ids({ run: 'none' })).toEqual([]);
  expect(await approvals.get('none')).toBeUndefined();
  for (const filter of [{ status: 'open' }, { definition: '' }, { state: 'OPEN' }, { run: 7 }]) {
    expect(await refused(approvals.list(filter as never))).toMatchObject({ code: 'BAD_OPTION' });
  }
  expect(await refused(approvals.get(7 as never))).toMatchObject({ code: 'BAD_OPTION' });
  expect(await refused(approvals.decide('', yes))).toMatchObject({ code: 'BAD_OPTION' });
});

test('given a missing definition, then its approval is parked and takes no decision', async () => {
  const disk = simulatedDisk();
  const clock = testClock();
  const first = await teamOf([plain], { journal: disk.open(), clock });
  await first.troupe.start(plain, undefined, { id: 'p' });
  const without = await teamOf([], { journal: disk.open(), clock });
  const { approvals, parked } = without.troupe;
  expect(await approvals.get('plain/p')).toMatchObject({
    status: 'OPEN',
    parked: 'its definition plain version 1 is not registered',
  });
  expect(await refused(approvals.decide('plain/p', yes))).toMatchObject({ code: 'PARKED' });
  expect(await parked.list()).toHaveLength(1);
  const changed = defineApproval({ id: 'plain', answer: z.string() });
  const other = await teamOf([changed], { journal: disk.open(), clock });
  expect(await other.troupe.parked.list()).toMatchObject([
    { reason: expect.stringContaining('has changed') },
  ]);
  const { troupe } = await teamOf([plain], { journal: disk.open(), clock });
  await troupe.approvals.decide('plain/p', yes);
  expect(await troupe.approvals.get('plain/p')).toMatchObject({ status: 'DECIDED' });
});

test('what can be no step of an approval is refused when it is declared or run', async () => {
  const retried = () => defineWorkflow({ id: 'w' }).step('a', plain, { retry: 2 } as never);
  expect(await refused(Promise.resolve().then(retried))).toMatchObject({ field: 'retry' });
  const timed = graph('g', { a: { work: 'plain', timeout: '1h' } });
  const { troupe } = await teamOf([plain]);
  expect(await refused(troupe.start(timed, undefined))).toMatchObject({ field: 'timeout' });
  const wrong = [
    {},
    { id: '' },
    { id: 'x', retry: 1 },
    { id: 'x', timeout: 1 },
    { id: 'x', answer: String },
    { id: 'x', expiresIn: 0 },
    { id: 'x', remindEvery: 'daily' },
  ];
  for (const options of wrong) {
    const declare = () => defineApproval(options as never);
    const { code } = await refused(Promise.resolve().then(declare));
    expect(['BAD_OPTION', 'BAD_ID']).toContain(code);
  }
  const unknown = defineApproval({ id: 'unknown' });
  expect(await refused(troupe.start(unknown, undefined))).toMatchObject({ code: 'NOT_REGISTERED' });
});
