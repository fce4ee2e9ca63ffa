/** Said: what XState tells the host's scope while it steps a user's machine. */
import type { ActorEvent } from '../../protocol/index.ts';

/** What a step of a user's machine said, in order; `hosted/decide.ts` reads it. */
export type Said =
  /** XState made an actor of a stub: it is to be started. */
  | { readonly said: 'spawn'; readonly actor: SpawnedActor }
  /** Nothing of this name can be started. */
  | { readonly said: 'missing'; readonly src: string }
  | { readonly said: 'stop'; readonly actor: unknown }
  /** An event for itself; at once when there is no delay, and then it is no affair of the host. */
  | {
      readonly said: 'raise';
      readonly event: ActorEvent;
      readonly id: string | undefined;
      readonly delay: number | undefined;
    }
  | { readonly said: 'cancel'; readonly timer: string }
  | { readonly said: 'send'; readonly params: SendToParams }
  | { readonly said: 'emit'; readonly event: unknown }
  | { readonly said: 'log'; readonly label: unknown; readonly value: unknown }
  | { readonly said: 'call'; readonly type: string; readonly call: () => unknown };

/** What an actor that XState made of a stub tells of the one that it stands for. */
export interface SpawnedActor {
  readonly id: string;
  readonly sessionId: string;
  readonly src: unknown;
  readonly systemId?: string | undefined;
  readonly _syncSnapshot?: boolean | undefined;
  readonly options: { readonly input?: unknown };
}

/** What a `sendTo` was resolved to; `to` may be resolved late. */
export interface SendToParams {
  readonly to: unknown;
  readonly event: ActorEvent;
  readonly delay: number | undefined;
  readonly id: string | undefined;
}

/**
 * What was said, with every actor started before it is told something: XState finds the target of a
 * `sendTo` late, so that an entry may name the actor that its own state invokes.
 */
export function startsFirst(said: readonly Said[]): readonly Said[] {
  const starts = new Map<unknown, Said>();
  for (const word of said) if (word.said === 'spawn') starts.set(word.actor, word);
  if (starts.size === 0) return said;
  const ordered = new Set<Said>();
  for (const word of said) {
    const start = word.said === 'send' ? starts.get(word.params.to) : undefined;
    if (start !== undefined) ordered.add(start);
    ordered.add(word);
  }
  return [...ordered];
}

/** Who a user's machine takes the host for. */
export interface HostedScope {
  readonly self: { readonly id: string; readonly sessionId: string };
  /** The tree's actors by `systemId`; `set` throws when the name is taken. */
  get(systemId: string): unknown;
  getAll(): Record<string, unknown>;
  set(systemId: string, actor: unknown): void;
  unset(actor: unknown): void;
  relay(to: unknown, event: ActorEvent): void;
}
