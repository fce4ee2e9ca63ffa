/**
 * The story of a script in words: what the scenario asked, what the script did, what people said,
 * which calls mattered, and where the law broke. Short: a dozen lines at most.
 */
import { nameOf } from '../../simulation/outside/code.ts';
import type { Breach, Happening, Played } from '../../simulation/played.ts';
import type { CallRecord } from '../../simulation/sight.ts';

/** Lines at most, the breach included. */
const linesMax = 12;
/** Calls that nobody scripted, at most: the last ones before the breach. */
const callsMax = 4;

/** A happening with the call that it is of. */
interface Told extends Happening {
  readonly call?: CallRecord | undefined;
}

/** The story of what was played up to the breach; its last line is the breach. */
export function storyOf(played: Played, broken: Breach): readonly string[] {
  const start = played.happenings[0]?.at ?? 0;
  const until = toldBy(played).filter((one) => isBefore(one, broken));
  const told = shortened(joined(withoutRepeats(mattersIn(until))));
  const lines = told.map((one) => `${sinceText(one.at - start)}  ${textOf(one)}`);
  const last = until.at(-1)?.at ?? start;
  return [...lines, `${sinceText(last - start)}  broken: ${breachText(broken)}`];
}

/** A story with numbered lines. */
export const numbered = (lines: readonly string[]): string =>
  lines.map((line, at) => `${String(at + 1).padStart(2)}. ${line}`).join('\n');

const breachText = ({ law, found }: Breach): string =>
  found === 'it does not hold' ? `"${law}" does not hold` : found;

/** Each call stands for one happening, in order. */
function toldBy({ happenings, calls }: Played): readonly Told[] {
  const isOfCall = ({ kind }: Happening): boolean => kind === 'call';
  if (happenings.filter(isOfCall).length !== calls.length) return happenings;
  const left = [...calls];
  return happenings.map((one) => (isOfCall(one) ? { ...one, call: left.shift() } : one));
}

/** What a commit brings about comes after what it broke. */
const isBefore = ({ kind, commit, isScripted }: Told, broken: Breach): boolean =>
  commit < broken.commit || (commit === broken.commit && (kind !== 'call' || isScripted));

/** What matters: all but the end of faults, and of calls the last ones that say most. */
function mattersIn(all: readonly Told[]): readonly Told[] {
  const called = new Set(all.flatMap(({ call }) => call?.of ?? []));
  const isWhole = ({ of }: CallRecord): boolean =>
    [...called].some((other) => other.startsWith(`${of}.`));
  const isDisturbed = (call: CallRecord): boolean =>
    all.some(({ kind, text }) => kind === 'fault' && text.includes(`${nameOf(call)} `));
  // Work is told by its steps, and a call that a fault strikes by the fault.
  const late = all
    .filter(({ call }) => call !== undefined && !isWhole(call) && !isDisturbed(call))
    .slice(-callsMax);
  return all.filter((one) => one.kind !== 'rest' && (one.call === undefined || late.includes(one)));
}

/** A client that starts again asks the same again: told once. */
function withoutRepeats(told: readonly Told[]): readonly Told[] {
  const asked = new Set<string>();
  return told.filter(({ kind, text }) => {
    if (kind !== 'request') return true;
    const isNew = !asked.has(text);
    asked.add(text);
    return isNew;
  });
}

/** A restart is told with what it follows. */
function joined(told: readonly Told[]): readonly Told[] {
  const lines: Told[] = [];
  for (const one of told) {
    const last = lines.at(-1);
    if (one.kind !== 'life' || last?.kind !== 'fault') lines.push(one);
    else lines[lines.length - 1] = { ...last, text: `${last.text}; ${one.text}` };
  }
  return lines;
}

/** What is least needed goes first: what nobody scripted, then requests; faults last. */
function shortened(told: readonly Told[]): readonly Told[] {
  const order: readonly Told['kind'][] = ['call', 'life', 'request', 'person', 'fault', 'rest'];
  const rank = ({ kind, isScripted }: Told): number =>
    order.indexOf(kind) + (isScripted ? order.length : 0);
  const over = told.length - (linesMax - 1);
  if (over <= 0) return told;
  // One line more, for the one that says so.
  const out = new Set(told.toSorted((a, b) => rank(a) - rank(b)).slice(0, over + 1));
  const [first] = told;
  const kept = told.filter((one) => !out.has(one));
  const text = `(${told.length - kept.length} happenings are left out)`;
  const note: Told[] = first === undefined ? [] : [{ ...first, call: undefined, text }];
  return [...note, ...kept];
}

function textOf({ call, text }: Told): string {
  if (call === undefined) return text;
  return `${call.of} is called${call.nth === 1 ? '' : ` again (call ${call.nth})`}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** `+3 s`, `+2 h 5 min`: the two largest units. */
function sinceText(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return `+${parts.slice(0, 2).join(' ') || '0 s'}`;
}
