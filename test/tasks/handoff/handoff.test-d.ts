/** Type tests of handoffs: what work and callers may say, and what they are given. */
import { z } from 'zod';
import {
  defineBot,
  defineTask,
  type HandoffReport,
  type HandoffRequest,
  type OutputOf,
  type Run,
  type TakenOver,
  type Troupe,
} from '../../../src/index.ts';
import type { Equal, Expect } from '../../type-tests/equal.ts';

declare const troupe: Troupe;
declare const run: Run<string>;

const ann = defineBot({ id: 'ann', input: z.object({ n: z.number() }) });
const task = defineTask({ id: 'task', bot: ann });

/** Handing on has no result: that of the work is what it returns when nobody takes it. */
const bot = defineBot({
  id: 'bot',
  handoffs: (request) => {
    const seen: Expect<Equal<typeof request, HandoffRequest>> = true;
    return seen;
  },
  work: async ({ handoff, takenOver }) => {
    const seen: Expect<Equal<typeof takenOver, TakenOver | undefined>> = true;
    // @ts-expect-error: it need not have been taken over
    console.log(seen, takenOver.from);
    if (takenOver !== undefined) return 1;
    // @ts-expect-error: only bots take tasks
    await handoff({ to: task, reason: 'blocked' });
    // @ts-expect-error: no such reason
    await handoff({ to: ann, reason: 'bored' });
    return handoff({ to: ann, reason: { own: 'bored' }, state: [1], timeout: '1h' });
  },
});
export type Result = Expect<Equal<OutputOf<typeof bot>, number>>;

const report = await troupe.handoffs.request(run, { to: 'ann', reason: 'overloaded' });
export type Report = Expect<Equal<typeof report, HandoffReport>>;
await troupe.handoffs.accept(report.id);
// @ts-expect-error: a no has a reason
await troupe.handoffs.decline(report.id, { by: 'ann' });
// @ts-expect-error: a run has a handle or an id
await troupe.handoffs.request(7, { to: ann, reason: 'blocked' });
// @ts-expect-error: such a status there is not
await troupe.handoffs.list({ status: 'CLOSED' });
// @ts-expect-error: a policy says yes or no
defineBot({ id: 'x', handoffs: () => 'yes' });
