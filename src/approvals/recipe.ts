/** How the run of an approval is made: what the person is shown is fixed when it is started. */
import { hash } from 'node:crypto';
import {
  type Approval,
  type ApprovalSpec,
  canonicalJson,
  checkJson,
  durationMs,
  parse,
  type RunSpec,
} from '../protocol/index.ts';
import type { PeopleOptions } from '../runs/index.ts';

/**
 * The spec of an approval's run.
 * @throws TroupeError `INVALID`, `SCHEMA_ASYNC`; `NOT_JSON` when its input is no JSON after its
 *   schema: nobody could be shown that.
 */
export function approvalRunSpec(
  approval: Approval,
  base: RunSpec,
  options: PeopleOptions,
): ApprovalSpec {
  const payload = canonicalJson(shown(approval, base.input));
  const { remindEvery = approval.remindEveryMs, expiresIn = approval.expiresInMs } = options;
  return {
    ...base,
    payload,
    digest: digestOf(payload),
    ...(approval.answer === undefined ? {} : { takesAnswer: true }),
    ...(remindEvery === undefined ? {} : { remindEveryMs: durationMs(remindEvery) }),
    ...(expiresIn === undefined ? {} : { expiresInMs: durationMs(expiresIn) }),
  };
}

/** The SHA-256 of a payload's canonical JSON text, in hexadecimal. */
export const digestOf = (payload: string): string => hash('sha256', payload);

function shown({ id, input: schema }: Approval, input: unknown): unknown {
  const value = checkJson(input, `input of ${id}`);
  if (schema === undefined) return value;
  return checkJson(parse(schema, value, `input of ${id}`), `payload of ${id}`);
}
