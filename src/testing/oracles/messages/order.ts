/**
 * Order: of the messages of one sender to one recipient with one priority, each is handed to its
 * handler after those that were accepted before it. What a crash repeats is the handling of what
 * was handed out, which is no new handing.
 */
import type { WaitingMail } from '../../../journal/index.ts';
import type { Envelope } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { eventOf, nameOf, sentence } from '../told.ts';

/** A message that waits. */
interface Waiting {
  readonly line: string;
  readonly envelope: Envelope;
  /** Rises with acceptance, over all crashes. */
  readonly place: number;
}

/** Messages of one sender come in their order. */
export function order(): Oracle {
  /** By number of the mail, in the order of acceptance. */
  const waiting = new Map<number, Waiting>();
  let places = 0;
  return {
    law: 'messages of one sender to one recipient with one priority are handed over in their order',
    committed({ batch }) {
      const taken = new Map<string, Waiting>();
      for (const mail of batch.taken) {
        const known = waiting.get(mail);
        if (known !== undefined) taken.set(keyOf(known.envelope), known);
        waiting.delete(mail);
      }
      const last = new Map<string, Waiting>();
      for (const row of batch.rows) {
        const { envelope } = row.type === 'message' ? eventOf(row) : {};
        if (envelope === undefined) continue;
        const line = lineOf(envelope);
        const handed = taken.get(keyOf(envelope)) ?? { line, envelope, place: places };
        const earlier = last.get(line) ?? handed;
        if (earlier.place > handed.place) return overtaken(handed, earlier);
        for (const other of waiting.values()) {
          const isEarlier = other.line === line && other.place < handed.place;
          if (isEarlier && other.envelope.id !== envelope.id) return overtaken(other, handed);
        }
        last.set(line, handed);
      }
      for (const mail of inOrder(batch.waiting)) {
        const { envelope } = eventOf(mail);
        places += 1;
        if (envelope === undefined) continue;
        waiting.set(mail.mail, { line: lineOf(envelope), envelope, place: places });
      }
      places += 1;
      return undefined;
    },
  };
}

const keyOf = ({ to, id }: Envelope): string => `${to} ${id}`;

const lineOf = ({ from, to, priority }: Envelope): string => `${from} ${to} ${priority}`;

const inOrder = (mails: readonly WaitingMail[]): readonly WaitingMail[] =>
  mails.length < 2 ? mails : [...mails].sort((a, b) => a.mail - b.mail);

const overtaken = (earlier: Waiting, later: Waiting): string => {
  const { from, to, priority, type, id } = earlier.envelope;
  return sentence(
    `${nameOf(to)} was handed ${later.envelope.type} (${later.envelope.id}) before ${type}`,
    `(${id}), which ${nameOf(from)} had sent earlier with the same priority ${priority}`,
  );
};
