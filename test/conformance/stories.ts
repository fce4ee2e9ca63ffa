/**
 * Stories: other scripts for the machines of the corpus, made of what is done in their own scripts
 * in any order and number, with time passing between.
 *
 * The times are such that no two timers of a machine fall due at one instant: then XState lets the
 * first one have all its consequences before the second one fires, and a troupe need not.
 *
 * Left out is what arms timers twice under one id: there XState also forgets the second one's id
 * when the first one fires, so that it can't be taken back any more; a troupe still can.
 */
import fc from 'fast-check';
import { advance, type Case, type Step } from './runners/contract.ts';

const armedTwice = 'armed-twice-under-one-id';
const times: readonly Step[] = [7, 53, 101, 211, 997].map(advance);

/** A machine of the corpus under another script. */
export const storiesOf = (corpus: readonly Case[]): fc.Arbitrary<Case> =>
  fc.constantFrom(...corpus.filter(({ id }) => id !== armedTwice)).chain((one) => {
    const deeds = one.script.filter((step) => step.do !== 'advance');
    return fc
      .array(fc.constantFrom(...deeds, ...times), { minLength: 1, maxLength: 10 })
      .map((script) => ({ ...one, script, ends: {} }));
  });
