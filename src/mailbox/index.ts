/** Door of the mailboxes. */
export { type Mail, Mailbox, machineLane } from './mailbox.ts';
