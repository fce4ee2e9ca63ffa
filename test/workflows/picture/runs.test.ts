/**
 * Runs that really ran: what the journal tells of a run, in the words of its workflow's picture, is
 * accepted by the picture, to the same end. Runs are paused, cancelled, undone and crash.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineBot, defineWorkflow, graph } from '../../../src/index.ts';
import { type Settlement, stepOfRun, type Workflow } from '../../../src/protocol/index.ts';
import type { Crash } from '../../simulation/lives.ts';
import { type DrawnStep, type Story, storiesOf } from '../story/drawn.ts';
import { nameOf, play } from '../story/play.ts';
import { Picture } from './picture.ts';

const crashes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom<Crash['moment']>('before', 'after'),
  }),
  { maxLength: 2 },
);

test('property: what a run did is accepted by its picture, to the same end', async () => {
  const words = new Set<string>();
  const body = async (story: Story, drawn: readonly Crash[]) => {
    const { journal, value } = await play(story, {
      crashes: drawn.toSorted((a, b) => a.at - b.at),
    });
    const picture = new Picture(drawnFor(story));
    const record = journal.byAddress('run/flow/p');
    const rows = journal.history(record?.actor ?? 0, -1);
    for (const { event, cost } of rows.flatMap(({ type, body: text, status }) =>
      wordsOf(type, JSON.parse(text), status),
    )) {
      // Whoever cancels what is stopping, or ends what has ended, changes nothing.
      const isLate = event === 'CANCEL' && picture.isStopping && !picture.isPaused;
      if (isLate) continue;
      words.add(event.split(' ')[0] ?? '');
      picture.send(event, cost);
    }
    expect(picture.state.status).toBe(value.outcome.status);
  };
  await fc.assert(fc.asyncProperty(storiesOf(6), crashes, body), { numRuns: 120 });
  expect([...words].toSorted()).toEqual(
    'BEGIN CANCEL COMPLETE FAIL FINISH LEAVE PAUSE RESUME SKIP START UNDO'.split(' '),
  );
});

interface Word {
  readonly event: string;
  readonly cost: number;
}

interface Body {
  readonly step: string;
  readonly status: string;
  readonly outcome: Settlement;
}

const ends = { COMPLETED: 'COMPLETE', FAILED: 'FAIL', CANCELLED: 'CANCEL' } as const;

/** What a row tells, in the words of pictures. */
function wordsOf(type: string, body: Body, status: string): readonly Word[] {
  const word = (event: string, cost = 0): readonly Word[] => [{ event, cost }];
  const { step, undo } = stepOfRun(body.step ?? '');
  if (type === 'child.settled') {
    const { status: end, cost } = body.outcome;
    if (undo) return word(`${end === 'COMPLETED' ? 'UNDO' : 'LEAVE'} ${step}`, cost);
    return word(`${ends[end]} ${step}`, cost);
  }
  if (type === 'step.skipped') return word(`SKIP ${step}`);
  if (type === 'step.told' && body.status === 'STARTED') {
    return body.step === step ? word(`START ${step}`) : [];
  }
  if (type === 'run.pause' && status !== '') return word('PAUSE');
  if (type === 'run.resume' && status !== '') return word('RESUME');
  if (type === 'run.cancel') return word('CANCEL');
  if (type === 'workflow.finished') return word('FINISH');
  if (type === 'workflow.failed') return word('FAIL');
  return type === 'init' && status.includes('IN_PROGRESS') ? word('BEGIN') : [];
}

/** The workflow of a story, without its code. */
const drawnFor = (story: Story): Workflow =>
  graph(
    'flow',
    Object.fromEntries(story.steps.map((step, place) => [nameOf(place), shapeOf(step)])),
    {
      concurrency: story.concurrency,
      onFailure: story.onFailure,
      budget: story.budget,
      retry: { attempts: 2, backoff: 1 },
    },
  );

const nothing = () => undefined;
const bot = defineBot({ id: 'bot', work: nothing });
const nest = defineWorkflow({ id: 'nest', retry: { attempts: 2, backoff: 1 } });

const shapeOf = ({ work, fallback, ...step }: DrawnStep) => ({
  after: step.after.map(nameOf),
  work: work === 'nest' ? nest : work === 'bot' ? bot : nothing,
  ...(work === 'bot' && fallback !== 'none' ? { fallback: bot } : {}),
  ...(step.undo === 'none' ? {} : { undo: nothing }),
  ...(step.optional ? { optional: true } : {}),
  ...(step.when ? {} : { when: () => false }),
  ...(step.runsWhen === 'fine' || step.after.length === 0 ? {} : { runsWhen: step.runsWhen }),
});
