/** `troupe journal FILE show` on the run of a workflow. */
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { defineBot, defineWorkflow } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { teamOf } from '../troupe/team.ts';
import { fakeTerminal } from './terminal.ts';

async function look(columns: number, ...args: readonly string[]) {
  const terminal = fakeTerminal({ columns });
  const code = await main(['journal', ...args], terminal);
  expect({ code, err: terminal.shown.err }).toEqual({ code: 0, err: '' });
  return terminal.shown.out;
}

const planIn = (out: string): string[] => {
  const lines = out.split('\n');
  const from = lines.indexOf('Plan') + 1;
  return lines.slice(from, lines.indexOf('', from)).map((line) => line.replaceAll(/ +/g, ' '));
};

const draft = defineBot({
  id: 'draft',
  work: async ({ report }) => {
    await report({ cost: 3, quality: 0.5 });
    return 'text';
  },
});
const flow = defineWorkflow({ id: 'flow' })
  .step('draft', draft, { undo: () => undefined })
  .step('polish', () => 'better', { when: () => false })
  .step(
    'print',
    async () => {
      throw new RangeError('no paper');
    },
    { retry: { attempts: 1 } },
  )
  .step('send', () => 'sent');

test('a workflow is shown with its plan: ends, order, cost, quality, undo', async () => {
  const journal = newFile();
  const { troupe } = await teamOf([flow, draft], { journal });
  const run = await troupe.start(flow, undefined, { id: 'f' });
  expect((await run.outcome()).status).toBe('FAILED');
  await troupe.stop();
  const out = await look(100, journal, 'show', 'flow/f');
  expect(planIn(out)).toEqual([
    'END STATUS UNDO RUNS MS COST QUALITY STEP',
    ' 1 COMPLETED UNDONE 1 0 3 0.5 draft',
    ' SKIPPED 0 polish',
    ' 2 FAILED 1 0 print',
    ' OMITTED 0 send',
  ]);
  const { plan } = JSON.parse(await look(80, journal, 'show', 'flow/f', '--json'));
  expect(plan).toMatchObject([
    {
      step: 'draft',
      status: 'COMPLETED',
      order: 1,
      runs: 1,
      cost: 3,
      quality: 0.5,
      undo: 'UNDONE',
    },
    { step: 'polish', status: 'SKIPPED', runs: 0 },
    { step: 'print', status: 'FAILED', order: 2, runs: 1 },
    { step: 'send', status: 'OMITTED', runs: 0 },
  ]);
  const narrow = await look(66, journal, 'show', 'flow/f');
  expect(narrow.split('\n').every((line) => line.length <= 66)).toBe(true);
  expect(await look(100, journal, 'show', 'flow/f/draft')).not.toContain('\nPlan\n');
});

test('a run that nobody has begun shows what waits', async () => {
  const ann = defineBot({ id: 'ann' });
  const slow = defineWorkflow({ id: 'slow' })
    .step('ask', ann)
    .step('tell', () => 1);
  const journal = newFile();
  const { troupe, clock } = await teamOf([slow, ann], { journal });
  await troupe.start(slow, undefined, { id: 's' });
  await clock.quiet();
  expect(planIn(await look(100, journal, 'show', 'slow/s')).slice(1)).toEqual([
    ' STARTED 1 ask',
    ' WAITING 0 tell',
  ]);
});
