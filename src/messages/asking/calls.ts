/** Calls: asking for a reply, and asking for parts, as callers in memory do it. */
import type { Host } from '../../engine/index.ts';
import { limits, type Settlement } from '../../protocol/index.ts';
import { checkAnswered, checkPost, checkReplies, type PostPorts } from '../post.ts';
import { valueIn } from './answers.ts';
import { checkAskOptions } from './ask-options.ts';
import type { Asker } from './asking.ts';
import type { Asks } from './asks.ts';
import { PartStream } from './part-stream.ts';

/** What calls need. */
export interface CallPorts {
  readonly host: Host;
  readonly posting: PostPorts;
  readonly asks: Asks;
}

/** What is asked, as the caller wrote it. */
export interface Question {
  readonly to: unknown;
  readonly message: unknown;
  readonly options: unknown;
}

/**
 * Sends a message and waits for the reply.
 * @throws TroupeError as `checkPost`; `BAD_OPTION`, and what the protocol's `Ask` names.
 */
export async function ask(ports: CallPorts, asker: Asker, question: Question): Promise<unknown> {
  const patience = checkAskOptions(question.options);
  const checked = checkPost(ports.posting, question.to, question.message);
  checkReplies(ports.posting, checked);
  const facts = { to: checked.to, type: checked.message.type, afterMs: patience.afterMs };
  const answer = Promise.withResolvers<unknown>();
  const give = (settlement: Settlement, cause?: unknown): void => {
    try {
      answer.resolve(valueIn(settlement, facts, cause));
    } catch (error) {
      answer.reject(error);
    }
  };
  const fail = answer.reject;
  const begun = ports.asks.begin({ asker, checked, patience, expects: 'reply', give, fail });
  try {
    return await answer.promise;
  } finally {
    begun.close();
  }
}

/**
 * Sends a message, when the first part is asked for, and gives the parts of the answer. Ending the
 * iteration early ends the handler.
 * @throws TroupeError as `ask`; the time-out is that between two parts.
 */
export async function* askStream(
  { host, posting, asks }: CallPorts,
  asker: Asker,
  question: Question,
): AsyncGenerator<unknown, void, undefined> {
  const patience = checkAskOptions(question.options);
  const checked = checkPost(posting, question.to, question.message);
  checkAnswered(checked);
  const facts = { to: checked.to, type: checked.message.type, afterMs: patience.afterMs };
  const stream = new PartStream(limits.streamParts);
  const give = (settlement: Settlement, cause?: unknown): void => {
    try {
      valueIn(settlement, facts, cause);
      stream.end({});
    } catch (error) {
      fail(error);
    }
  };
  const fail = (error: unknown): void => {
    stream.end({ error });
    stream.close(error);
  };
  const expects = 'parts';
  const begun = asks.begin({ asker, checked, patience, expects, stream, give, fail });
  try {
    for (;;) {
      const endTimer = stream.isEmpty
        ? host.clock.after(patience.afterMs, () => begun.giveUp('ASK_TIMEOUT'))
        : undefined;
      const next = await stream.next().finally(() => endTimer?.());
      if ('end' in next) return;
      yield next.part;
    }
  } finally {
    // Nothing when it was answered.
    begun.giveUp('ASK_CANCELLED');
    stream.close(endOfParts(facts));
    begun.close();
  }
}

const endOfParts = ({ to, type }: { readonly to: string; readonly type: string }): Error =>
  new DOMException(`the caller takes no more parts of ${type} from ${to}`, 'AbortError');
