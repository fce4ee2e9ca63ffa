/** The promises of tasks over arbitrary stories: valid, stale, doubled, late, foreign events. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byHandOf, taskMachine } from '../../machines/index.ts';
import type { TaskSpec } from '../../src/protocol/index.ts';
import { play, type Story, storiesOf } from './stories.ts';
import { TaskJudge } from './task-judge.ts';
import { taskTelling } from './task-telling.ts';
import { type Step, textOf, Walk } from './walk.ts';

const stories = storiesOf(taskTelling);

/** Lets a story happen to a task; gives what its judge has seen at the end. */
function judged(story: Story<TaskSpec>, onStep: (step: Step, walk: Walk) => void = () => {}) {
  const judge = new TaskJudge(story.spec);
  const walk = Walk.start(taskMachine, story.spec);
  for (const step of walk.steps) judge.see(step);
  play(taskTelling, story, walk, (step) => {
    judge.see(step);
    onStep(step, walk);
  });
  return { walk, endings: judge.endings };
}

test('property: a task keeps its books of moves, slots, attempts, waits and children', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const { walk, endings } = judged(story);
      const ended = walk.snapshot.status === 'done' ? 1 : 0;
      expect(endings).toEqual({ ended, told: ended });
    }),
    { numRuns: 800 },
  );
});

test('property: a final status never changes, whatever still comes', () => {
  const unlucky = fc.tuple(stories, stories).filter(([first]) => {
    const { walk } = judged(first);
    return walk.snapshot.status === 'done';
  });
  fc.assert(
    fc.property(unlucky, ([story, { pool, beats }]) => {
      const { walk } = judged(story);
      const text = textOf(walk.snapshot);
      play(taskTelling, { spec: story.spec, pool, beats }, walk, (step) => {
        expect(step.effects).toEqual([]);
        expect(textOf(step.after)).toBe(text);
      });
    }),
    { numRuns: 200 },
  );
});

test('property: a timer waits exactly while the task pauses, or works under a limit', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const stopwatch = new Stopwatch(story.spec);
      const walk = Walk.start(taskMachine, story.spec);
      for (const step of walk.steps) stopwatch.see(step);
      play(taskTelling, story, walk, (step) => {
        stopwatch.see(step);
        const timers = walk.timers.filter(({ id }) => id !== 'due');
        const delays = timers.map(({ delayMs }) => delayMs);
        if (step.after.matches({ IN_PROGRESS: 'timed' })) expect(delays).toEqual(stopwatch.left);
        else if (step.after.matches({ PENDING: 'backingOff' })) expect(delays).toHaveLength(1);
        else if (step.after.matches({ PENDING: 'resting' })) expect(delays).toHaveLength(1);
        else expect(delays).toEqual([]);
      });
    }),
    { numRuns: 800 },
  );
});

test('property: when it is due is told once, at the time that is given, unless it ended', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const { dueAt, createdAt } = story.spec;
      let told = 0;
      let forged = false;
      const { walk } = judged(story, ({ event, effects, isFiring, isTaken }) => {
        const count = effects.filter(({ type }) => type === 'overdue').length;
        if (event.type === 'run.overdue') forged ||= isTaken && !isFiring;
        expect(count).toBe(event.type === 'run.overdue' && isTaken ? 1 : 0);
        if (isFiring) told += count;
      });
      const armed = walk.timers.filter(({ id }) => id === 'due');
      if (dueAt === null) expect([told, armed]).toEqual([0, []]);
      if (dueAt === null || forged || walk.snapshot.status === 'done') return;
      expect(told + armed.length).toBe(1);
      // Parking clears the timer: it is armed again for what is left.
      const isParked = walk.steps.some(({ event }) => event.type === 'task.unparked');
      if (!isParked && armed.length === 1)
        expect(armed[0]?.delayMs).toBe(Math.max(0, dueAt - createdAt));
    }),
    { numRuns: 500 },
  );
});

/**
 * Measures how long the attempt under way has run; waiting for child runs does not count, nor does
 * the time between two processes.
 */
class Stopwatch {
  readonly #spec: TaskSpec;
  #attempt = 0;
  #since = 0;
  #ranMs = 0;
  #silentMs = 0;
  #heartbeatMs: number | undefined;
  /** What the timer of the attempt is armed with. */
  left: number[] = [];

  constructor(spec: TaskSpec) {
    this.#spec = spec;
  }

  see({ event, before, after, effects }: Step): void {
    const at = 'at' in event ? Number(event.at) : this.#spec.createdAt;
    this.#heartbeatMs = byHandOf(after.context)?.heartbeatMs;
    if (before?.matches('IN_PROGRESS') === true && after.matches('BLOCKED')) this.#ran(at);
    const isTimed = before?.matches({ IN_PROGRESS: 'timed' }) === true;
    if (event.type === 'host.recovered' && isTimed) {
      this.#ran('until' in event ? Number(event.until) : at);
      this.#since = at;
    }
    const isSign = event.type === 'task.heartbeat' || event.type === 'task.report';
    const isCurrent = 'attempt' in event && event.attempt === this.#attempt;
    if (isSign && isCurrent && isTimed && this.#heartbeatMs !== undefined) {
      this.#ran(at);
      this.#silentMs = 0;
      this.#since = at;
    }
    for (const { type, params } of effects) {
      if (type !== 'run') continue;
      const { attempt } = params as { readonly attempt: number };
      if (attempt !== this.#attempt) this.#ranMs = 0;
      this.#silentMs = 0;
      this.#attempt = attempt;
      this.#since = at;
    }
    this.left = this.#left();
  }

  #ran(until: number): void {
    const ms = Math.max(0, until - this.#since);
    this.#ranMs += ms;
    this.#silentMs += ms;
  }

  #left(): number[] {
    const { timeoutMs } = this.#spec;
    const limits = [
      ...(timeoutMs === null ? [] : [timeoutMs - this.#ranMs]),
      ...(this.#heartbeatMs === undefined ? [] : [this.#heartbeatMs - this.#silentMs]),
    ];
    return limits.length === 0 ? [] : [Math.max(0, Math.min(...limits))];
  }
}

test('property: the pause after a failure doubles up to its bound, times the chance drawn', () => {
  fc.assert(
    fc.property(stories, (story) => {
      judged(story, ({ event, after, isTaken, before }) => {
        const isPausing = after.matches({ PENDING: 'backingOff' });
        if (!isTaken || !isPausing || before?.value === after.value) return;
        const { attempts, attemptsBefore = 0, retry } = { ...after.context, ...after.context.spec };
        const tries = attempts - attemptsBefore;
        const longest = Math.min(retry.backoffMsMax, retry.backoffMs * 2 ** (tries - 1));
        if (event.type === 'task.fail' && 'chance' in event)
          expect(after.context.pauseMs).toBe(Math.round(Number(event.chance) * longest));
        else if (event.type.startsWith('xstate.after')) expect(after.context.pauseMs).toBe(longest);
      });
    }),
    { numRuns: 500 },
  );
});
