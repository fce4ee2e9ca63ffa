/** Door of the messages: how an app's words become envelopes in mailboxes. */
export { answerIn } from './asking/answers.ts';
export { checkAskOptions, typedAsk, typedAskStream } from './asking/ask-options.ts';
export type { RunAsk, RunAsking } from './asking/asking.ts';
export type { Asks } from './asking/asks.ts';
export type { Question } from './asking/calls.ts';
export type { PartStream } from './asking/part-stream.ts';
export type { DeadLetters, Fate, Letter, LetterFilter } from './dead-letters.ts';
export { checkMessage, envelopeOf, type Posting } from './envelopes.ts';
export type { Inbox } from './inbox.ts';
export { Latencies, type LatencyReport } from './latencies.ts';
export { type Checked, checkPost, recipientId } from './post.ts';
export { PostOffice } from './post-office.ts';
export {
  type MessageCounts,
  type MessageStatistics,
  type Messages,
  messagesOf,
  Statistics,
  statisticsAmong,
} from './statistics.ts';
