/**
 * The story of a script in words: what the scenario asked, what the script did, what people said,
 * which calls mattered, and where the law broke. Short: a dozen lines at most.
 */
import type { Breach, Happening, Played } from '../../simulation/played.ts';

/** Lines at most, the breach included. */
const linesMax = 12;

/** The story of what was played up to the breach; its last line is the breach. */
export function storyOf(played: Played, broken: Breach): readonly string[] {
  const until = played.happenings.filter(({ commit }) => commit <= broken.commit);
  const told = shortened(until.filter(tells(until)));
  const start = played.happenings[0]?.at ?? 0;
  const lines = told.map(({ at, text }) => `${sinceText(at - start)}  ${text}`);
  const last = until.at(-1)?.at ?? start;
  return [...lines, `${sinceText(last - start)}  broken: ${broken.found}`];
}

/** A story with numbered lines. */
export const numbered = (lines: readonly string[]): string =>
  lines.map((line, at) => `${String(at + 1).padStart(2)}. ${line}`).join('\n');

/** What matters: all but the end, and of calls only the last ones when there are many. */
function tells(all: readonly Happening[]): (one: Happening) => boolean {
  const calls = all.filter(({ kind }) => kind === 'call');
  const late = new Set(calls.slice(-4));
  return (one) => one.kind !== 'rest' && (one.kind !== 'call' || one.isScripted || late.has(one));
}

/** What is least needed goes first: calls, then lives, then what nobody scripted. */
function shortened(told: readonly Happening[]): readonly Happening[] {
  const order = ['call', 'person', 'request', 'life', 'fault', 'rest'];
  const rank = ({ kind, isScripted }: Happening): number =>
    order.indexOf(kind) + (isScripted ? order.length : 0);
  const over = told.length - (linesMax - 1);
  if (over <= 0) return told;
  const out = new Set(told.toSorted((a, b) => rank(a) - rank(b)).slice(0, over));
  return told.filter((one) => !out.has(one));
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `+3 s`, `+2 h 5 min`: the two largest units, exact below a second. */
function sinceText(ms: number): string {
  if (ms < 1_000) return `+${ms} ms`;
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  if (rest > 0) parts.push(`${rest} ms`);
  return `+${parts.slice(0, 2).join(' ')}`;
}
