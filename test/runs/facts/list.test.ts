/** Lists of runs: those that fit, newest first, page by page, from either journal. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import {
  defineBot,
  defineTask,
  defineWorkflow,
  type RunFilter,
  type RunSnapshot,
  type Troupe,
} from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { asAddress } from '../../../src/protocol/index.ts';
import { newFile } from '../../journal/files.ts';
import { commit, row } from '../../journal/fixtures.ts';
import { refused } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const ann = defineBot({ id: 'ann', concurrency: 100 });
const bob = defineBot({ id: 'bob', capabilities: ['talk'], concurrency: 2, work: () => 'done' });
const talk = defineTask({ id: 'talk', capability: 'talk' });
const lead = defineBot({
  id: 'lead',
  work: async ({ step }) => {
    await step('first', bob, undefined);
    return step('second', ann, undefined);
  },
});
const bad = defineBot({
  id: 'bad',
  retry: { attempts: 1 },
  work: () => {
    throw new RangeError('no');
  },
});
const flow = defineWorkflow({ id: 'flow' })
  .step('one', () => 1)
  .step('two', ann);
const door = createMachine({
  id: 'door',
  context: { assignedTo: 'bob' },
  invoke: { src: createMachine({ id: 'hinge' }), id: 'hinge' },
});
const team = [ann, bob, talk, lead, bad, flow, door];

const idsIn = (runs: readonly RunSnapshot[]): string[] => runs.map(({ runId }) => runId);

/** Some of everything, in a known order. */
async function populate(troupe: Troupe): Promise<void> {
  await troupe.start(ann, undefined, { id: 'a' });
  await (await troupe.start(lead, undefined, { id: 'l' })).snapshot();
  await (await troupe.start(bad, undefined, { id: 'x' })).outcome();
  await troupe.start(flow, undefined, { id: 'f' });
  await troupe.start(door, undefined, { id: 'd' });
  await (await troupe.start(talk, undefined, { id: 't' })).outcome();
  await (await troupe.start(ann, undefined, { id: 'c' })).cancel();
}

const everything = [
  'ann/c',
  'talk/t',
  'door/d',
  'flow/f/two',
  'flow/f/one',
  'flow/f',
  'bad/x',
  'lead/l/second',
  'lead/l/first',
  'lead/l',
  'ann/a',
];

test.each(['memory', 'file'])('filters on a journal in %s', async (place) => {
  const journal = place === 'file' ? { journal: newFile() } : {};
  const { troupe, clock } = await teamOf(team, journal);
  await populate(troupe);
  await clock.quiet();
  const list = async (filter?: RunFilter) => idsIn(await troupe.runs.list(filter)).sort();
  expect(await list()).toEqual(everything.toSorted());
  expect(await list({ definition: ann })).toEqual([
    'ann/a',
    'ann/c',
    'flow/f/two',
    'lead/l/second',
  ]);
  expect(await list({ definition: 'ann', status: 'CANCELLED' })).toEqual(['ann/c']);
  expect(await list({ definition: door })).toEqual(['door/d']);
  expect(await list({ status: ['FAILED', 'CANCELLED'] })).toEqual(['ann/c', 'bad/x']);
  expect(await list({ status: 'ASSIGNED' })).toEqual(['ann/a', 'flow/f/two', 'lead/l/second']);
  expect(await list({ status: [] })).toEqual([]);
  expect(await list({ type: 'function' })).toEqual(['flow/f/one']);
  expect(await list({ type: 'workflow' })).toEqual(['flow/f']);
  expect(await list({ type: 'machine' })).toEqual(['door/d']);
  expect(await list({ type: 'task' })).toEqual(['talk/t']);
  expect(await list({ type: 'approval' })).toEqual([]);
  expect(await list({ parent: 'flow/f' })).toEqual(['flow/f/one', 'flow/f/two']);
  expect(await list({ parent: { runId: 'lead/l' }, type: 'bot', status: 'COMPLETED' })).toEqual([
    'lead/l/first',
  ]);
  expect(await list({ parent: null })).toEqual(
    everything.filter((id) => id.split('/').length === 2).sort(),
  );
  expect(await list({ assignedTo: bob })).toEqual(['lead/l/first', 'talk/t']);
  expect(await list({ assignedTo: 'nobody' })).toEqual([]);
  expect(await list({ assignedTo: 'bob', type: 'workflow' })).toEqual([]);
  const [newest, next] = await troupe.runs.list({ limit: 2 });
  expect(newest?.runId).toBe('ann/c');
  expect(idsIn(await troupe.runs.list({ limit: 1, before: 'ann/c' }))).toEqual([next?.runId]);
  const run = await troupe.runs.get('ann/a');
  expect((await troupe.runs.list({ definition: ann })).at(-1)).toEqual(await run?.snapshot());
});

test('property: pages of any size and filter are the list, after a restart too', async () => {
  const disk = simulatedDisk();
  const clock = testClock();
  const first = await teamOf(team, { journal: disk.open(), clock });
  await populate(first.troupe);
  await clock.quiet();
  const before = await first.troupe.runs.list();
  await first.troupe.stop();
  const { troupe } = await teamOf(team, { journal: disk.open(), clock });
  const all = await troupe.runs.list();
  expect(idsIn(all)).toEqual(idsIn(before));
  const filters = fc.record(
    {
      definition: fc.constantFrom('ann', 'bob', 'flow', 'none'),
      status: fc.subarray(['ASSIGNED', 'COMPLETED', 'FAILED', 'IN_PROGRESS', 'BLOCKED'] as const),
      type: fc.constantFrom('bot' as const, 'task' as const, 'workflow' as const),
      parent: fc.constantFrom(null, 'flow/f', 'lead/l'),
      assignedTo: fc.constantFrom('ann', 'bob'),
    },
    { requiredKeys: [] },
  );
  const fits = (run: RunSnapshot, filter: Partial<RunFilter>): boolean =>
    (filter.definition ?? run.definition) === run.definition &&
    (filter.status === undefined || filter.status.includes(run.status)) &&
    (filter.type ?? run.type) === run.type &&
    (filter.parent === undefined || (filter.parent ?? undefined) === run.parent) &&
    (filter.assignedTo === undefined || filter.assignedTo === run.assignedTo);
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 1, max: 4 }), async (filter, limit) => {
      const pages: RunSnapshot[] = [];
      for (let last: RunSnapshot | undefined; ; ) {
        const page = await troupe.runs.list({ ...filter, limit, ...(last && { before: last }) });
        pages.push(...page);
        last = page.at(-1);
        if (last === undefined) break;
      }
      expect(idsIn(pages)).toEqual(idsIn(all.filter((run) => fits(run, filter))));
    }),
    { numRuns: 60 },
  );
});

test('runs far apart are found, whatever lies between', async () => {
  const disk = simulatedDisk();
  const first = await teamOf([ann], { journal: disk.open() });
  await (await first.troupe.start(ann, undefined, { id: '1' })).cancel();
  await first.troupe.stop();
  const journal = disk.open();
  const known = journal.byAddress('run/ann/1');
  let { seq } = journal.heads();
  const below = (actor: number) => (actor === 20_003 || actor === 20_004 ? 'run/ann/20002' : '');
  for (const actor of [10_000, 10_001, 20_002, 20_003, 20_004, 75_000]) {
    seq += 1;
    const address = asAddress(`run/ann/${actor}`);
    const actors =
      known === undefined ? [] : [{ ...known, actor, address, last: seq, parent: below(actor) }];
    commit(journal, { rows: [row({ seq, actor })], actors });
  }
  const { troupe } = await teamOf([ann], { journal: disk.open() });
  await troupe.start(ann, undefined, { id: 'new' });
  const ids = ['new', 75_000, 20_004, 20_003, 20_002, 10_001, 10_000, 1].map((id) => `ann/${id}`);
  expect(idsIn(await troupe.runs.list())).toEqual(ids);
  expect(idsIn(await troupe.runs.list({ before: 'ann/20002', limit: 2 }))).toEqual(ids.slice(5, 7));
  const last = { parent: 'ann/20002', before: 'ann/20004' };
  expect(idsIn(await troupe.runs.list(last))).toEqual(['ann/20003']);
});

test('a filter that is none, and a run that is none, are refused', async () => {
  const { troupe } = await teamOf([ann]);
  for (const filter of [
    { limit: 0 },
    { limit: 1.5 },
    { status: 'DONE' },
    { status: ['DONE'] },
    { definition: '' },
    { definition: {} },
    { type: 'person' },
    { assignedTo: 7 },
    { statuses: [] },
    { before: 7 },
    { parent: {} },
    null,
    'all',
  ])
    expect(await refused(troupe.runs.list(filter as never))).toMatchObject({ code: 'BAD_OPTION' });
  for (const filter of [{ before: 'ann/none' }, { parent: 'ann/none' }])
    expect(await refused(troupe.runs.list(filter))).toEqual({
      code: 'UNKNOWN_RUN',
      run: 'ann/none',
    });
  await troupe.stop();
  expect(await refused(troupe.runs.list())).toMatchObject({ code: 'STOPPED' });
});
