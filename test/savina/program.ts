/**
 * A program of the Savina benchmark (Imam and Sarkar 2014) as XState machines: its parameters, the
 * value that must come out, and what its output says of the invariant.
 *
 * The machines are plain XState and run as they are under `createActor` and under Troupe. A root
 * ends only when all of its children have ended by themselves, so that whoever is still alive then
 * was forgotten. Chance comes from a seed that the context keeps.
 */
import type { AnyActorRef, AnyStateMachine } from 'xstate';
import type { z } from 'zod';

/** Named parameters; `seed` is the programs' own, the others are those of Savina. */
export type Parameters = Readonly<Record<string, number>>;

/** One program. */
export interface Program {
  /** As in Savina. */
  readonly name: string;
  /** The root; its input are the parameters. */
  readonly machine: AnyStateMachine;
  /** Savina's, divided by 10 to 100. */
  readonly scaled: Parameters;
  /** The value that must come out, by the invariant's formula. */
  value(parameters: Parameters): number;
  /** How many times it does what it is about: the value, unless that says something else. */
  deeds(parameters: Parameters): number;
  /** How many actors take part, the root included. */
  actors(parameters: Parameters): number;
  /** The value that came out. @throws when the output has another form. */
  valueOf(output: unknown): number;
  /** What of the invariant an output breaks, in words. */
  broken(parameters: Parameters, output: unknown): readonly string[];
}

/** What a program is made of; `claims` are sentences that must be true of an output. */
export interface Parts<P extends Parameters, Output extends { readonly value: number }> {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly scaled: P;
  readonly output: z.ZodType<Output>;
  value(parameters: P): number;
  deeds?(parameters: P): number;
  actors(parameters: P): number;
  claims(parameters: P, output: Output): Readonly<Record<string, boolean>>;
}

/** A program of its parts; parameters that are not given are the scaled ones. */
export function program<P extends Parameters, Output extends { readonly value: number }>(
  parts: Parts<P, Output>,
): Program {
  const { name, machine, scaled, output: schema } = parts;
  const filled = (parameters: Parameters): P => ({ ...scaled, ...parameters });
  return {
    name,
    machine,
    scaled,
    value: (parameters) => parts.value(filled(parameters)),
    deeds: (parameters) => (parts.deeds ?? parts.value)(filled(parameters)),
    actors: (parameters) => parts.actors(filled(parameters)),
    valueOf: (output) => schema.parse(output).value,
    broken: (parameters, output) =>
      Object.entries(parts.claims(filled(parameters), schema.parse(output)))
        .filter(([, holds]) => !holds)
        .map(([claim]) => claim),
  };
}

/** A reference to an actor, as events and contexts carry it. */
export type Ref = AnyActorRef;

/** What a parent gets when a child has ended; XState's own event. */
export interface Ended<Output> {
  readonly type: `xstate.done.actor.${string}`;
  readonly output: Output;
  readonly actorId: string;
}

/** The numbers from 0 to `count - 1`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** The sum. */
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The next seed: Marsaglia's xorshift with 32 bits; never 0. */
export function drawn(seed: number): number {
  let next = seed >>> 0 || 0x9e3779b9;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next >>> 0;
}

/** A seed for one of many actors. */
export const seedOf = (seed: number, index: number): number =>
  drawn(drawn(Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)));
