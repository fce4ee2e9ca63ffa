/**
 * Desk: the world that invoked promises ask, under a script's control.
 *
 * A call has a name. Whoever asks under one name gets one answer, when the script gives it; asked
 * again later, also after a crash, the desk answers the same. So promises may run again without
 * anybody noticing but the list of calls.
 */

interface Answer {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Where promises ask. */
export class Desk {
  /** Names of all calls in the order in which they came. */
  readonly calls: string[] = [];
  readonly #answers = new Map<string, Answer>();

  /** Asks; the promise settles when the script says so. */
  readonly ask = <Value = unknown>(call: string): Promise<Value> => {
    this.calls.push(call);
    return this.#answerOf(call).promise as Promise<Value>;
  };

  /** Answers a call. */
  settle(call: string, value: unknown): void {
    this.#answerOf(call).resolve(value);
  }

  /** Refuses a call. */
  reject(call: string, error: unknown): void {
    this.#answerOf(call).reject(error);
  }

  #answerOf(call: string): Answer {
    const known = this.#answers.get(call);
    if (known !== undefined) return known;
    const answer = Promise.withResolvers<unknown>();
    answer.promise.catch(() => undefined);
    this.#answers.set(call, answer);
    return answer;
  }
}
