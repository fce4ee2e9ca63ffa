/**
 * `escalation`: what a bot, or a workflow, hands to a person who can do what it can't: a question
 * that has an answer and no no. It is registered always, and is a step like any other work.
 */
import { z } from 'zod';
import { type Approval, type Json, TextOption } from '../protocol/index.ts';
import { defineApproval } from './define-approval.ts';

/** How bad it is; SEV1 is the worst. */
export const Severity = z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4'], 'must be SEV1 to SEV4');
export type Severity = z.infer<typeof Severity>;

/** What is escalated, as it is checked. */
export const EscalationInput = z.strictObject({
  severity: Severity,
  issue: TextOption,
  context: z.json().optional(),
  attempted: z.array(TextOption, 'must be an array of texts').optional(),
});

/** What is escalated. */
export interface EscalationInput {
  readonly severity: Severity;
  /** What is wrong, in a sentence. */
  readonly issue: string;
  /** What the person should know, as JSON. */
  readonly context?: unknown;
  /** What was tried. */
  readonly attempted?: readonly string[] | undefined;
}

const Answer = z.custom<Json>((given) => given !== undefined, 'must be given');

/** The definition of escalations; its result is what the person answers. */
export const escalation: Approval<EscalationInput, Json, Json> = Object.freeze({
  ...defineApproval({
    id: 'escalation',
    title: 'Escalation',
    description: 'Something that needs a person: read the issue, and answer what is to be done.',
    input: EscalationInput,
    answer: Answer,
  }),
  mustAnswer: true,
});
