/**
 * What conformance means: a case is a machine and a script; a runner plays it and gives an account
 * of what came of it. XState's own `createActor` is the reference; a troupe gives the same account,
 * also when it is crashed on the way.
 *
 * An account is plain JSON: actors are named by their path below the root (`/`, `/child`,
 * `/child/grandchild`), errors by name and message, references by the path of their actor.
 */
import type { AnyStateMachine, EventObject } from 'xstate';
import type { Desk } from './desk.ts';

/** One step of a script. After each the runner lets everything come to rest. */
export type Step =
  | { readonly do: 'send'; readonly event: EventObject }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'settle'; readonly call: string; readonly value: unknown }
  | { readonly do: 'reject'; readonly call: string; readonly error: unknown };

/** A client sends an event to the root. */
export const send = (type: string, rest: object = {}): Step => ({
  do: 'send',
  event: { type, ...rest },
});

/** Time passes. */
export const advance = (ms: number): Step => ({ do: 'advance', ms });

/** The world answers a call, those to come included. */
export const settle = (call: string, value?: unknown): Step => ({ do: 'settle', call, value });

/** The world refuses a call, those to come included. */
export const reject = (call: string, error: unknown): Step => ({ do: 'reject', call, error });

/** A small machine and what is done to it. */
export interface Case {
  /** Also the id of its machine. */
  readonly id: string;
  /** Builds the machine; its promises ask the desk. */
  readonly machine: (desk: Desk) => AnyStateMachine;
  readonly input?: unknown;
  readonly script: readonly Step[];
  /** Part of the root's last state: shows that the script does what it is for. */
  readonly ends: Partial<State>;
}

/** The state of an actor and of those below it. */
export interface State {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
  readonly tags?: readonly string[];
  /** Of a living actor, those that it has not stopped; who has ended has stopped all. */
  readonly children?: Readonly<Record<string, State>>;
}

/** An event that an actor has handled, without its start and stop. */
export interface Seen {
  /** Path of the actor. */
  readonly by: string;
  /** Path of the sender; empty for clients. */
  readonly from: string;
  readonly event: unknown;
}

/** What machines of the corpus keep; so written, XState tells a value from a function for one. */
export type Kept = NonNullable<unknown> | null | undefined;

/** What came of a case. */
export interface Account {
  /** The root's state after its start and after each step. */
  readonly states: readonly State[];
  readonly seen: readonly Seen[];
  /** What the root emitted. */
  readonly emitted: readonly unknown[];
}

/** Plays a case. */
export type Runner = (one: Case) => Promise<Account>;
