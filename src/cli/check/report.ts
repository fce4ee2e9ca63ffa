/** What `troupe check` prints beside the report of the check itself. */
import type { CheckResult, WouldPark } from '../../testing/index.ts';
import { oneLine } from '../table.ts';
import type { CheckedFile } from './modules.ts';

/** What `--json` prints. */
export interface CheckReport extends CheckResult {
  readonly files: readonly CheckedFile[];
  /** What of the journal would be parked; absent without `--journal`. */
  readonly parked?: readonly WouldPark[];
}

/** What would be parked, a line for each. */
export function parkedLines(parked: readonly WouldPark[]): readonly string[] {
  if (parked.length === 0) return ['Nothing of the journal would be parked.'];
  const count = `${parked.length} of the journal would be parked:`;
  const lines = parked.map(
    ({ address, status, reason }) => `  ${oneLine(address)} (${status}): ${oneLine(reason)}`,
  );
  return ['', count, ...lines];
}
