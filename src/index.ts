/**
 * Troupe: an actor runtime for teams of bots.
 * Importing this door opens no file, starts no timer and loads no integration.
 */
export { defineBot, handler } from './bots/index.ts';
export { type Clock, type SimulatedClock, simulatedClock, systemClock } from './clock/index.ts';
export type { Durability, Journal } from './journal/index.ts';
export { memoryJournal, openJournal } from './journal/index.ts';
export {
  type Bot,
  type Candidate,
  type Capability,
  type Definition,
  type Duration,
  Envelope,
  type ErrorCode,
  type ErrorData,
  Failure,
  type Handler,
  type HandlerContext,
  type InputOf,
  isTroupeError,
  type Logger,
  Message,
  type MessageOf,
  messageTypes,
  type Outcome,
  type OutputOf,
  Priority,
  priorities,
  RunError,
  type Runnable,
  RunStatus,
  type StepContext,
  type Task,
  TerminalError,
  TroupeError,
  troupeError,
  type WorkContext,
  type Workflow,
} from './protocol/index.ts';
export type { Parked, ParkedRun, Run, RunEvent, RunOptions, RunSnapshot } from './runs/index.ts';
export { defineTask } from './tasks/index.ts';
export { createTroupe, type RunOf, type Troupe, type TroupeOptions } from './troupe/index.ts';
export { defineWorkflow, graph } from './workflows/index.ts';
