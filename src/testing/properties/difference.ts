/** The first difference between two plays of one script that can be told in words. */
import type { Happening, Played } from '../simulation/played.ts';
import type { CallRecord } from '../simulation/sight.ts';

/** What differs; undefined: the traces are the same. */
export function differenceBetween(one: Played, other: Played): string | undefined {
  if (one.trace === other.trace) return undefined;
  return (
    firstPair(one.calls.map(callText), other.calls.map(callText)) ??
    firstPair(one.happenings.map(happeningText), other.happenings.map(happeningText)) ??
    firstPair(one.unrepeatable.map(json), other.unrepeatable.map(json)) ??
    counts(one, other)
  );
}

function firstPair(one: readonly string[], other: readonly string[]): string | undefined {
  const at = Array.from({ length: Math.max(one.length, other.length) }).findIndex(
    (_, index) => one[index] !== other[index],
  );
  if (at === -1) return undefined;
  const text = (all: readonly string[]): string => all[at] ?? 'nothing of that';
  return `the first time there was ${text(one)}, the second time ${text(other)}`;
}

const callText = ({ of, nth, life, input, end, result }: CallRecord): string =>
  `call ${nth} of ${of} in process ${life} with ${json(input)} ended ${end} with ${json(result)}`;

const happeningText = ({ at, commit, text }: Happening): string =>
  `${text} (commit ${commit}, ${new Date(at).toISOString()})`;

function counts(one: Played, other: Played): string {
  if (one.commits === other.commits) return 'what was committed differs';
  return `${one.commits} commits the first time, ${other.commits} the second time`;
}

/** What can be shown as JSON; else its type. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}
