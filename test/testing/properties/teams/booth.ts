/** A booth that sells tickets under a key of its own for each attempt; mended, under one. */
import { defineBot, type Troupe } from 'troupe';
import type { View } from 'troupe/testing';
import { z } from 'zod';

const Order = z.object({ seat: z.string(), "it's": z.array(z.int()).optional() });

/** What `property` is given. */
export function boothOf(isMended: boolean) {
  const booth = defineBot({
    id: 'booth',
    input: Order,
    work: async ({ input, attempt, step }) => {
      await step(isMended ? 'sell' : `sell-${attempt}`, () => input.seat);
      return step('print', () => 'printed');
    },
  });
  return {
    definitions: [booth],
    given: Order,
    scenario: (troupe: Troupe, order: z.input<typeof Order>) =>
      troupe.run(booth, order, { id: 'order' }),
    always: {
      "a seat isn't sold twice": (view: View) =>
        new Set(
          view
            .calls()
            .flatMap(({ of, key, end }) => (/\.sell/.test(of) && end === 'done' ? key : [])),
        ).size <= 1,
    },
  };
}
