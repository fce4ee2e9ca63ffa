/** Door of the tasks: declaring them, finding their bots, running their work. */

export { reopenAsks } from './activation/work-mail.ts';
export {
  assign,
  candidatesFor,
  canTake,
  chooseBot,
  type Team,
  wantedText,
} from './assignment.ts';
export { defineTask, TaskOptions } from './define-task.ts';
export { failureOf } from './failure.ts';
export { Handling, type HandlingPorts } from './handling.ts';
export type { HandoffAcceptOptions, HandoffDeclineOptions } from './handoff/handoff-options.ts';
export { type HandoffFilter, type Handoffs, handoffsOf } from './handoff/handoffs.ts';
export type { HandoffReport } from './handoff/report.ts';
export { type HandoffPorts, inputsAt } from './handoff/staging.ts';
export { giveSlotAway } from './parking.ts';
export type { BareContext, Messaging, StageChild, Work, WorkPorts } from './ports.ts';
export { botRunSpec, functionRunSpec, taskRunSpec } from './recipes.ts';
export { isSleep, sleepRun, waking } from './sleeping.ts';
export { type Assign, Workers } from './workers.ts';
