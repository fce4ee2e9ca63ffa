/**
 * The two sides of the benchmarks of machines: live actors of XState, and a troupe. An outsider
 * sends to both by `actor.send`, and sees by a subscription that what it set off is over.
 */
import { type AnyActorRef, type AnyStateMachine, createActor } from 'xstate';
import type { Journal } from '../../src/journal/index.ts';
import { createTroupe } from '../../src/troupe/index.ts';
import type { Contestant } from '../harness.ts';

/** What outsiders send. */
export type Told = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Where machines run. */
export interface Side {
  start(machine: AnyStateMachine, input: unknown): Promise<AnyActorRef>;
  end(): Promise<void>;
}

/** Live actors of XState. */
export function rawSide(): Side {
  const roots: AnyActorRef[] = [];
  return {
    start: async (machine, input) => {
      const root = createActor(machine, { input }).start();
      roots.push(root);
      return root;
    },
    end: async () => {
      for (const root of roots) root.stop();
    },
  };
}

/** A troupe on a journal, by default in memory. */
export async function troupeSide(
  machines: readonly AnyStateMachine[],
  journal?: Journal,
): Promise<Side> {
  const troupe = await createTroupe({ definitions: machines, journal });
  return {
    start: async (machine, input) => (await troupe.start(machine, input)).actor,
    end: () => troupe.stop({ deadline: 0 }),
  };
}

/** Sends an event to actors that count their rounds; resolves when each has counted one more. */
export async function oneRound(actors: readonly AnyActorRef[], event: Told) {
  await Promise.all(
    actors.map((actor) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = roundsOf(actor);
      const subscription = actor.subscribe(() => {
        if (roundsOf(actor) > before) resolve();
      });
      actor.send(event);
      return promise.finally(() => subscription.unsubscribe());
    }),
  );
}

/** The rounds that an actor has counted. */
export const roundsOf = (actor: AnyActorRef): number => actor.getSnapshot().context.rounds;

/** A contestant that sets off one round after the other in the same actors. */
export const rounds =
  (actors: readonly AnyActorRef[], event: Told): Contestant =>
  () => {
    const before = actors.map(roundsOf);
    return {
      run: () => oneRound(actors, event),
      result: () => actors.every((actor, place) => roundsOf(actor) - (before[place] ?? 0) === 1),
    };
  };
