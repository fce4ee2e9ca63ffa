/**
 * How a run ends, as data: what travels to whoever waits for it and stays in the journal.
 */
import { z } from 'zod';
import { limits } from './limits.ts';

/** A failure as data: it survives JSON, and so does the chain of its causes. */
export interface Failure {
  /** A code of the error table, or the `code` of the error that the work threw, else its name. */
  readonly code: string;
  readonly message: string;
  /** Whether trying again can help. */
  readonly retryable: boolean;
  /** Where it happened: the address of the run, with the step. */
  readonly at?: string | undefined;
  /** What the work said about getting over it. */
  readonly recovery?: string | undefined;
  readonly stack?: string | undefined;
  readonly cause?: Failure | undefined;
}

export const Failure: z.ZodType<Failure> = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  at: z.string().optional(),
  recovery: z.string().optional(),
  stack: z.string().optional(),
  get cause() {
    return Failure.optional();
  },
});

/**
 * A failure whose chain of causes is at most `limits.failureCauses` long: the nearest causes and
 * the root are kept, what lies between is left out. Each level of nested runs adds one.
 * @param above causes that stand before this one.
 */
export function pruned(failure: Failure, above = 0): Failure {
  const chain: Failure[] = [];
  for (let next: Failure | undefined = failure; next !== undefined; next = next.cause) {
    chain.push(next);
  }
  const room = Math.max(2, limits.failureCauses - above);
  const kept = chain.length <= room ? chain : [...chain.slice(0, room - 1), ...chain.slice(-1)];
  return (
    kept.reduceRight<Failure | undefined>((cause, link) => ({ ...link, cause }), undefined) ??
    failure
  );
}

/** The statuses of a run; the last three are final. */
export const RunStatus = z.enum([
  'PENDING',
  'ASSIGNED',
  'IN_PROGRESS',
  'BLOCKED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Whether a status never changes again. */
export const isFinal = (status: string): boolean =>
  status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';

/** What every outcome tells beside its status. */
export interface OutcomeFacts {
  /** 0 to 1, as the work reported it; undefined when it did not. */
  readonly confidence?: number | undefined;
  /** What the work says is worth remembering. */
  readonly learnings?: readonly string[] | undefined;
  /** Attempts begun, 1 for work that succeeded at once. */
  readonly attempts: number;
  /** What it cost with all runs below it, in the unit that the app reports; undefined: nothing. */
  readonly cost?: number | undefined;
  /** 0 to 1: how good the result is, as the work reported it last. */
  readonly quality?: number | undefined;
  /** Milliseconds from creation to the end. */
  readonly elapsedMs: number;
}

/** How a run ended. */
export type Outcome<Result = unknown> = OutcomeFacts &
  (
    | { readonly status: 'COMPLETED'; readonly result: Result }
    | { readonly status: 'FAILED'; readonly error: Failure }
    | { readonly status: 'CANCELLED'; readonly reason: string }
  );
