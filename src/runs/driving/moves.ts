/**
 * Moves of a run that a caller asks for: checked against the run as it will be when the move's turn
 * comes, so that what is accepted is done, and what is refused changes nothing.
 */
import type { Cell } from '../../actor/index.ts';
import type { Host, Stage } from '../../engine/index.ts';
import { type Address, runIdOf, troupeError } from '../../protocol/index.ts';

/**
 * Runs a command on a run that has no mail left: nothing comes between the check and the move.
 * @param target the run's address, or what finds it whenever the command is tried.
 * @throws TroupeError `UNKNOWN_RUN`, `PARKED`, `STOPPED`, `JOURNAL_FAILED`; what `move` throws.
 */
export async function whenIdle<Value>(
  host: Host,
  target: Address | ((stage: Stage) => Address),
  call: string,
  move: (stage: Stage, cell: Cell) => Value,
): Promise<Value> {
  for (;;) {
    const done = await host.enter(call, (stage) => {
      const address = typeof target === 'function' ? target(stage) : target;
      const cell = stage.find(address);
      const run = runIdOf(address);
      if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run });
      if (cell.parked !== '') throw troupeError('PARKED', { run, reason: cell.parked });
      return cell.mailbox.size > 0 ? undefined : { value: move(stage, cell) };
    });
    if (done !== undefined) return done.value;
  }
}
