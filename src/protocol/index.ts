/** Door of the protocol: the language that every other part speaks. */
export {
  ApprovalEvent,
  ApprovalSpec,
  type Approved,
  Decision,
  type DecisionOn,
} from './approval.ts';
export { BotEvent, BotSpec } from './bot.ts';
export { asItIs, type CodePlace, type CodeSeam } from './code.ts';
export type {
  AddressedTo,
  CallerInput,
  Definition,
  InputOf,
  MessageFor,
  MessageOf,
  NoReply,
  OutputOf,
  PartOf,
  QuestionFor,
  Recipient,
  ReplyOf,
  Runnable,
  TypeOf,
  WorkInput,
} from './definition.ts';
export { Duration, durationMs } from './duration.ts';
export { type ActorEvent, type Effect, effect, isEffect } from './effects.ts';
export {
  DeadReason,
  Envelope,
  envelopeVersion,
  Message,
  messageTypes,
  Priority,
  priorities,
} from './envelope.ts';
export {
  assertNever,
  codedFailure,
  type ErrorCode,
  type ErrorData,
  errorAt,
  errorTable,
  isTroupeError,
  RunError,
  TerminalError,
  TroupeError,
  troupeError,
} from './errors.ts';
export {
  HandoffEvent,
  type HandoffOptions,
  type HandoffPolicy,
  HandoffReason,
  type HandoffRequest,
  HandoffSpec,
  HandoffStatus,
  handoffsBefore,
  nameAfter,
  nameInWork,
  type TakenOver,
} from './handoff.ts';
export {
  type Address,
  asAddress,
  botAddress,
  checkId,
  childAddress,
  clientAddress,
  inboxAddress,
  runAddress,
  runIdOf,
  segmentsOf,
  systemAddress,
} from './ids.ts';
export { InboxEvent, InboxSpec } from './inbox.ts';
export { IncidentEvent, IncidentSpec } from './incident.ts';
export { canonicalJson, checkJson, equalJson, type Json, type JsonObject } from './json.ts';
export { isRefText, refMark } from './json-fault.ts';
export {
  type Approval,
  type Bot,
  type Candidate,
  type Capability,
  type Choose,
  type GivenOf,
  type Handler,
  type Handlers,
  isApproval,
  isBot,
  isDefinition,
  isExternal,
  isPulled,
  isTask,
  isWorkflow,
  type MailboxOptions,
  type OldResults,
  type Route,
  type StepApprovals,
  type StepCondition,
  type StepDefinition,
  type StepFan,
  type StepLoop,
  type Task,
  type UndoFunction,
  WhenFull,
  type Workflow,
  type WorkflowMigration,
} from './kinds.ts';
export { LimitOptions, type Limits, limits, withLimits } from './limits.ts';
export type { LogFacts, Logger } from './logger.ts';
export {
  definitionOf,
  definitionWith,
  isMachine,
  isMachineDefinition,
  type MachineChildSpec,
  type MachineDefinition,
  type MachineFacts,
  type MachineMigration,
  MachineSpec,
  type MachineState,
  machineDefinition,
  RunSupervision,
} from './machine.ts';
export {
  CommentOption,
  CountOption,
  checkOptions,
  type DefinitionCore,
  definitionCore,
  definitionFields,
  definitionId,
  FunctionOption,
  PartsFunctionOption,
  PersonOption,
  PureFunctionOption,
  ReasonOption,
  RecordOption,
  SchemaOption,
  TextOption,
  TimeoutOption,
} from './options.ts';
export {
  Failure,
  isFinal,
  type Outcome,
  type OutcomeFacts,
  pruned,
  RunStatus,
} from './outcome.ts';
export {
  Condition,
  FailureMode,
  isRunName,
  Plan,
  type PlanRules,
  PlanStep,
  StepEnd,
  stepOfRun,
  stepRunName,
  undoRunName,
} from './plan.ts';
export type {
  BuryParams,
  IncidentParams,
  RecordParams,
  SendParams,
  TellParams,
  WatchParams,
  WithdrawParams,
} from './requests.ts';
export { RetryOptions, RetryPolicy, retryPolicy } from './retry.ts';
export { said } from './said.ts';
export {
  isSchema,
  parse,
  type Schema,
  type SchemaInput,
  type SchemaOutput,
} from './schema.ts';
export { structureOf } from './structure.ts';
export {
  AutoShutdown,
  Backoff,
  ChildSpec,
  RestartType,
  renewedAddress,
  Strategy,
  SupervisionSpec,
  SupervisorEvent,
  SupervisorSpec,
  supervisedAddress,
  supervisedId,
} from './supervisor.ts';
export { SystemEvent, SystemSpec } from './system.ts';
export {
  ByHand,
  DependencyRule,
  ReportFields,
  RunSpec,
  Settlement,
  StageMove,
  TaskEvent,
  TaskSpec,
} from './task.ts';
export type {
  Ask,
  AskOptions,
  AskStream,
  ChildOptions,
  FunctionContext,
  HandlerContext,
  HandlerMessage,
  Report,
  Send,
  Step,
  StepContext,
  StepFunction,
  StepOptions,
  StepView,
  WorkContext,
} from './work.ts';
export { partPrefix } from './work.ts';
export { InlineStep, WorkflowEvent, WorkflowMigrated, WorkflowSpec } from './workflow.ts';
