/** Door of the journal: the contract, the journal in memory, and openers that load SQLite late. */
export type { Problem, Verification, VerifyOptions } from './checks/findings.ts';
export type { FileReader, ViewFilter, ViewName, ViewRow } from './file-reader.ts';
export type {
  ActorFilter,
  ActorRecord,
  Anchor,
  Batch,
  DeadLetter,
  Durability,
  Extent,
  Heads,
  Journal,
  JournalReader,
  JournalReads,
  JournalRow,
  Keep,
  Replaced,
  StepRecord,
  TimerRecord,
  Trimmed,
  WaitingMail,
} from './journal.ts';
export { type MemoryOptions, memoryJournal } from './memory/memory.ts';
export {
  type JournalOptions,
  openJournal,
  openQueries,
  openReader,
  verifyJournal,
} from './open.ts';
export type { QueryOptions, QueryParameter, QueryParameters } from './query/asked.ts';
export type { Queries, QueryRow } from './query/queries.ts';
export type { QueryValue } from './query/told.ts';
export {
  type SimulatedDisk,
  type SimulatedDiskOptions,
  simulatedDisk,
} from './simulated.ts';
export {
  checkSnapshotPlace,
  fixedJournal,
  placeOfPresent,
  type StagedSnapshot,
  saveSnapshot,
  stageSnapshot,
} from './snapshots/late.ts';
export type { SavedSnapshot } from './snapshots/save.ts';
export { isJournalEnd } from './trouble/index.ts';
