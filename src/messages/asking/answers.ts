/**
 * Answers: how an ask ended, as data that survives a crash, and as what the asker gets.
 *
 * COMPLETED is the handler's return value, FAILED the handler's own failure; CANCELLED says by a
 * code why nobody waits any more.
 */
import {
  type Address,
  type Settlement,
  type TroupeError,
  troupeError,
} from '../../protocol/index.ts';

/** What an error about an ask tells. */
export interface AskFacts {
  readonly to: Address;
  readonly type: string;
  readonly afterMs: number;
}

/** Why nobody waits any more. */
export type EndCode = 'ASK_TIMEOUT' | 'ASK_CANCELLED' | 'ASK_DROPPED' | 'EXPIRED';

/** The settlement that says so. */
export const endedBy = (code: EndCode): Settlement => ({ status: 'CANCELLED', reason: code });

/** What the asker gets. @throws TroupeError `HANDLER_FAILED`, or what ended the waiting. */
export function valueIn(
  { status, result, error, reason }: Settlement,
  facts: AskFacts,
  cause?: unknown,
): unknown {
  if (status === 'COMPLETED') return result;
  const { to, type } = facts;
  if (error === undefined) throw endError(reason, facts, cause);
  throw troupeError('HANDLER_FAILED', { to, type, failure: error }, error);
}

/** What the asker gets of a recorded answer. @throws as `valueIn`. */
export const answerIn = (body: string, facts: AskFacts): unknown =>
  valueIn(JSON.parse(body), facts);

function endError(
  code: string | undefined,
  { to, type, afterMs }: AskFacts,
  cause: unknown,
): TroupeError {
  if (code === 'ASK_TIMEOUT') return troupeError(code, { to, type, afterMs });
  if (code === 'ASK_DROPPED') return troupeError(code, { to, type });
  if (code === 'EXPIRED') return troupeError(code, { to });
  return troupeError('ASK_CANCELLED', { to, type }, cause);
}
