/** The handler context: what the handler of one message gets, bound to the message. */
import type { Cell } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import { typedAsk } from '../messages/index.ts';
import {
  checkJson,
  type Envelope,
  type Handler,
  type HandlerContext,
  parse,
} from '../protocol/index.ts';
import { watched } from './activation/waits.ts';
import type { Messaging } from './ports.ts';

/** One attempt at a message. */
export interface Handled {
  readonly cell: Cell;
  readonly handler: Handler;
  readonly envelope: Envelope;
  readonly attempt: number;
  /** Aborted when the troupe stops. */
  readonly signal: AbortSignal;
}

/**
 * The context without its signal. Everything in it is the handler's own: what it does to it
 * reaches no other attempt.
 */
export function handlerContext(
  ports: Messaging & { readonly host: Host },
  { cell, handler, envelope, attempt, signal }: Handled,
): Omit<HandlerContext, 'signal'> {
  const { host, office } = ports;
  const { payload: held, metadata, version: _, to: __, expects: ___, ...rest } = envelope;
  const what = `payload of ${envelope.type}`;
  const given = checkJson(held, what);
  const message = metadata === undefined ? rest : { ...rest, metadata: structuredClone(metadata) };
  const payload = handler.payload === undefined ? given : parse(handler.payload, given, what);
  const asker = { from: cell.address, causedBy: envelope };
  const send = async (to: unknown, answer: unknown): Promise<void> => {
    const checked = office.check(to, answer);
    const wait = { signal };
    await office.post({ ...checked, ...asker }, { wait: () => wait });
  };
  return {
    payload,
    message,
    attempt,
    log: host.log,
    send: (to: unknown, answer: unknown) => watched(send(to, answer)),
    ask: typedAsk((to, question, options) =>
      watched(office.ask(asker, { to, message: question, options })),
    ),
  };
}
