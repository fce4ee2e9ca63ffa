/**
 * Stories: other scripts for the machines of the corpus, made of the steps of their own scripts in
 * any order and number, with time passing between.
 */
import fc from 'fast-check';
import { advance, type Case, type Step } from './contract.ts';

/** A machine of the corpus under another script. */
export const storiesOf = (corpus: readonly Case[]): fc.Arbitrary<Case> =>
  fc.constantFrom(...corpus).chain((one) => {
    const steps: readonly Step[] = [...one.script, ...[1, 50, 100, 1_000].map(advance)];
    return fc
      .array(fc.constantFrom(...steps), { minLength: 1, maxLength: 8 })
      .map((script) => ({ ...one, script, ends: {} }));
  });
