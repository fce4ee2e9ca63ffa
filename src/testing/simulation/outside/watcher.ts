/** Watcher: what looks over the shoulder of an app's code while it runs. */

/** One time that work runs from the top. */
export interface ActivationOf {
  readonly of: string;
  readonly runId: string;
  readonly attempt: number;
  readonly life: number;
}

/** Sees what code reads and asks for. */
export interface Watcher {
  /** Calls code outside of a step. */
  outside<Value>(of: string, call: () => Value): Value;
  /** Calls code inside a step: simulated time and chance are fine there. */
  inside<Value>(of: string, call: () => Value): Value;
  /** Work asks for a step, a message, a sleep. */
  asked(activation: ActivationOf, what: string): void;
  /** What work gives, now or as a promise; gives it back. */
  gives(activation: ActivationOf, given: unknown): unknown;
}

/** Sees nothing. */
export const unwatched: Watcher = {
  outside: (_, call) => call(),
  inside: (_, call) => call(),
  asked: () => undefined,
  gives: (_, given) => given,
};
