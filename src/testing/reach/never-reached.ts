/**
 * Never reached: a declared state, step, handler or definition that no run came to. What no run
 * came to, no law was held to there.
 */
import { type Coverage, type CoveredPlace, type Finding, isExcused } from '../findings/index.ts';
import { wholeRun } from './work.ts';

/**
 * The places that no run reached and that are not excused by name: `never-reached:#door.open`,
 * `never-reached:step publish`, `never-reached:handler note`, `never-reached:run`.
 */
export const neverReached = (coverage: Coverage, allow: readonly string[] = []): Finding[] =>
  coverage
    .filter(({ hits }) => hits === 0)
    .flatMap((missed) => findingOf(missed) ?? [])
    .filter((finding) => !isExcused(finding, allow));

/** Transitions, guards and single ends are for the table: no run need come to all of them. */
function findingOf({ definition, kind, place }: CoveredPlace): Finding | undefined {
  if (kind === 'state') return found(definition, place, 'no run was ever in this state');
  if (kind === 'message') return found(definition, `handler ${place}`, 'no run sent it a message');
  if (kind !== 'step' || !place.endsWith(begun)) return undefined;
  const name = place.slice(0, -begun.length);
  if (name === wholeRun) return found(definition, 'run', 'nothing ever ran it');
  return found(definition, `step ${name}`, 'no run ever began this step');
}

const begun = ' STARTED';

const found = (definition: string, place: string, what: string): Finding => ({
  code: 'never-reached',
  definition,
  place,
  message: `${what}: nothing is known about it; let the scenario come there, or allow it by name`,
  witness: [],
});
