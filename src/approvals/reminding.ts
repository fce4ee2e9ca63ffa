/** Reminding: performs what approvals ask for after their commits. They are never under way. */
import type { ApprovalContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Behaviour, Host } from '../engine/index.ts';
import { type Effect, runIdOf } from '../protocol/index.ts';
import { tellOverdue } from '../runs/index.ts';
import { say } from '../telemetry/index.ts';

/** Performs the effects of approvals. */
export const reminding = (host: Pick<Host, 'log'>): Pick<Required<Behaviour>, 'perform'> => ({
  perform: (cell: Cell, effect: Effect) => {
    if (effect.type === 'overdue') tellOverdue(host, cell);
    else if (effect.type === 'remind' && !cell.isDone) tellReminder(host, cell);
  },
});

function tellReminder({ log }: Pick<Host, 'log'>, cell: Cell): void {
  const { spec, reminders }: ApprovalContext = cell.committed.context;
  const { definition, title } = spec;
  const facts = { approval: runIdOf(cell.address), definition, title, reminders };
  say(log, 'approval.waits', facts);
}
