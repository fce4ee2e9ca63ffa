/** Door of the approvals: asking people, and what they say. */
export type { ApprovalFilter, Approvals } from './approvals.ts';
export { type DecidingPorts, decide } from './deciding.ts';
export {
  type ApprovalAnswer,
  ApprovalOptions,
  type ApprovalResult,
  defineApproval,
} from './define-approval.ts';
export { EscalationInput, escalation, Severity } from './escalation.ts';
export type {
  EscalationFilter,
  EscalationOptions,
  EscalationReport,
  EscalationResolution,
  Escalations,
} from './escalations.ts';
export { peopleOf } from './people.ts';
export { approvalBelow } from './places.ts';
export { approvalRunSpec } from './recipe.ts';
export { reminding } from './reminding.ts';
export { type ApprovalReport, type ApprovalStatus, reportOf as approvalReport } from './report.ts';
