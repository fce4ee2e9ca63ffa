/**
 * Covering: what of the team no run came to. Where nothing came, no law was held to, so it fails a
 * property unless it is excused by name.
 */
import { troupeError } from '../../protocol/index.ts';
import { type Coverage, type Finding, isExcused, nameOfFinding } from '../findings/index.ts';
import { neverReached, type Reach, wholeRun } from '../reach/index.ts';

/** What has to be reached. */
export type Cover =
  | boolean
  | 'all'
  | { readonly allow: readonly string[]; readonly all?: boolean | undefined };

/** Scripts from which on it is held to unless `cover` says otherwise; fewer need not come round. */
export const coverRuns = 100;

/** What was played. */
export interface Covering {
  readonly cover: Cover | undefined;
  readonly runs: number;
}

/**
 * Holds what was played to what it had to reach.
 * @throws TroupeError `CHECK_FAILED` naming what no run came to; `BAD_OPTION` for an excuse of
 * nothing.
 */
export function holdCoverage(reach: Reach, { cover, runs }: Covering): void {
  if (cover === false) return;
  const { coverage } = reach;
  const ran = ranIn(coverage);
  const { allow = [], all = cover === 'all' } = typeof cover === 'object' ? cover : {};
  const isHeld = (finding: Finding): boolean => {
    if (all || ran.size === 0) return true;
    if (!ran.has(finding.definition)) return false;
    return cover !== undefined || (runs >= coverRuns && !reach.unfollowed.has(finding.definition));
  };
  const found = neverReached(coverage).filter(isHeld);
  refuseStale(allow, found);
  const missed = found.filter((finding) => !isExcused(finding, allow));
  if (missed.length === 0) return;
  const lines = missed.map((one) => `- ${nameOfFinding(one)} of ${one.definition}: ${one.message}`);
  const remedy = 'Excuse by name: `cover: { allow: [...] }`; `cover: false` asks for nothing.';
  throw troupeError('CHECK_FAILED', {
    findings: missed.length,
    report: [...lines, remedy].join('\n'),
  });
}

/** Ids of what some run was started of, or some message was sent to. */
function ranIn(coverage: Coverage): ReadonlySet<string> {
  const ran = coverage.filter(({ kind, place, hits }) => {
    if (hits === 0) return false;
    return kind === 'state' || kind === 'message' || place === `${wholeRun} STARTED`;
  });
  return new Set(ran.map(({ definition }) => definition));
}

function refuseStale(allow: readonly string[], found: readonly Finding[]): void {
  const stale = allow.find((name) => !found.some((finding) => isExcused(finding, [name])));
  if (stale === undefined) return;
  const names = found.map(nameOfFinding).join(', ') || 'nothing';
  const problem = `names ${stale}, which excuses nothing (found: ${names})`;
  throw troupeError('BAD_OPTION', { where: 'property', field: 'cover.allow', problem });
}
