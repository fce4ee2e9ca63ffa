/**
 * A process that stops its troupe in the middle of everything that waits for time, and must end by
 * itself at once: a step with a long time-out that never settles, pauses, waiting for a run.
 */

import { z } from 'zod';
import { createTroupe, defineBot, defineWorkflow, handler } from '../../src/index.ts';

const never = () => new Promise(() => {});
const once = { retry: { backoff: '1h', backoffMax: '1h' } } as const;
const fail = () => {
  throw new Error('again');
};
const slow = defineBot({
  id: 'slow',
  timeout: '1h',
  work: ({ step }) => step('slow', never, { timeout: '1h' }),
});
const failing = defineBot({
  id: 'failing',
  ...once,
  on: { note: handler(z.unknown(), fail) },
  work: fail,
});
const trying = defineBot({ id: 'trying', work: ({ step }) => step('try', fail, once) });
const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', slow, undefined) });
const flow = defineWorkflow({ id: 'flow', timeout: '1h' }).step('one', lead);

const troupe = await createTroupe({ definitions: [slow, failing, trying, lead, flow] });
const starting = [slow, failing, trying, lead, flow].map((work) => troupe.start(work, undefined));
const runs = await Promise.all(starting);
await troupe.send(failing, { type: 'note' });
const cancelled = await troupe.start(slow, undefined);
for await (const event of cancelled.events())
  if (event.type === 'status' && event.status === 'IN_PROGRESS') break;
await cancelled.cancel();
const waiting = runs.map((run) => run.result({ timeout: '1h' }).catch(({ code }) => code));
await troupe.stop({ deadline: 1 });
const refused = await Promise.all(waiting);
const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
console.log(JSON.stringify({ refused, timers }));
