/** What ends a host, as an error of the table. */
import { isTroupeError, said, type TroupeError, troupeError } from '../../protocol/index.ts';

/** The error itself, if it is of the table; all others break an invariant. */
export const asFailure = (error: unknown): TroupeError =>
  isTroupeError(error)
    ? error
    : troupeError('BROKEN_INVARIANT', { invariant: 'a group ends', found: said(error) }, error);

/** What a call to a host that has ended is refused with; `ended` is why it has. */
export const refusal = (ended: unknown, call: string): unknown =>
  isTroupeError(ended, 'STOPPED') ? troupeError('STOPPED', { state: 'stopped', call }) : ended;
