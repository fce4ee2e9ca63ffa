/**
 * People as an arbitrary: what they answer to the first questions, early, late, twice, or never.
 * Questions without an entry are answered as the team's `people` says, else with yes.
 */
import fc from 'fast-check';
import { isTroupeError } from '../../../protocol/index.ts';
import { arbitraryOf } from '../../arbitrary/index.ts';
import type { Answering } from '../../simulation/script.ts';
import { msOf, plainRecord } from './faults.ts';
import type { Places } from './places.ts';

/** Answers to some of the questions that were seen, or a bit beyond. */
export function peopleOf(places: Places): fc.Arbitrary<Answering[]> {
  if (places.questions === 0) return fc.constant([]);
  const question = fc.integer({ min: 1, max: places.questions + 1 });
  const afterMs = fc.oneof(fc.constant(0), msOf(places));
  const again = fc.constantFrom<Answering['again']>('same', 'contrary');
  const answer = fc.constantFrom<Answering['answer']>('yes', 'no', 'nothing');
  const value = valuesOf(places);
  const usual = plainRecord({ question, answer, afterMs, ...value });
  const insisting = plainRecord({ question, answer, afterMs, again, ...value });
  const answering: fc.Arbitrary<Answering> = fc.oneof(
    { weight: 3, arbitrary: usual },
    { weight: 1, arbitrary: insisting },
  );
  const some = fc.uniqueArray(answering, {
    selector: (one) => one.question,
    maxLength: Math.min(6, places.questions + 1),
  });
  return fc.oneof(fc.constant([]), some).map((answers) => answers.toSorted(byQuestion));
}

/** What a yes brings along, when it is known and can be drawn; `people` may say it otherwise. */
function valuesOf({ answer }: Places): { value?: fc.Arbitrary<unknown> } {
  try {
    return answer === undefined ? {} : { value: arbitraryOf(answer) };
  } catch (error) {
    if (isTroupeError(error, 'NO_ARBITRARY')) return {};
    throw error;
  }
}

const byQuestion = (a: Answering, b: Answering): number => a.question - b.question;
