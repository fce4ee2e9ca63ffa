/** What must hold of every story, whatever crashed: told by the ledger, the events, the journal. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { RunEvent } from '../../../src/index.ts';
import { asAddress } from '../../../src/protocol/index.ts';
import type { DrawnStep, Story } from './drawn.ts';
import { nameOf, type Played } from './play.ts';

type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** Holds a story to all laws. @throws AssertionError telling the one that broke. */
export function judge(story: Story, played: Played): void {
  const { ledger, value } = played;
  deepEqual(ledger.faults, []);
  const steps = value.events.filter((event): event is StepEvent => event.type === 'step');
  holdOrder(story, steps);
  holdLimit(story, steps);
  holdUndo(story, played, steps);
  holdOutcome(story, played, steps);
  holdBudget(story, played, steps);
  holdOnce(played);
  holdFates(story, played, steps);
  holdRest(played);
}

const ends = ['COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED', 'OMITTED'];
const isEnd = ({ status }: StepEvent): boolean => ends.includes(status);

/** How each step ended so far; a run that is begun anew takes its end back. */
function endsUntil(steps: readonly StepEvent[]): Map<string, string> {
  const ended = new Map<string, string>();
  for (const event of steps) {
    if (isEnd(event)) ended.set(event.step, event.status);
    if (event.status === 'STARTED') ended.delete(event.step);
  }
  return ended;
}

/** A step begins, or is ruled out, when all that it waits for has ended, as it asks. */
function holdOrder(story: Story, steps: readonly StepEvent[]): void {
  for (const [at, event] of steps.entries()) {
    const place = story.steps.findIndex((_, index) => nameOf(index) === event.step);
    const step = story.steps[place];
    const isFirst = steps.findIndex((one) => one.step === event.step) === at;
    if (step === undefined || !isFirst) continue;
    const ended = endsUntil(steps.slice(0, at));
    const before = step.after.map((one) => ended.get(nameOf(one)));
    ok(
      before.every((end) => end !== undefined),
      `${event.step} is ${event.status} before all that it waits for ended`,
    );
    const may = mayRun(story, step, before);
    equal(event.status, may ? 'STARTED' : 'OMITTED', `${event.step} after ${before.join()}`);
  }
}

function mayRun(story: Story, step: DrawnStep, before: readonly (string | undefined)[]): boolean {
  if (step.after.length === 0) return true;
  if (step.runsWhen === 'always') return true;
  if (step.runsWhen === 'failed') return before.includes('FAILED');
  return step.after.every((one, index) => isFine(story, story.steps[one], before[index]));
}

const isFine = ({ onFailure }: Story, step: DrawnStep | undefined, end: string | undefined) =>
  end === 'COMPLETED' ||
  end === 'SKIPPED' ||
  ((end === 'FAILED' || end === 'CANCELLED') &&
    (onFailure === 'best-effort' || step?.optional === true));

/** Never more steps under way than the limit. */
function holdLimit({ concurrency }: Story, steps: readonly StepEvent[]): void {
  const open = new Set<string>();
  for (const event of steps) {
    if (event.status === 'STARTED') open.add(event.step);
    if (isEnd(event)) open.delete(event.step);
    ok(open.size <= concurrency, `${[...open].join()} at once`);
  }
}

/** What completed and can be undone is undone, in reverse order, exactly when the run does not. */
function holdUndo(story: Story, { value, ledger, incidents }: Played, steps: readonly StepEvent[]) {
  const canUndo = story.steps.flatMap(({ undo }, place) =>
    undo === 'none' ? [] : [nameOf(place)],
  );
  const completed = steps.filter(({ status }) => status === 'COMPLETED').map(({ step }) => step);
  const toUndo = completed.filter((step) => canUndo.includes(step)).reverse();
  const undone = steps.filter(({ status }) => status === 'UNDONE' || status === 'UNDO_FAILED');
  const isGood = value.outcome.status === 'COMPLETED';
  deepEqual(
    undone.map(({ step }) => step),
    isGood ? [] : toUndo,
  );
  const bad = story.steps.flatMap(({ undo }, place) => (undo === 'bad' ? [nameOf(place)] : []));
  const failed = undone.filter(({ status }) => status === 'UNDO_FAILED').map(({ step }) => step);
  deepEqual(
    failed,
    undone.map(({ step }) => step).filter((step) => bad.includes(step)),
  );
  equal(incidents.includes('UNDO_FAILED'), failed.length > 0);
  if (failed.length > 0) equal(value.outcome.status, 'FAILED');
  const own = (key: string): boolean => key.split('/').length === 3;
  const firstUndo = ledger.calls.findIndex(({ key }) => own(key) && key.endsWith('~undo'));
  const undo = ledger.calls[firstUndo];
  if (undo === undefined) return;
  for (const call of ledger.calls) {
    if (own(call.key) && call.key.endsWith('~undo')) continue;
    const isOpen = call.life === undo.life && call.began <= undo.began;
    ok(!isOpen || (call.ended ?? undo.began + 1) <= undo.began, `${call.key} ran while undoing`);
    ok(call.began <= undo.began, `${call.key} began after undoing`);
  }
}

/** It completes exactly when nothing failed that may not, and nobody stopped it. */
function holdOutcome(story: Story, { value }: Played, steps: readonly StepEvent[]): void {
  const { outcome } = value;
  const ended = endsUntil(steps);
  const isHandled = (place: number): boolean =>
    story.steps.some(
      ({ after, runsWhen }, by) =>
        after.includes(place) && runsWhen === 'failed' && !isRuledOut(ended.get(nameOf(by))),
    );
  const bad = story.steps.flatMap((step, place) => {
    const end = ended.get(nameOf(place));
    const isBad = end === 'FAILED' || end === 'CANCELLED';
    const isExcused = isFine(story, step, end) || (end === 'FAILED' && isHandled(place));
    return isBad && !isExcused ? [nameOf(place)] : [];
  });
  if (outcome.status === 'COMPLETED') {
    deepEqual(bad, []);
    ok(story.steps.every((_, place) => ended.has(nameOf(place))));
  }
  if (outcome.status === 'FAILED' && outcome.error.code === 'STEP_FAILED') ok(bad.length > 0);
  if (outcome.status === 'CANCELLED') ok(story.deeds.some(({ what }) => what === 'cancel'));
}

const isRuledOut = (end: string | undefined): boolean => end === 'SKIPPED' || end === 'OMITTED';

/** What was counted when the last step ended was at most that step over the budget. */
function holdBudget({ budget }: Story, { value }: Played, steps: readonly StepEvent[]): void {
  if (budget === undefined) return;
  const { outcome } = value;
  const costs = steps.filter(isEnd).map(({ step }) => outcome.steps?.[step]?.cost ?? 0);
  const most = Math.max(0, ...costs);
  ok((outcome.cost ?? 0) <= budget + most, `${outcome.cost} of ${budget}`);
  if ((outcome.cost ?? 0) > budget) equal(outcome.status === 'COMPLETED', false);
}

/** Code that ended well ran once for each key and crash at most. */
function holdOnce({ ledger }: Played): void {
  const done = ledger.calls.filter(({ end }) => end === 'done');
  const keys = new Map<string, number[]>();
  for (const { key, life } of done) keys.set(key, [...(keys.get(key) ?? []), life]);
  for (const [key, lives] of keys) {
    equal(new Set(lives).size, lives.length, `${key} was done twice in one life`);
  }
}

/** A step ends as its work was fated to, unless it was cancelled. */
function holdFates(story: Story, { ledger }: Played, steps: readonly StepEvent[]): void {
  for (const { step: name, status, run = 1 } of steps) {
    if (status !== 'COMPLETED' && status !== 'FAILED') continue;
    const step = story.steps.find((_, place) => nameOf(place) === name);
    if (step === undefined || step.work === 'nest' || step.work === 'fan') continue;
    const fate = run > 1 && step.fallback !== 'none' ? step.fallback : step.fate;
    equal(status, fate === 'bad' ? 'FAILED' : 'COMPLETED', `${name} was fated ${fate}`);
  }
  const failed = ledger.calls.filter(({ end }) => end === 'failed').map(({ key }) => key);
  const bad = story.steps.some(({ fate, undo, fallback }) =>
    [fate, undo, fallback].some((one) => one === 'bad' || one === 'once'),
  );
  ok(bad || failed.length === 0, failed.join());
}

/** Everything ended, by name; nothing waits. */
function holdRest({ journal, value }: Played): void {
  const left = journal.actors({ done: false }).filter(({ address }) => address.startsWith('run/'));
  deepEqual(
    left.map(({ address, status }) => `${address} ${status}`),
    [],
  );
  deepEqual(journal.waiting(), []);
  deepEqual(journal.timers(), []);
  equal(journal.byAddress(asAddress('run/flow/p'))?.status, value.outcome.status);
}
