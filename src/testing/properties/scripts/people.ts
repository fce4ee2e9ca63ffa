/**
 * People as an arbitrary: what they answer to the first questions, early, late, twice, or never.
 * Questions without an entry are answered as the team's `people` says, else with yes.
 */
import fc from 'fast-check';
import type { Answering } from '../../simulation/script.ts';
import { msOf } from './faults.ts';
import type { Places } from './places.ts';

/** Answers to some of the questions that were seen, or a bit beyond. */
export function peopleOf(places: Places): fc.Arbitrary<Answering[]> {
  if (places.questions === 0) return fc.constant([]);
  const question = fc.integer({ min: 1, max: places.questions + 1 });
  const afterMs = fc.oneof(fc.constant(0), msOf(places));
  const again = fc.constantFrom<Answering['again']>('same', 'contrary');
  const answer = fc.constantFrom<Answering['answer']>('yes', 'no', 'nothing');
  const answering = fc.oneof(
    { weight: 3, arbitrary: fc.record({ question, answer, afterMs }) },
    { weight: 1, arbitrary: fc.record({ question, answer, afterMs, again }) },
  );
  const some = fc.uniqueArray(answering, {
    selector: (one) => one.question,
    maxLength: Math.min(6, places.questions + 1),
  });
  return fc.oneof(fc.constant([]), some).map((answers) => answers.toSorted(byQuestion));
}

const byQuestion = (a: Answering, b: Answering): number => a.question - b.question;
