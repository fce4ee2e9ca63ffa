/**
 * Rest: when faults have ended and nothing goes on any more, every run has ended, or waits for a
 * person who has an open question. Any other wait is for ever, and `waits.ts` says for what.
 */
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { Waits } from './waits.ts';

/** Everything that was begun ends. */
export function rest(): Oracle {
  const roll = new Roll();
  return {
    law: 'every run ends, or waits for a person',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      return undefined;
    },
    rested: (sight) => new Waits(roll, sight).forEver(),
  };
}
