/**
 * Findings: what a check says is wrong, with its place and the shortest story that shows it.
 * A finding can be excused by name: its code, or its code, a colon and its place.
 */

/** What can be found. */
export const findingCodes = [
  // Machines
  'unreachable-state',
  'dead-end',
  'event-never-handled',
  'transition-never-taken',
  'guard-never-true',
  'guard-never-false',
  'loop-without-progress',
  'invariant-broken',
  'effect-may-be-lost',
  'not-durable',
  'throws',
  'mutant-lives',
  // Workflows, bots and tasks
  'step-nobody-can-do',
  'step-unreachable',
  'failure-never-ends',
  'approval-unanswered',
  'undo-nobody-can-do',
  'undo-without-result',
  // A whole run
  'never-reached',
] as const;
/** One of them. */
export type FindingCode = (typeof findingCodes)[number];

/** Something that is wrong, or that nobody could show to be right within the bounds. */
export interface Finding {
  readonly code: FindingCode;
  /** Id of the definition. */
  readonly definition: string;
  /** Where: `#door.open on CLOSE[0]`, `step publish`. */
  readonly place: string;
  /** What is wrong, and what to do about it. */
  readonly message: string;
  /** The shortest story found that leads there, a line for each event; empty: none is needed. */
  readonly witness: readonly string[];
}

/** The name by which a single finding is excused. */
export const nameOfFinding = ({ code, place }: Finding): string => `${code}:${place}`;

/** Whether a finding is excused by one of these names. */
export const isExcused = (finding: Finding, allow: readonly string[]): boolean =>
  allow.includes(finding.code) || allow.includes(nameOfFinding(finding));
