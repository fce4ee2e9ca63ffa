/** Door of the audit: its team, its plan, and what a journal knows of it. */
export { confirmation } from './confirmation.ts';
export { AuditPlan, AuditRequest } from './orders.ts';
export {
  type AuditEvent,
  type Fork,
  type ForkChunk,
  type Plan,
  surveyUnit,
  type Unit,
} from './plan.ts';
export {
  type AuditRecord,
  auditPlanRun,
  type RecordedSteps,
  readAudit,
  type Standing,
  standingOf,
} from './recorded.ts';
export { type AuditTeam, type AuditTeamOptions, auditTeam, auditVersion } from './team.ts';
