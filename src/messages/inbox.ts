/**
 * Inbox: the messages of a bot that wait, to be looked at, taken or thrown away.
 *
 * Types that a bot declares with code are pushed to their handlers and wait in its mailbox; types
 * without code are pulled and wait in an actor of their own, `inbox/<bot id>`, under the same bound
 * and policy. To look at and to clear are about both, to receive is about the pulled ones.
 */
import { z } from 'zod';
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type { Mail } from '../mailbox/index.ts';
import {
  type Address,
  botAddress,
  CountOption,
  checkOptions,
  Envelope,
  inboxAddress,
  troupeError,
} from '../protocol/index.ts';
import { checkWaitOptions, type WaitOptions } from '../runs/index.ts';
import type { Asks } from './asking/asks.ts';
import type { Receivers } from './receivers.ts';

/** The messages of a bot that wait. What has expired waits no more. */
export interface Inbox {
  /**
   * The oldest messages first, at most `limit` (default 100); nothing is taken.
   * @throws TroupeError `UNKNOWN_BOT`, `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`.
   */
  peek(limit?: number): Promise<Envelope[]>;
  /** How many wait. @throws TroupeError as `peek`. */
  count(): Promise<number>;
  /**
   * Sends all that wait to the dead letters (`withdrawn`) and gives how many; who asked is told
   * (`ASK_DROPPED`). @throws TroupeError as `peek`.
   */
  clear(): Promise<number>;
  /**
   * Takes the next message of a type without code: the highest priority first, first in, first out,
   * and nobody starves. Waits for one until `timeout` (default: for ever) and gives undefined
   * then. A message is given once; what is taken is applied, also when the process ends before it
   * is given. Its payload is as it was sent.
   * @throws TroupeError `NO_INBOX` when the bot has code for all its types, `WAIT_ABORTED` by
   *   `signal`, and as `peek`.
   */
  receive(options?: WaitOptions): Promise<Envelope | undefined>;
}

/** What an inbox needs. */
export interface InboxPorts {
  readonly host: Host;
  readonly asks: Asks;
  readonly receivers: Receivers;
  /** Refuses calls when the troupe does not run. */
  readonly checkRunning: (call: string) => void;
}

const limitDefault = 100;

/** The inbox of a bot by its id. */
export function inboxOf(ports: InboxPorts, bot: string): Inbox {
  const { host, asks, receivers, checkRunning } = ports;
  const enter = async <Value>(call: string, command: (stage: Stage) => Value): Promise<Value> => {
    checkRunning(call);
    return host.enter(call, command);
  };
  return Object.freeze({
    peek: async (given?: number) => {
      const { limit = limitDefault } = checkOptions(PeekOptions, { limit: given }, 'inbox.peek');
      return enter('inbox.peek', (stage) =>
        waitingIn(stage, bot)
          .slice(0, limit)
          .map(({ mail }) => copyOf(mail)),
      );
    },
    count: () => enter('inbox.count', (stage) => waitingIn(stage, bot).length),
    clear: () =>
      enter('inbox.clear', (stage) => {
        const waiting = waitingIn(stage, bot);
        for (const { cell, mail } of waiting) {
          stage.withdraw(cell.address, mail);
          asks.dropped(stage, copyOf(mail).id);
        }
        return waiting.length;
      }),
    receive: async (options?: WaitOptions) => {
      const wait = checkWaitOptions(options, 'inbox.receive');
      checkRunning('inbox.receive');
      return receivers.receive(inboxAddress(bot), wait, (stage) => {
        cellOf(stage, botAddress(bot), bot);
        if (stage.find(inboxAddress(bot)) === undefined) throw troupeError('NO_INBOX', { bot });
      });
    },
  });
}

const PeekOptions = z.object({ limit: CountOption.optional() });

/** A message and whose mailbox it waits in. */
interface Waiting {
  readonly cell: Cell;
  readonly mail: Mail;
}

/** What waits for a bot, pushed and pulled, the oldest first. */
function waitingIn(stage: Stage, bot: string): Waiting[] {
  const cells = [cellOf(stage, botAddress(bot), bot), stage.find(inboxAddress(bot))];
  return cells
    .flatMap((cell) => cell?.mailbox.list().map((mail) => ({ cell, mail })) ?? [])
    .filter(({ mail }) => mail.event.type === 'message')
    .filter(({ mail: { expiresAt } }) => expiresAt === 0 || expiresAt > stage.now)
    .sort((a, b) => a.mail.number - b.mail.number);
}

function cellOf(stage: Stage, address: Address, bot: string): Cell {
  const cell = stage.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_BOT', { bot });
  return cell;
}

const copyOf = ({ event }: Mail): Envelope => Envelope.parse(structuredClone(event.envelope));
