/**
 * Which audit it is: the number of a path's audits on a journal. An unfinished one goes on; so does
 * one that finished when nobody was there any more to take its report. Else the next one begins.
 */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import type { JournalReader } from '../../journal/index.ts';
import { runAddress } from '../../protocol/index.ts';
import { auditVersion } from '../../specialists/index.ts';

/** An audit of a path on a journal. */
export interface AuditNumber {
  /** The run's id: the folder's name, a hash of path and options, the number. */
  readonly id: string;
  readonly number: number;
  /** `new` it begins, `open` it goes on, `unshown` only its report is missing. */
  readonly state: 'new' | 'open' | 'unshown';
}

/** The audit that is next for a folder; `options` are those that change what is found. */
export function auditNumber(
  journal: Pick<JournalReader, 'byAddress'>,
  root: string,
  options: Readonly<Record<string, unknown>> = {},
): AuditNumber {
  const key = hash('sha256', JSON.stringify([root, options]), 'hex').slice(0, 8);
  const name =
    basename(root)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 40) || 'root';
  const idOf = (number: number): string => `${name}-${key}-${number}`;
  const auditOf = (number: number) => journal.byAddress(runAddress('audit', idOf(number)));
  let last = 0;
  while (auditOf(last + 1) !== undefined) last += 1;
  const audit = auditOf(last);
  const again = (state: AuditNumber['state']): AuditNumber => ({
    id: idOf(last),
    number: last,
    state,
  });
  if (audit !== undefined && !audit.done) return again('open');
  const isShown = journal.byAddress(runAddress('audit-courier', idOf(last)))?.done === true;
  // What an older version measured, this one can't show.
  const isOurs = audit?.version === auditVersion;
  if (audit?.status === 'COMPLETED' && isOurs && !isShown) return again('unshown');
  return { id: idOf(last + 1), number: last + 1, state: 'new' };
}
