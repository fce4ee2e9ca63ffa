/**
 * Shows on standard error how an audit goes: on a screen one line that is drawn anew, elsewhere a
 * plain line now and then. Standard output is left to the result.
 */
import type { Clock } from '../../index.ts';
import { type AuditEvent, surveyUnit } from '../../specialists/index.ts';
import type { Terminal } from '../command.ts';
import { cut } from '../table.ts';
import { Estimate } from './estimate.ts';

/** A screen's line is drawn anew at most that often. */
const drawMs = 100;
/** Elsewhere a line is written that often at first, and then more and more seldom. */
const lineMs = 2_000;
const lineMsMax = 30_000;
const barColumns = 20;
/** Columns kept free at the end of the line: a terminal echoes Ctrl-C as two characters. */
const spare = 4;

/** What a progress needs. */
export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'now'>;
  /** The run whose events are shown. */
  readonly run: string;
  /** Jobs that run at once. */
  readonly threads: number;
  /** Whether plain lines are wanted where there is no screen. */
  readonly hasLines: boolean;
}

/** The progress of one audit. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #estimate: Estimate;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lineMs = lineMs;
  #drawn = false;
  #isOver = false;
  #survey = '';

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#estimate = new Estimate(options.threads);
  }

  /** Writes a line that stays. */
  say(text: string): void {
    const { terminal, hasLines } = this.#options;
    this.#clear();
    if (hasLines || terminal.isScreen) terminal.err(`${text}\n`);
  }

  /** Writes lines that stay, also where none are wanted. */
  readonly insist = (text: string): void => {
    this.#clear();
    this.#options.terminal.err(`${text}\n`);
  };

  /** Work that was recorded before. */
  recorded(units: readonly string[]): void {
    for (const unit of units) this.#estimate.done(unit);
  }

  /** Takes in what happened; may be called very often. */
  readonly note = (event: AuditEvent): void => {
    const { clock, run } = this.#options;
    if (event.run !== run) return;
    if (event.type === 'planned') {
      this.#estimate.plan(event.plan.units);
      this.#estimate.done(surveyUnit.name);
      this.#survey = `${counted(event.files, 'file')}, ${counted(event.code, 'line')} of code`;
      this.#lastAt = Number.NEGATIVE_INFINITY;
    } else if (event.type === 'done') this.#estimate.done(event.unit);
    else if (event.unit === 'survey')
      this.#survey = `surveying: ${figure(event.done)} of ${figure(event.total)} files`;
    else this.#estimate.working(event.unit, event.done / Math.max(1, event.total), clock.now());
    if (!this.#isOver) this.#show();
  };

  /** Shows nothing any more but what is said; the line that is drawn anew goes off the screen. */
  end(): void {
    this.#isOver = true;
    this.#clear();
  }

  #clear(): void {
    if (this.#drawn) this.#options.terminal.err('\r\u001b[2K');
    this.#drawn = false;
    this.#lastAt = Number.NEGATIVE_INFINITY;
  }

  #show(): void {
    const { terminal, clock, hasLines } = this.#options;
    const now = clock.now();
    if (now - this.#lastAt < (terminal.isScreen ? drawMs : this.#lineMs)) return;
    this.#lastAt = now;
    if (terminal.isScreen) {
      this.#drawn = true;
      terminal.err(`\r\u001b[2K${cut(this.#line(now), terminal.columns - spare)}`);
    } else if (hasLines) {
      this.#lineMs = Math.min(lineMsMax, 1.2 * this.#lineMs);
      terminal.err(`${this.#line(now)}\n`);
    }
  }

  #line(now: number): string {
    const { steps, fraction } = this.#estimate;
    if (steps === undefined) return `  ${this.#survey}`;
    const bar = this.#options.terminal.isScreen ? `${barOf(fraction)} ` : '';
    const percent = `${Math.floor(100 * fraction)} %`.padStart(5);
    const left = `${durationText(this.#estimate.leftMs(now))} left`;
    return `  ${bar}${percent}  ${steps.done} of ${steps.total} steps, ${left} · ${this.#survey}`;
  }
}

/** A duration in words, as exact as an estimate is. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 90) return `about ${Math.max(1, seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 90) return `about ${minutes} min`;
  return `about ${(minutes / 60).toFixed(1)} h`;
}

function barOf(fraction: number): string {
  const full = Math.round(barColumns * fraction);
  return '━'.repeat(full) + '╌'.repeat(barColumns - full);
}

const figure = (value: number): string => value.toLocaleString('en-US');

/** A number of things, such as `1 file` or `2,000 files`. */
export const counted = (value: number, noun: string): string =>
  `${figure(value)} ${noun}${value === 1 ? '' : 's'}`;
