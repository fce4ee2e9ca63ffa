/** Door of the messages: how an app's words become envelopes in mailboxes. */
export { checkMessage, envelopeOf, type Posting } from './envelopes.ts';
export { type Checked, checkPost, type PostPorts, recipientId, stagePost } from './post.ts';
