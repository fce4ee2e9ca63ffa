/** Bots: slots for tasks and messages, over arbitrary stories and by example. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { botMachine, taskOfSlot } from '../../machines/index.ts';
import { type BotEvent, type BotSpec, childAddress, runAddress } from '../../src/protocol/index.ts';
import { botSpec, failure } from './fixtures.ts';
import { play, storiesOf } from './stories.ts';
import { botTelling } from './tellings.ts';
import { type Step, Walk } from './walk.ts';

const start = (own: Partial<BotSpec> = {}): Walk => Walk.start(botMachine, botSpec(own));
const request = (slot: string) => ({ type: 'slot.request', at: 1, slot });
const release = (slot: string) => ({ type: 'slot.release', at: 2, slot });
const envelope = (id: string) => ({
  version: 1,
  id,
  type: 'question',
  from: 'client/1',
  to: 'bot/finder',
  payload: null,
  at: 1,
  priority: 5,
  correlationId: id,
});
const message = (id: string) => ({ type: 'message', at: 1, envelope: envelope(id) });

/** Keeps the books of a bot's slots. */
class BotJudge {
  readonly #concurrency: number;
  #slots: string[] = [];
  #messages: string[] = [];
  #freed = 0;

  constructor({ concurrency }: BotSpec) {
    this.#concurrency = concurrency;
  }

  see(step: Step): void {
    this.#expect(step, step.event as BotEvent);
    const taken = this.#slots.length + this.#messages.length;
    ok(taken <= this.#concurrency, 'never more slots than there are');
    const { context } = step.after;
    deepEqual(context.slots, this.#slots);
    deepEqual(
      context.messages.map(({ id }: { id: string }) => id),
      this.#messages,
    );
    equal(context.processed, this.#freed);
    equal(step.after.hasTag('open'), taken < this.#concurrency, 'open while there is a free slot');
    equal(step.after.value, taken === this.#concurrency ? 'full' : 'open');
  }

  #expect({ effects, before }: Step, event: BotEvent): void {
    const isOpen = before?.hasTag('open') ?? false;
    const asked = effects.map(({ type }) => type);
    if (event.type === 'slot.request' && isOpen) {
      this.#slots.push(event.slot);
      const grant = { type: 'task.assigned', bot: 'finder', slot: event.slot };
      const params = { to: [taskOfSlot(event.slot)], event: grant };
      deepEqual(effects, [{ type: 'send', params }]);
    } else if (event.type === 'message' && isOpen) {
      this.#messages.push(event.envelope.id);
      deepEqual(effects, [{ type: 'handle', params: { envelope: event.envelope } }]);
    } else if (event.type === 'message.failed' && this.#messages.includes(event.id)) {
      deepEqual(asked, ['bury']);
    } else deepEqual(asked, [], 'nothing else asks for anything');
    this.#free(event);
  }

  #free(event: BotEvent): void {
    const taken = this.#slots.length + this.#messages.length;
    if (event.type === 'slot.release')
      this.#slots = this.#slots.filter((slot) => slot !== event.slot);
    if (event.type === 'message.handled' || event.type === 'message.failed')
      this.#messages = this.#messages.filter((id) => id !== event.id);
    if (taken > this.#slots.length + this.#messages.length) this.#freed += 1;
  }
}

test('property: a bot keeps its books of slots, and is open exactly while one is free', () => {
  fc.assert(
    fc.property(storiesOf(botTelling, 60), (story) => {
      const judge = new BotJudge(story.spec);
      const walk = Walk.start(botMachine, story.spec);
      play(botTelling, story, walk, (step) => judge.see(step));
    }),
    { numRuns: 500 },
  );
});

test('property: a slot names its task, whatever the ids of the run are', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.nat(), (definition, id, step, number) => {
      const task = childAddress(runAddress(definition, id), step);
      expect(taskOfSlot(`${task}#${number}`)).toBe(task);
    }),
  );
});

test('given free slots, when tasks ask, then each gets one until the bot is full', () => {
  const walk = start();
  walk.send(request('run/answer/a#1'));
  expect(walk.snapshot.value).toBe('open');
  walk.send(request('run/answer/b#1'));
  expect(walk.snapshot.value).toBe('full');
  walk.send(request('run/answer/c#1'));
  expect(walk.steps.at(-1)?.isTaken).toBe(false);
});

test('given a full bot, when a slot is released twice, then it is free once', () => {
  const walk = start();
  walk.send(request('run/answer/a#1'));
  walk.send(request('run/answer/b#1'));
  walk.send(release('run/answer/a#1'));
  walk.send(release('run/answer/a#1'));
  expect(walk.steps.at(-1)?.isTaken).toBe(false);
  expect(walk.snapshot.context).toMatchObject({ slots: ['run/answer/b#1'], processed: 1 });
});

test('given tasks and messages, when they come, then they share the slots', () => {
  const walk = start();
  walk.send(request('run/answer/a#1'));
  walk.send(message('m-1'));
  expect(walk.snapshot.value).toBe('full');
  walk.send({ type: 'message.handled', at: 2, id: 'm-1' });
  walk.send({ type: 'message.handled', at: 2, id: 'm-1' });
  expect(walk.steps.at(-1)?.isTaken).toBe(false);
  expect(walk.snapshot.value).toBe('open');
});

test('given a message whose handler fails for good, when told, then it is buried whole', () => {
  const walk = start();
  walk.send(message('m-1'));
  walk.send({ type: 'message.failed', at: 2, id: 'toString', error: failure() });
  expect(walk.steps.at(-1)?.isTaken).toBe(false);
  walk.send({ type: 'message.failed', at: 2, id: 'm-1', error: failure({ message: 'no page' }) });
  expect(walk.steps.at(-1)?.effects).toEqual([
    {
      type: 'bury',
      params: {
        to: 'bot/finder',
        event: { type: 'message', envelope: envelope('m-1') },
        detail: 'WORK_FAILED: no page',
      },
    },
  ]);
});

test('given a spec written anew, when its slots are more or fewer, then the bot follows', () => {
  const walk = start({ concurrency: 1 });
  walk.send(request('run/answer/a#1'));
  const wider = walk.restored({ ...walk.snapshot.context.spec, concurrency: 2 });
  wider.send({ type: 'bot.updated', at: 2 });
  expect(wider.snapshot.value).toBe('open');
  const narrower = wider.restored({ ...walk.snapshot.context.spec, concurrency: 1 });
  narrower.send({ type: 'bot.updated', at: 3 });
  expect(narrower.snapshot.value).toBe('full');
  narrower.send(release('run/answer/a#1'));
  expect(narrower.snapshot.value).toBe('open');
});
