/** How stories of handoffs are told. */
import fc from 'fast-check';
import { HandoffEvent, HandoffSpec } from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import type { Telling } from './stories.ts';

/** The stories of handoffs. */
export const handoffTelling: Telling<HandoffSpec> = {
  specs: fc
    .record({
      drawn: arbitraryOf(HandoffSpec),
      timeoutMs: fc.integer({ min: 0, max: 5_000 }),
      step: fc.constantFrom(null, '~handoff/1'),
    })
    .map(({ drawn, ...own }) => ({ ...drawn, ...own })),
  events: HandoffEvent,
  rare: [],
  often: [],
  aimed: (event) => event,
};
