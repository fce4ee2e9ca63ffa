/**
 * Approval: a question to a person. What it is made of, what can happen to it, and what a person
 * says to it.
 *
 * What is shown is the canonical payload: the input after its schema as canonical JSON text, made
 * once when the approval is started, with its SHA-256 as `digest`. It is what will be acted on.
 */
import { z } from 'zod';
import { limits } from './limits.ts';
import { CommentOption, PersonOption } from './options.ts';
import { RunEvents, RunSpec } from './task.ts';

/** An approval's spec: a run's, what is shown, and how long the person has. */
export const ApprovalSpec = RunSpec.extend({
  /** Canonical JSON text of what a yes is about; empty when that is undefined. */
  payload: z.string(),
  /** SHA-256 of the payload's text, in hexadecimal. */
  digest: z.string(),
  /** A yes brings an answer, which is the result. */
  takesAnswer: z.literal(true).optional(),
  /** Milliseconds between two reminders; absent: none. */
  remindEveryMs: z.number().positive().optional(),
  /** Milliseconds after which silence fails it; absent: it waits for ever. */
  expiresInMs: z.number().positive().optional(),
});
export type ApprovalSpec = z.infer<typeof ApprovalSpec>;

const at = z.int();

/** What can happen to an approval. */
export const ApprovalEvent = z.discriminatedUnion('type', [
  ...RunEvents,
  z.strictObject({
    type: z.literal('approval.decide'),
    at,
    approve: z.boolean(),
    by: z.string(),
    comment: z.string().optional(),
    /** Of a yes, when it takes one. */
    answer: z.unknown().optional(),
  }),
  /** Nobody has decided for a while; a timer brings it. */
  z.strictObject({ type: z.literal('approval.remind'), at: at.optional() }),
  /** Nobody has decided in time; a timer brings it. */
  z.strictObject({ type: z.literal('approval.expire'), at: at.optional() }),
]);
export type ApprovalEvent = z.infer<typeof ApprovalEvent>;

const aDigest = 'must be the digest of what was seen';

/** What a person says, as it is checked. */
export const Decision = z.strictObject({
  approve: z.boolean('must be true or false'),
  by: PersonOption,
  answer: z.unknown().optional(),
  comment: CommentOption.optional(),
  digest: z.string(aDigest).max(limits.idChars, aDigest).optional(),
});

/** What a person says. */
export interface Decision<Answer = unknown> {
  readonly approve: boolean;
  /** Who decides. */
  readonly by: string;
  /** What a yes brings along, when the approval takes an answer. */
  readonly answer?: Answer | undefined;
  readonly comment?: string | undefined;
  /** Of the payload that was seen; refused when it is not what would be acted on. */
  readonly digest?: string | undefined;
}

/** The decision on a typed approval: a yes brings what its schema takes; a no brings nothing. */
export type DecisionOn<Answer> =
  | (Omit<Decision, 'approve' | 'answer'> & {
      readonly approve: true;
    } & (undefined extends Answer
        ? { readonly answer?: Answer | undefined }
        : { readonly answer: Answer }))
  | (Omit<Decision, 'approve' | 'answer'> & {
      readonly approve: false;
      readonly answer?: undefined;
    });

/** The result of an approval without an answer: the decision itself. */
export interface Approved {
  readonly approved: true;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly comment?: string | undefined;
}
