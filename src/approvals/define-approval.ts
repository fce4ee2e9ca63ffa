/**
 * `defineApproval`: a question to a person, who decides. It is declared once, as a frozen value
 * with the types of what it is about and of what a yes gives.
 */
import { z } from 'zod';
import {
  type Approval,
  type Approved,
  type CallerInput,
  checkOptions,
  type Duration,
  definitionCore,
  definitionFields,
  definitionId,
  durationMs,
  type Schema,
  type SchemaInput,
  SchemaOption,
  type SchemaOutput,
  TimeoutOption,
} from '../protocol/index.ts';

const { retry: _retry, timeout: _timeout, ...fields } = definitionFields;

/** The options of an approval, as they are checked when it is declared. */
export const ApprovalOptions = z.strictObject({
  ...fields,
  answer: SchemaOption.optional(),
  remindEvery: TimeoutOption.optional(),
  expiresIn: TimeoutOption.optional(),
});

/** The options of an approval. `I` and `A` are its schemas. */
export interface ApprovalOptions<I extends Schema | undefined, A extends Schema | undefined> {
  /** Names the approval: its runs. Unique among definitions of one version. */
  readonly id: string;
  /** Raised when old runs could mean something new under it (default `'1'`). */
  readonly version?: string | undefined;
  /** What the person reads first. */
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Callers pass what it takes, people see what it gives; without it the input is undefined. */
  readonly input?: I;
  /** A yes brings what it takes; the result is what it gives. Without it: the decision. */
  readonly answer?: A;
  /** Time between two reminders (default: none). */
  readonly remindEvery?: Duration | undefined;
  /** How long it waits until it fails, `APPROVAL_EXPIRED` (default: for ever). */
  readonly expiresIn?: Duration | undefined;
}

/** What a yes gives: what the answer's schema gives, else the decision. */
export type ApprovalResult<A> = A extends Schema ? SchemaOutput<A> : Approved;

/** What a yes brings: what the answer's schema takes, else nothing. */
export type ApprovalAnswer<A> = A extends Schema ? SchemaInput<A> : undefined;

/**
 * Declares an approval. Its options are checked at once; they are not changed, it is frozen.
 * @throws TroupeError `BAD_ID` or `BAD_OPTION` naming the field.
 */
export function defineApproval<
  I extends Schema | undefined = undefined,
  A extends Schema | undefined = undefined,
>(options: ApprovalOptions<I, A>): Approval<CallerInput<I>, ApprovalResult<A>, ApprovalAnswer<A>>;
export function defineApproval(options: unknown): Approval {
  const id = definitionId(options, 'approval');
  const where = `approval ${id}`;
  const given = checkOptions(ApprovalOptions, options, where);
  const { remindEvery, expiresIn } = given;
  return Object.freeze({
    kind: 'approval',
    ...definitionCore(id, { ...given, retry: false }, where),
    answer: given.answer,
    remindEveryMs: remindEvery === undefined ? undefined : durationMs(remindEvery),
    expiresInMs: expiresIn === undefined ? undefined : durationMs(expiresIn),
  });
}
