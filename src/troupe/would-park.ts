/**
 * What would be parked: what is live in a journal and could not go on with these definitions, by
 * the rules of recovery. It only reads, so the journal may be in use.
 */
import type { AnyStateMachine } from 'xstate';
import { escalation } from '../approvals/index.ts';
import { collectDefinitions } from '../bots/index.ts';
import { misfitsAmong } from '../engine/index.ts';
import type { JournalReads } from '../journal/index.ts';
import type { Definition } from '../protocol/index.ts';
import { troupeCatalogue } from './catalogue/catalogue.ts';
import type { RunReads } from './catalogue/workflow-versions.ts';

/** Something live that could not go on. */
export interface WouldPark {
  /** `run/answer/a-1`, `bot/finder`. */
  readonly address: string;
  readonly kind: string;
  readonly definition: string;
  readonly version: string;
  readonly status: string;
  /** Why, and what to do about it. */
  readonly reason: string;
}

/**
 * What of a journal a troupe with these definitions would park when it is made.
 * @throws TroupeError `DUPLICATE_DEFINITION`, `BAD_OPTION`, `BAD_ID`.
 */
export function wouldPark(
  journal: RunReads & Pick<JournalReads, 'actors'>,
  definitions: readonly (Definition | AnyStateMachine)[],
): readonly WouldPark[] {
  const known = collectDefinitions(definitions, [escalation]);
  // Fitness asks no estimates.
  const { fitness } = troupeCatalogue(known, { of: () => undefined }, {}, journal);
  return misfitsAmong(journal.actors({ done: false }), fitness).map(
    ({ address, kind, definition, version, status, parked }) => ({
      address,
      kind,
      definition,
      version,
      status,
      reason: parked,
    }),
  );
}
