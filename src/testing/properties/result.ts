/** What a property that held tells: how much was played, what struck, what was watched. */
import { type Coverage, type CoverageKind, coverageKinds, missedOf } from '../findings/index.ts';
import type { Played } from '../simulation/played.ts';
import type { FaultKind } from '../simulation/script.ts';

/** What a property that held says; it says nothing about scripts that were not played. */
export interface PropertyResult {
  /** Scripts; each was played twice. */
  readonly runs: number;
  readonly seed: number;
  /** Of all runs together, as all numbers below. */
  readonly commits: number;
  /** Calls and timers that the scheduler ran. */
  readonly steps: number;
  /** Calls of the app's code. */
  readonly calls: number;
  /** Processes. */
  readonly lives: number;
  /** Questions that people were asked. */
  readonly questions: number;
  /** How often each kind of fault that was switched on really struck. */
  readonly struck: Readonly<Partial<Record<FaultKind, number>>>;
  /** The laws that were watched: stock ones, and those of the options. */
  readonly laws: readonly string[];
  /** Which states, transitions, guards, steps and messages the runs came to. */
  readonly coverage: Coverage;
  /** All of it as a text. */
  readonly report: string;
}

/** Adds up what was played. */
export class Tally {
  readonly #kinds: readonly FaultKind[];
  readonly #struck = new Map<FaultKind, number>();
  #runs = 0;
  #commits = 0;
  #steps = 0;
  #calls = 0;
  #lives = 0;
  #questions = 0;

  constructor(kinds: readonly FaultKind[]) {
    this.#kinds = kinds;
  }

  add(played: Played): void {
    this.#runs += 1;
    this.#commits += played.commits;
    this.#steps += played.steps;
    this.#calls += played.calls.length;
    this.#lives += played.lives;
    this.#questions += played.questions;
    for (const { fault } of played.struck) {
      this.#struck.set(fault, (this.#struck.get(fault) ?? 0) + 1);
    }
  }

  /** The result, with what only the caller knows. */
  result(known: Pick<PropertyResult, 'seed' | 'laws' | 'coverage'>): PropertyResult {
    const struck = this.#kinds.map((kind) => [kind, this.#struck.get(kind) ?? 0] as const);
    const result = {
      runs: this.#runs,
      commits: this.#commits,
      steps: this.#steps,
      calls: this.#calls,
      lives: this.#lives,
      questions: this.#questions,
      struck: Object.fromEntries(struck),
      ...known,
    };
    return { ...result, report: reportOf(result) };
  }
}

/** A result as a text: numbers, faults, coverage, laws. */
function reportOf(result: Omit<PropertyResult, 'report'>): string {
  const { runs, seed, commits, lives, calls, questions, coverage, laws } = result;
  const rows: [string, string][] = [
    ['scripts', `${runs}, each played twice, from seed ${seed}`],
    ['commits', `${commits} in ${lives} processes`],
    ['calls of code', String(calls)],
    ['questions', String(questions)],
    ['faults', faultsText(result)],
    ...placeRows(coverage),
    ['laws', `${laws.length}, in these scripts all held`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}

/** Of each kind of place, how many were reached. */
function placeRows(coverage: Coverage): [string, string][] {
  return coverageKinds.flatMap((kind) => {
    const places = coverage.filter((one) => one.kind === kind);
    const reached = places.length - missedOf(places).length;
    const row: [string, string] = [nameOf[kind], `${reached} of ${places.length} reached`];
    return places.length === 0 ? [] : [row];
  });
}

const nameOf: Readonly<Record<CoverageKind, string>> = {
  state: 'states',
  transition: 'transitions',
  'guard true': 'guards, true',
  'guard false': 'guards, false',
  step: 'ends of steps',
  message: 'messages',
  fault: 'fault points',
};

function faultsText({ struck }: Pick<PropertyResult, 'struck'>): string {
  const counts = Object.entries(struck).map(([kind, count]) => `${kind} ${count}`);
  return counts.join(', ') || 'none';
}
