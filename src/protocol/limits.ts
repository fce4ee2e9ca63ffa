/**
 * Bounds of everything that could grow, each with the reason for its number.
 * `createTroupe({ limits })` overrides those listed in `LimitOptions`; the others are fixed.
 */
import { z } from 'zod';

/** The defaults, and the bounds that no option changes. */
export const limits = {
  /** Nesting of a JSON value: far above real data, far below a stack overflow. */
  jsonDepth: 500,
  /** Characters of JSON text in one payload, input or result: 1 MiB holds documents, not files. */
  payloadChars: 1_048_576,
  /** Characters of an id that a user chooses: fits any UUID or path, keeps keys in one page. */
  idChars: 512,
  /** Characters of what a person says with a decision: two pages; more belongs into an answer. */
  commentChars: 8_192,
  /** Questions that an error names: a person reads ten. */
  namedQuestions: 10,
  /** Moves of one run from bot to bot: teams need a handful; a loop is found in a second. */
  handoffs: 100,
  /** Waiting messages of one mailbox: 10,000 envelopes of 1 kB are 10 MB. */
  mailboxMessages: 10_000,
  /** Senders that may wait for room in one mailbox: as many as fit into it. */
  mailboxSenders: 10_000,
  /** Messages of one batch: as many as one mailbox takes. */
  batchMessages: 10_000,
  /** Message types, and bots, with statistics of their own: 2 kB each; more share one. */
  statisticsKeys: 500,
  /** How often a line of senders looks for room that no turn made: such room is rare. */
  lineMs: 1_000,
  /** Messages of higher lanes served before the oldest waiting lower one: bounds starvation. */
  mailboxOvertakes: 32,
  /** Turns of one group commit: one fsync for 512 turns is below 1 % of their own cost. */
  groupTurns: 512,
  /** Milliseconds of one group: bounds what the event loop waits for. */
  groupMs: 5,
  /** Milliseconds in which small groups may follow each other before the event loop comes round. */
  roundMs: 1,
  /** Microsteps of one turn: real charts need a dozen; a loop is found in under 5 ms. */
  microsteps: 1_000,
  /** Configurations of a machine that are kept compiled: charts have dozens, regions multiply. */
  compiledConfigurations: 1_000,
  /** Machine actors inside each other: far above real trees, far below a stack overflow. */
  machineDepth: 100,
  /** Runs inside each other, as steps of steps: real teams need a few, a loop is found at once. */
  runDepth: 100,
  /**
   * Messages between machines that one outside event, timer or result may lead to in a row: real
   * exchanges need thousands; a loop that never ends is found after some seconds.
   */
  hops: 1_000_000,
  /** Restarts of one run, poison messages included, that are allowed in `restartWindowMs`. */
  restarts: 3,
  restartWindowMs: 5_000,
  /** Attempts of work and handlers, the first included. */
  attempts: 3,
  /** Function steps started in the commit that decides it: 128 take about a millisecond. */
  stagedStarts: 128,
  /** Parallel runs of one bot, and parallel steps of one workflow. */
  concurrency: 10,
  /** First pause between attempts, doubled each time. */
  backoffMs: 200,
  /** Longest pause between attempts. */
  backoffMsMax: 30_000,
  /** How long work may go on after its signal was aborted before its slot is freed. */
  graceMs: 5_000,
  /** How long work that waits only for child runs is kept in memory. */
  suspendAfterMs: 1_000,
  /** How long a handoff waits for its answer: a person looks at it within a day. */
  handoffMs: 86_400_000,
  /** How long an asker waits for a reply. */
  askMs: 60_000,
  /** Parts of an answer that its caller has not taken: hides a round trip, holds little. */
  streamParts: 16,
  /** How long `stop()` lets steps under way finish. */
  stopMs: 10_000,
  /** How long `stop()` waits for its last commits after that: a file may stay busy for ever. */
  closingMs: 1_000,
  /** Milliseconds between two tries of a journal file that another connection keeps busy. */
  busyRetryMs: 5,
  /** Steps of one plan: the largest real plan we know has 2,122. */
  planSteps: 100_000,
  /** Steps that a picture of a workflow draws one by one: nobody looks at more. */
  pictureSteps: 50,
  /** Completed runs whose mean tells how long a step takes: enough to even out one odd run. */
  estimateRuns: 5,
  /** Time between two runs of a workflow that estimates learn from: short ones are much alike. */
  estimateEveryMs: 1_000,
  /** Newest actors of a journal among which earlier runs are looked for: some ten milliseconds. */
  estimateActors: 10_000,
  /** Ended runs of a workflow looked at for estimates: many may have failed, or fan out. */
  estimateLooks: 50,
  /** Stages of its own that an app keeps of one run: a longer list is a plan. */
  ownStages: 100,
  /** Causes kept of a failure, the first and the last of them: longer chains are loops or noise. */
  failureCauses: 32,
  /** Characters kept of a failure's message, its stack or its recovery. */
  failureChars: 8_192,
  /** Characters kept of a failure's code. */
  codeChars: 128,
  /** Actors in memory, beyond which idle ones leave it: 10,000 cells of 1.2 kB are 12 MB. */
  activeActors: 10_000,
  /** Actors with something to do that a start brings back before it is done: some 20 ms. */
  recoveryActors: 500,
  /** Those that follow at a time, behind what callers ask for: some milliseconds. */
  waveActors: 64,
  /** Timers that are read at a time when they are due soon: 2 ms. */
  pageTimers: 1_000,
  /** Rows of history that the memory journal keeps; a file keeps all. */
  memoryRows: 10_000,
  /** Finished runs that the memory journal keeps; a file keeps all. */
  memoryRuns: 10_000,
  /** Rows that a query gives: what a program can look through; `limit` allows more. */
  queryRows: 10_000,
  /** The highest `limit` of a query. */
  queryRowsMax: 1_000_000,
  /** Characters that the answer to a query has: it travels between processes in one piece. */
  queryChars: 33_554_432,
  /** Memory of the process that answers queries: sorting a large journal, far below a machine. */
  queryMemoryBytes: 536_870_912,
  /** How long a query may take: a lookup takes milliseconds, a scan of a large journal seconds. */
  queryMs: 5_000,
  /** How long the process that answers queries may take to start: a tenth of a second if idle. */
  queryStartMs: 30_000,
  /** Characters of a query and of each parameter. */
  queryTextChars: 100_000,
  /** Queries that wait for the one under way: they are answered one by one. */
  queriesWaiting: 100,
  /** Pages of a journal's log (4 kB) from which on it is emptied into the file: some ten ms. */
  logPages: 1_000,
  /** Pages of a log (64 MB) that a long reader keeps from being emptied: somebody has to know. */
  logPagesWarned: 16_000,
  /** Bytes that the file of a journal's log is cut to: what it has at most when nobody reads. */
  logBytes: 8_388_608,
  /** Rows cut in one piece of trimming: some five milliseconds. */
  trimRows: 500,
  /** Characters cut in one piece of trimming: freeing 256 pages takes a few milliseconds. */
  trimChars: 1_048_576,
  /** Ended runs counted in one piece of trimming, in an index: below a millisecond. */
  trimCounted: 5_000,
  /** Milliseconds between two pieces of trimming: 50,000 rows a second, half of the time idle. */
  trimPauseMs: 10,
  /** Milliseconds within which what is beyond a bound is cut, when little is written. */
  trimEveryMs: 1_000,
  /** Bytes of a journal file that is sealed when it is closed: a third of a second to digest. */
  sealedBytes: 268_435_456,
  /** Bytes of a journal that a start verifies whole: some hundredths of a second. */
  startBytes: 4_194_304,
  /** Rows at the end of a history that a start verifies in any case: some tenths of a second. */
  startRows: 100_000,
  /** Longest duration: 100 million days, so that any time plus any duration is a whole number. */
  durationMs: 8_640_000_000_000_000,
  /** Longest timer that the event loop takes in one piece (2^31 - 1 ms, 24.8 days). */
  timerMs: 2_147_483_647,
} as const;

const positive = z.int().min(1);

/** Bounds that an app may set in `createTroupe({ limits })`. */
export const LimitOptions = z.strictObject({
  payloadChars: positive.optional(),
  mailboxMessages: positive.optional(),
  groupTurns: positive.optional(),
  graceMs: z.int().min(0).optional(),
  suspendAfterMs: z.int().min(0).optional(),
  hops: positive.optional(),
  activeActors: z.int().min(0).optional(),
  recoveryActors: positive.optional(),
});
export type LimitOptions = z.infer<typeof LimitOptions>;

/** The bounds in force for one troupe. */
export type Limits = { readonly [Key in keyof typeof limits]: number };

/** The defaults with an app's own bounds over them. */
export function withLimits(options: LimitOptions = {}): Limits {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...limits, ...Object.fromEntries(given) };
}
