/**
 * Door of the specialists: teams of bots written like a user's program, on the public doors only.
 */
export {
  type Availability,
  auditedKinds,
  availability,
  createPool,
  Facts,
  type Job,
  type JobOptions,
  type Pool,
  type PoolOptions,
} from './analysers/index.ts';
export {
  type AuditEvent,
  AuditPlan,
  type AuditRecord,
  AuditRequest,
  type AuditTeam,
  type AuditTeamOptions,
  auditPlanRun,
  auditTeam,
  auditVersion,
  confirmation,
  type Fork,
  type ForkChunk,
  type Plan,
  type RecordedSteps,
  readAudit,
  type Standing,
  standingOf,
  surveyUnit,
  type Unit,
} from './audit/index.ts';
export {
  Effort,
  type Heading,
  PayOff,
  Priority,
  Report,
  reportMarkdown,
  reportStart,
  reportText,
  type TextOptions,
} from './report/index.ts';
