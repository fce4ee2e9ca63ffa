/** What two plays of one script must have in common to the last row. */
import type { Played } from '../../../src/testing/simulation/index.ts';

/** All of it, as JSON. */
export const toldOf = ({ breach, journal, calls, lives, commits, happenings }: Played): unknown =>
  JSON.parse(
    withoutStacks({
      breach,
      lives,
      commits,
      calls: calls.map(({ of, nth, key, attempt, life, end }) => [
        of,
        nth,
        key,
        attempt,
        life,
        end,
      ]),
      story: happenings.map(({ at, text }) => `${at} ${text}`),
      rows: journal.rows(0, 100_000),
      actors: journal
        .actors({})
        .map(({ address, status, snapshot }) => [address, status, snapshot]),
      dead: journal.deadLetters(1_000),
    }),
  );

/** JSON text; where a file was loaded from, and how, is no part of what happened. */
const withoutStacks = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    typeof one === 'string' ? one.replace(/"stack":"(?:[^"\\]|\\.)*"/g, '') : one,
  );
