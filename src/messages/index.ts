/** Door of the messages: how an app's words become envelopes in mailboxes. */
export { answerIn } from './asking/answers.ts';
export { checkAskOptions, typedAsk } from './asking/ask-options.ts';
export type { Asks, RunAsk, RunAsking } from './asking/asks.ts';
export type { DeadLetters, Fate, Letter, LetterFilter } from './dead-letters.ts';
export { checkMessage, envelopeOf, type Posting } from './envelopes.ts';
export { type Checked, checkPost, recipientId } from './post.ts';
export { PostOffice } from './post-office.ts';
