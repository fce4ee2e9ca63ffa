/** Door of the machines: every machine, each plain XState, and the catalogue of them. */
export { approvalMachine } from './approval.ts';
export { type ApprovalContext, type Decided, expiresAt } from './approval-setup.ts';
export { type BotContext, botMachine, taskOfSlot } from './bot.ts';
export { type Kind, machines } from './catalogue.ts';
export { type HandoffContext, handoffMachine } from './handoff.ts';
export { type InboxContext, inboxMachine } from './inbox.ts';
export { type IncidentContext, incidentMachine } from './incident.ts';
export { mayMove, type OwnStage, type StageState, stageState } from './stages.ts';
export { supervisorMachine } from './supervisor.ts';
export type { GaveUp, SupervisorContext, SupervisorOutput } from './supervisor-setup.ts';
export { type SystemContext, systemMachine } from './system.ts';
export { taskMachine } from './task.ts';
export { botOf, byHandOf, openRuns, slotOf, type TaskContext, triesOf } from './task-context.ts';
export { workflowMachine } from './workflow.ts';
export {
  isStopping,
  isUnderWay,
  openRuns as openStepRuns,
  qualityOf,
  runNameOf,
  type StepRuns,
  stepRunsOf,
  type WorkflowContext,
} from './workflow-context.ts';
