/** The promises of approvals over arbitrary stories, and one example of each end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ApprovalContext, approvalMachine } from '../../machines/index.ts';
import type { ActorEvent, ApprovalSpec } from '../../src/protocol/index.ts';
import { approvalTelling } from './approval-telling.ts';
import { approvalSpec } from './fixtures.ts';
import { play, type Story, storiesOf } from './stories.ts';
import { type Step, statusOf, textOf, Walk } from './walk.ts';

const stories = storiesOf(approvalTelling);

function walked(story: Story<ApprovalSpec>, onStep: (step: Step, walk: Walk) => void = () => {}) {
  const walk = Walk.start(approvalMachine, story.spec);
  for (const step of walk.steps) onStep(step, walk);
  play(approvalTelling, story, walk, (step) => onStep(step, walk));
  return walk;
}

const contextOf = ({ after }: Step): ApprovalContext => after.context;

const moves: Readonly<Record<string, readonly string[]>> = {
  '': ['PENDING', 'BLOCKED'],
  PENDING: ['PENDING', 'BLOCKED', 'FAILED', 'CANCELLED'],
  BLOCKED: ['PENDING', 'BLOCKED', 'COMPLETED', 'FAILED', 'CANCELLED'],
};

test('property: it makes the moves of the table, and has one end for one reason', () => {
  fc.assert(
    fc.property(stories, (story) => {
      let status = '';
      walked(story, (step) => {
        for (const { status: next } of step.microsteps) {
          expect(moves[status]).toContain(next);
          status = next;
        }
        const { decision, error, reason, result, completedAt } = contextOf(step);
        const isOver = step.after.status === 'done';
        expect(completedAt !== undefined).toBe(isOver);
        if (status === 'COMPLETED') expect(decision?.approve).toBe(true);
        if (status === 'FAILED') expect(error).toBeDefined();
        if (status === 'CANCELLED') expect(reason).toBeDefined();
        expect(decision !== undefined && reason !== undefined).toBe(false);
        if (decision?.approve === false) expect(error?.code).toBe('REJECTED');
        if (decision?.approve !== true) expect(result).toBeUndefined();
      });
    }),
    { numRuns: 600 },
  );
});

test('property: a decision ends it, and changes nothing before the person is asked', () => {
  fc.assert(
    fc.property(stories, (story) => {
      walked(story, (step) => {
        const { event, before, after } = step;
        if (event.type !== 'approval.decide' || before?.status !== 'active') return;
        if (before.context.startedAt === undefined) {
          expect(after.value).toEqual(before.value);
          expect(textOf(after)).toBe(textOf(before));
        } else
          expect(statusOf(after)).toBe(Object(event).approve === true ? 'COMPLETED' : 'FAILED');
      });
    }),
    { numRuns: 600 },
  );
});

test('property: what ended never changes, whatever still comes', () => {
  fc.assert(
    fc.property(stories, (story) => {
      let end: string | undefined;
      walked(story, ({ after, effects }) => {
        if (end !== undefined) expect([textOf(after), effects]).toEqual([end, []]);
        else if (after.status === 'done') end = textOf(after);
      });
    }),
    { numRuns: 300 },
  );
});

test('property: the parent is told once that a person is asked, and once how it ended', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const told: string[] = [];
      const walk = walked(story, ({ effects }) => {
        for (const { type, params } of effects) {
          const { to = [], event = { type: '' } } = Object(params);
          if (type === 'send' && to.includes('run/plan/p-1')) told.push(event.type);
        }
      });
      const { startedAt, orphan }: ApprovalContext = walk.snapshot.context;
      const isOver = walk.snapshot.status === 'done';
      const hasParent = story.spec.parent !== null;
      const asked = hasParent && startedAt !== undefined ? ['approval.requested'] : [];
      const ended = hasParent && isOver && orphan !== true ? ['child.settled'] : [];
      expect(told).toEqual([...asked, ...ended]);
    }),
    { numRuns: 400 },
  );
});

/** An approval whose timers fire when they are due, while its time goes on. */
class Timed {
  readonly walk: Walk;
  now: number;
  readonly #due = new Map<string, number>();

  constructor(spec: ApprovalSpec) {
    this.walk = Walk.start(approvalMachine, spec);
    this.now = spec.createdAt;
    this.#arm();
  }

  send(event: ActorEvent): void {
    this.walk.send({ at: this.now, ...event });
    this.#arm();
  }

  /** Lets time go on, firing what is due on the way. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const all = [...this.#due].toSorted(([, a], [, b]) => a - b);
      const [id, at] = all[0] ?? ['', Number.POSITIVE_INFINITY];
      const timer = this.walk.timers.find((one) => one.id === id);
      if (at > end || timer === undefined || this.walk.snapshot.status !== 'active') break;
      this.now = at;
      this.#due.delete(id);
      this.walk.fire({ ...timer, event: { at, ...timer.event } });
      this.#arm();
    }
    this.now = end;
  }

  #arm(): void {
    const waiting = new Map(this.walk.timers.map(({ id, delayMs }) => [id, delayMs]));
    for (const id of this.#due.keys()) if (!waiting.has(id)) this.#due.delete(id);
    for (const [id, ms] of waiting) if (!this.#due.has(id)) this.#due.set(id, this.now + ms);
  }
}

test('property: it expires when it could be seen for so long, and reminds in between', () => {
  const drawn = fc.record({
    expiresInMs: fc.integer({ min: 1, max: 4_000 }),
    remindEveryMs: fc.integer({ min: 1, max: 1_500 }),
    waits: fc.array(fc.record({ seen: fc.nat(2_000), paused: fc.nat(9_000) }), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(drawn, ({ waits, ...times }) => {
      const spec = approvalSpec(times);
      const timed = new Timed(spec);
      let left = times.expiresInMs;
      let pausedMs = 0;
      for (const { seen, paused } of waits) {
        timed.pass(seen);
        timed.send({ type: 'run.pause', above: false });
        expect(timed.walk.timers).toEqual([]);
        timed.pass(paused);
        timed.send({ type: 'run.resume', above: false });
        left -= seen;
        if (left > 0) pausedMs += paused;
      }
      timed.pass(100_000);
      const context: ApprovalContext = timed.walk.snapshot.context;
      expect(context.error?.code).toBe('APPROVAL_EXPIRED');
      expect(context.completedAt).toBe(spec.createdAt + times.expiresInMs + pausedMs);
      expect(context.reminders ?? 0).toBe(Math.ceil(times.expiresInMs / times.remindEveryMs) - 1);
    }),
    { numRuns: 300 },
  );
});

const yes = { type: 'approval.decide', at: 5_000, approve: true, by: 'ann' } as const;

test('given an approval that takes an answer, when it is answered, then that is the result', () => {
  const walk = Walk.start(approvalMachine, approvalSpec({ takesAnswer: true }));
  walk.send({ ...yes, answer: { cents: 3 } });
  expect(walk.snapshot.output).toMatchObject({ status: 'COMPLETED', result: { cents: 3 } });
});

test('given a paused approval, when the person said yes, then it is done', () => {
  const walk = Walk.start(approvalMachine, approvalSpec({ expiresInMs: 10 }));
  walk.send({ type: 'run.pause', at: 2_000, above: true });
  walk.send(yes);
  expect(walk.snapshot.output).toMatchObject({
    status: 'COMPLETED',
    result: { approved: true, by: 'ann', at: 5_000 },
    elapsedMs: 4_000,
  });
});
