/** Door of the audit: its team, its plan, and what a journal knows of it. */
export { AuditRequest } from './orders.ts';
export { type Plan, surveyUnit, type Unit } from './plan.ts';
export {
  type AuditRecord,
  type RecordedSteps,
  readAudit,
  type Standing,
  standingOf,
} from './recorded.ts';
export { type AuditEvent, type AuditTeam, type AuditTeamOptions, auditTeam } from './team.ts';
