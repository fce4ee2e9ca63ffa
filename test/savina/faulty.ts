/**
 * Runs programs under plain `createActor` with one message lost or doubled on its way, to show
 * that the programs notice. XState's system hands every message on; a fault is put in between.
 */
import { createActor } from 'xstate';
import { type Parameters, type Program, sum } from './program.ts';

/** A message, by its place among all, and how often it arrives. */
export interface Fault {
  readonly message: number;
  readonly times: number;
}

const MESSAGES_MAX = 20_000;

/** Runs a program; gives its output, undefined when it did not end, and how many were sent. */
export function runFaulty({ machine }: Program, parameters: Parameters, fault?: Fault) {
  const root = createActor(machine, { input: parameters });
  const system: object = root.system;
  const relay: unknown = Reflect.get(system, '_relay');
  let messages = 0;
  Reflect.set(system, '_relay', (...handed: unknown[]) => {
    messages += 1;
    // A program that waits for what was lost may ask for ever.
    if (messages > MESSAGES_MAX || typeof relay !== 'function') return;
    const times = messages === fault?.message ? fault.times : 1;
    for (let time = 0; time < times; time += 1) relay.apply(system, handed);
  });
  root.start();
  return { output: root.getSnapshot().output, messages };
}

/** The fewest of everything that still is the program. */
export const few = ({ scaled }: Program): Parameters =>
  Object.fromEntries(Object.entries(scaled).map(([key, value]) => [key, Math.min(value, 4)]));

/** Whether a run with a fault shows it: it does not end, breaks a claim, or has another value. */
export function notices(program: Program, parameters: Parameters, fault: Fault): boolean {
  const { output } = runFaulty(program, parameters, fault);
  if (output === undefined || program.broken(parameters, output).length > 0) return true;
  return program.valueOf(output) !== program.value(parameters);
}

/** The share of all messages whose fault is noticed. */
export function shareNoticed(program: Program, times: number): number {
  const parameters = few(program);
  const { messages } = runFaulty(program, parameters);
  const noticed = Array.from({ length: messages }, (_, place) =>
    notices(program, parameters, { message: place + 1, times }) ? 1 : 0,
  );
  return sum(noticed) / messages;
}
