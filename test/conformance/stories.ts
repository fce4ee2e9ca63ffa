/**
 * Stories: other scripts for the machines of the corpus, made of the steps of their own scripts in
 * any order and number, with time passing between.
 *
 * Left out is what arms timers twice under one id: there XState also forgets the second one's id
 * when the first one fires, so that it can't be taken back any more; a troupe still can.
 */
import fc from 'fast-check';
import { advance, type Case, type Step } from './runners/contract.ts';

const armedTwice = 'armed-twice-under-one-id';

/** A machine of the corpus under another script. */
export const storiesOf = (corpus: readonly Case[]): fc.Arbitrary<Case> =>
  fc.constantFrom(...corpus.filter(({ id }) => id !== armedTwice)).chain((one) => {
    const steps: readonly Step[] = [...one.script, ...[1, 50, 100, 1_000].map(advance)];
    return fc
      .array(fc.constantFrom(...steps), { minLength: 1, maxLength: 8 })
      .map((script) => ({ ...one, script, ends: {} }));
  });
