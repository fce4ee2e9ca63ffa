/**
 * Calls in the wrong order: every call of a troupe during and after its stop, twice, and from
 * inside the code that it runs. Each settles, with an answer or with a typed error.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, isTroupeError, type Troupe } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';

const bot = defineBot({
  id: 'bot',
  input: z.unknown(),
  on: { note: handler(z.unknown(), () => 1) },
  work: () => 1,
});

/** Every call that a troupe has but `stop`. */
const calls: Readonly<Record<string, (troupe: Troupe) => PromiseLike<unknown>>> = {
  run: (troupe) => troupe.run(bot, 1),
  start: (troupe) => troupe.start(bot, 1),
  get: (troupe) => troupe.get(bot, 'nobody'),
  send: (troupe) => troupe.send(bot, { type: 'note' }),
  sendAll: (troupe) => troupe.sendAll([{ to: bot, type: 'note' }]),
  ask: (troupe) => troupe.ask(bot, { type: 'note' }),
  askStream: (troupe) => troupe.askStream(bot, { type: 'note' }).next(),
  'inbox.peek': (troupe) => troupe.inbox(bot).peek(),
  register: (troupe) => troupe.register(bot),
  supervise: (troupe) => troupe.supervise({ id: 's', children: [] }),
  'runs.list': (troupe) => troupe.runs.list(),
  'incidents.list': (troupe) => troupe.incidents.list(),
  'approvals.list': (troupe) => troupe.approvals.list(),
  'escalations.list': (troupe) => troupe.escalations.list(),
  'parked.list': (troupe) => troupe.parked.list(),
  'handoffs.list': (troupe) => troupe.handoffs.list(),
  'deadLetters.list': (troupe) => troupe.deadLetters.list(),
  'messages.statistics': (troupe) => troupe.messages.statistics(),
};
const names = Object.keys(calls);

/** How a call ended: `done`, or the code of its error. */
const endOf = (call: PromiseLike<unknown> | undefined): Promise<string> =>
  Promise.resolve(call).then(
    () => 'done',
    (error: unknown) => (isTroupeError(error) ? error.code : 'untyped'),
  );

const call = (troupe: Troupe, name: string) => endOf(calls[name]?.(troupe));

test.each(names)(
  '%s after the stop, twice, and after the stop was called, is refused',
  async (name) => {
    const { troupe } = await teamOf([bot]);
    expect(await call(troupe, name)).toBe('done');
    const stopped = troupe.stop();
    const during = call(troupe, name);
    await Promise.all([stopped, troupe.stop()]);
    expect(['done', 'STOPPED']).toContain(await during);
    expect(await call(troupe, name)).toBe('STOPPED');
    expect(await call(troupe, name)).toBe('STOPPED');
    await troupe.stop();
  },
);

test.each(names)('%s from inside work and from a handler is answered', async (name) => {
  const inside: string[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<Troupe>();
  const caller = defineBot({
    id: 'caller',
    on: {
      go: handler(z.unknown(), async () => {
        inside.push(await call(await ready, name));
      }),
    },
    work: async () => {
      inside.push(await call(await ready, name));
    },
  });
  const { troupe, clock } = await teamOf([bot, caller]);
  resolve(troupe);
  await troupe.run(caller, undefined);
  await troupe.ask(caller, { type: 'go' });
  await clock.quiet();
  expect(inside).toEqual(['done', 'done']);
});

test('property: calls and stops in any order settle, done or refused', async () => {
  const steps = fc.array(fc.constantFrom(...names, 'stop'), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      const { troupe, clock } = await teamOf([bot]);
      const ends = order.map((name) =>
        name === 'stop' ? endOf(troupe.stop()) : call(troupe, name),
      );
      await clock.quiet();
      const told = await Promise.all(ends);
      for (const end of told) expect(['done', 'STOPPED', 'ASK_CANCELLED']).toContain(end);
      await troupe.stop();
    }),
    { numRuns: 60 },
  );
});
