/** Types without code: what is sent is typed, and nobody may ask. */
import { z } from 'zod';
import { defineBot, type Envelope, handler, type Troupe } from '../../../src/index.ts';

declare const troupe: Troupe;

const ann = defineBot({
  id: 'ann',
  on: {
    note: handler(z.string()),
    fail: handler(z.string(), () => {
      throw new RangeError('always');
    }),
  },
});

await troupe.send(ann, { type: 'note', payload: 'a' });
// @ts-expect-error: the payload is a text
await troupe.send(ann, { type: 'note', payload: 1 });
// @ts-expect-error: nobody answers
await troupe.ask(ann, { type: 'note', payload: 'a' });
await troupe.ask(ann, { type: 'fail', payload: 'a' });

export const next: Envelope | undefined = await troupe.inbox(ann).receive({ timeout: '1s' });
