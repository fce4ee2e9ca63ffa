/** Messages with defaults, so that what a test sets is what it is about. */
import { type Mail, machineLane } from '../../src/mailbox/index.ts';

/** A message that a machine sent. */
export const mail = (given: Partial<Mail> & { number: number }): Mail => ({
  event: { type: `m${given.number}` },
  lane: machineLane,
  gated: false,
  key: '',
  expiresAt: 0,
  stored: false,
  withdrawn: false,
  taken: false,
  ...given,
});
