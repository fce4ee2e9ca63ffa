/** Door of the messages: how an app's words become envelopes in mailboxes. */

export { answerIn } from './answers.ts';
export { checkAskOptions, type Patience, typedAsk } from './ask-options.ts';
export { type Asker, Asks, type RunAsk } from './asks.ts';
export {
  type DeadLetters,
  type Fate,
  type Letter,
  type LetterFilter,
  Letters,
} from './dead-letters.ts';
export { checkMessage, envelopeOf, type Posting } from './envelopes.ts';
export {
  type Checked,
  checkPost,
  type Posted,
  type PostPorts,
  recipientId,
  stagePost,
} from './post.ts';
