/** Door of the mailboxes: what waits for an actor, and in which order it is taken. */
export { type Mail, Mailbox, machineLane } from './mailbox.ts';
