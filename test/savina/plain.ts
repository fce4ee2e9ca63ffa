/** Runs programs under plain `createActor`, and looks at what became of every actor. */
import { type ActorRefLike, createActor } from 'xstate';
import type { Parameters, Program } from './program.ts';

/** What came of a program. */
export interface Outcome {
  readonly output: unknown;
  /** How many actors there were, the root included. */
  readonly actors: number;
  /** The names of those that did not end by themselves. */
  readonly left: readonly string[];
}

/** Runs a program to its end; everything happens before this returns. */
export function runPlain({ machine }: Program, parameters: Parameters): Outcome {
  const actors: ActorRefLike[] = [];
  const root = createActor(machine, {
    input: parameters,
    inspect: (inspected) => {
      if (inspected.type === '@xstate.actor') actors.push(inspected.actorRef);
    },
  });
  root.start();
  const statusOf = (actor: ActorRefLike): string => actor.getSnapshot().status;
  return {
    output: root.getSnapshot().output,
    actors: actors.length,
    left: actors.filter((actor) => statusOf(actor) !== 'done').map(({ sessionId }) => sessionId),
  };
}
