/**
 * Activations: what work asks for each time that it runs from the top. Work is a function of its
 * input and of the answers it gets, so two activations of one attempt that get the same answers
 * must ask for the same.
 *
 * What may differ: how far they come, and what they ask after different answers (a failed step is
 * not recorded, and may succeed when it runs again; another failure is another answer). Work that
 * asks for several things at a time may ask in another order; work that never does may not.
 */
import { canonicalJson, isTroupeError } from '../../protocol/index.ts';
import { shortened } from './words.ts';

/** One running of work from the top. */
export interface Activation {
  /** As calls are named: `finder`. */
  readonly of: string;
  readonly runId: string;
  readonly attempt: number;
  /** Number of the call over all lives: `CallRecord.nth`. */
  readonly nth: number;
}

/** What work asks for. */
export interface Asking {
  readonly call: 'step' | 'sleep' | 'send' | 'ask' | 'report' | 'handoff';
  /** Of a step and a sleep its name; of a message whom and what: `trader quote`. */
  readonly name: string;
  /** Input, body, duration; undefined when there is none. */
  readonly with?: unknown;
}

/** Tells what came of an asking: a value, or an error. */
export type Answered = (answer: {
  readonly isOk: boolean;
  readonly value?: unknown;
  readonly error?: unknown;
}) => void;

/** What work has asked for and got no answer to. */
export interface OpenAsking {
  readonly runId: string;
  /** `ask trader quote`. */
  readonly what: string;
}

interface Noted {
  /** `step search`. */
  readonly what: string;
  readonly body: string;
  /** No two of one activation have the same name. */
  readonly isNamed: boolean;
  /** Nothing was open when this was asked, nor at any time before. */
  readonly isInTurn: boolean;
  isOpen: boolean;
}

interface Course {
  readonly runId: string;
  readonly nth: number;
  readonly life: number;
  readonly noted: Noted[];
  readonly answers: Map<string, string>;
  open: number;
  isInTurn: boolean;
  hasDiffered: boolean;
  /** An answer told it that its process, or its attempt, is over: nobody hears it any more. */
  isOver: boolean;
  gave?: string;
}

/** Compares activations; what differs is told in words. */
export class Activations {
  readonly #courses = new Map<string, Course[]>();
  #life = 1;
  readonly #tell: (what: string, of: string) => void;

  constructor(tell: (what: string, of: string) => void) {
    this.#tell = tell;
  }

  /** Work asks for something. */
  asked(activation: Activation, asking: Asking): Answered {
    const { course, earlier } = this.#at(activation);
    if (course.isOver) return () => undefined;
    const noted: Noted = {
      what: `${asking.call} ${asking.name}`,
      body: textOf(asking.with),
      isNamed: asking.call === 'step' || asking.call === 'sleep',
      isInTurn: course.isInTurn && course.open === 0,
      isOpen: true,
    };
    course.isInTurn = noted.isInTurn;
    const place = course.noted.push(noted) - 1;
    course.open += 1;
    for (const other of earlier) this.#differs(course, activation.of, differenceIn(other, course));
    return ({ isOk, value, error }) => {
      if (!noted.isOpen) return;
      noted.isOpen = false;
      course.open -= 1;
      course.isOver ||= !isOk && isTroupeError(error) && overCodes.has(error.code);
      if (course.isOver) return;
      course.answers.set(keyOf(course, place), isOk ? `got ${textOf(value)}` : failureText(error));
    };
  }

  /** Work has ended with a result. */
  gave(activation: Activation, result: unknown): void {
    const { course, earlier } = this.#at(activation);
    if (course.isOver) return;
    course.gave = textOf(result);
    for (const other of earlier)
      this.#differs(course, activation.of, differenceAtEnd(other, course));
  }

  /** The process has ended: what it asked for waits for nothing any more. */
  crashed(): void {
    this.#life += 1;
  }

  /** What is asked for in this life and has no answer. */
  get open(): readonly OpenAsking[] {
    const courses = [...this.#courses.values()].flat().filter(({ life }) => life === this.#life);
    return courses.flatMap(({ runId, noted, gave }) =>
      gave === undefined
        ? noted.filter(({ isOpen }) => isOpen).map(({ what }) => ({ runId, what }))
        : [],
    );
  }

  #differs(course: Course, of: string, what: string | undefined): void {
    if (what === undefined || course.hasDiffered) return;
    course.hasDiffered = true;
    this.#tell(what, of);
  }

  #at({ of, runId, attempt, nth }: Activation): { course: Course; earlier: readonly Course[] } {
    const key = `${of}\n${runId}\n${attempt}`;
    const courses = this.#courses.get(key) ?? [];
    this.#courses.set(key, courses);
    let course = courses.find((one) => one.nth === nth);
    if (course === undefined) {
      course = {
        runId,
        life: this.#life,
        nth,
        noted: [],
        answers: new Map(),
        open: 0,
        isInTurn: true,
        hasDiffered: false,
        isOver: false,
      };
      courses.push(course);
    }
    return { course, earlier: courses.filter((one) => one.nth < nth) };
  }
}

/** Errors by which the runtime tells work that it is over: it runs again, or nobody wants it. */
const overCodes: ReadonlySet<string> = new Set([
  'JOURNAL_FAILED',
  'JOURNAL_FULL',
  'JOURNAL_GONE',
  'ABORTED',
  'SUSPENDED',
  'STOPPED',
]);

/** A failure by what work can tell it by. */
function failureText(error: unknown): string {
  const code = isTroupeError(error) ? error.code : '';
  return `failed ${code} ${error instanceof Error ? error.message : textOf(error)}`;
}

/** What the newest asking of `later` contradicts in an earlier course. */
function differenceIn(earlier: Course, later: Course): string | undefined {
  if (!agree(earlier, later)) return undefined;
  const place = later.noted.length - 1;
  const now = later.noted[place];
  const then = earlier.noted[place];
  if (now === undefined) return undefined;
  const same = now.isNamed ? earlier.noted.find(({ what }) => what === now.what) : undefined;
  if (same !== undefined && same.body !== now.body) return otherBody(now, same);
  if (then === undefined || !then.isInTurn || !now.isInTurn) return undefined;
  if (then.what !== now.what) return `it asked for ${now.what} where it had asked for ${then.what}`;
  if (then.body === now.body) return undefined;
  return otherBody(now, then);
}

const otherBody = (now: Noted, then: Noted): string => {
  const bodies = [now, then].map(({ body }) => shortened(body));
  return `it asked for ${now.what} with ${bodies[0]} where it had asked with ${bodies[1]}`;
};

/** What a course that has ended contradicts in an earlier one. */
function differenceAtEnd(earlier: Course, later: Course): string | undefined {
  if (!agree(earlier, later)) return undefined;
  const keys = new Set(later.noted.map((_, place) => keyOf(later, place)));
  const missed = earlier.noted.find((_, place) => !keys.has(keyOf(earlier, place)));
  if (missed !== undefined) return `it did not ask for ${missed.what} for which it had asked`;
  const isKnown = [...earlier.answers.keys()].every((key) => later.answers.has(key));
  if (earlier.gave === undefined || earlier.gave === later.gave || !isKnown) return undefined;
  return `it gave ${shortened(later.gave ?? '')} where it had given ${shortened(earlier.gave)}`;
}

/** Whether what both were answered is the same. */
function agree(earlier: Course, later: Course): boolean {
  for (const [key, answer] of earlier.answers) {
    const now = later.answers.get(key);
    if (now !== undefined && now !== answer) return false;
  }
  return true;
}

/** What an asking is compared by: its name, else all of it and its ordinal among equals. */
function keyOf({ noted }: Course, place: number): string {
  const one = noted[place];
  if (one === undefined || one.isNamed) return one?.what ?? '';
  const equal = noted
    .slice(0, place)
    .filter(({ what, body }) => what === one.what && body === one.body);
  return `${one.what}\n${one.body}\n${equal.length}`;
}

/** JSON text of a value for comparing; of what is no JSON its kind alone. */
export function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  try {
    return canonicalJson(value);
  } catch {
    return `(${typeof value})`;
  }
}
