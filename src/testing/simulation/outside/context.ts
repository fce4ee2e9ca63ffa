/** The context of a bot's work: every step is a call of its own, every asking is seen. */
import { definitionOf } from '../../../protocol/index.ts';
import type { Answered, Asking } from '../../repeatable/index.ts';

/** Who sees what work does. */
export interface ContextPorts {
  /** What is called in place of a step's function. */
  step(name: string, run: (step: never) => unknown): (step: object) => unknown;
  /** Work asks for something. */
  asked(asking: Asking): Answered;
}

/** A context like the given one, seen by the ports. */
export function watchedContext(given: object, ports: ContextPorts): object {
  const own: Record<string, PropertyDescriptor> = Object.getOwnPropertyDescriptors(given);
  const call = (name: string, args: readonly unknown[]): unknown => {
    const method: unknown = Reflect.get(given, name);
    return typeof method === 'function' ? Reflect.apply(method, given, [...args]) : undefined;
  };
  const step = (name: string, work: unknown, ...rest: unknown[]): unknown => {
    const isCode = isFunction(work);
    const answered = ports.asked({ call: 'step', name, with: isCode ? undefined : rest[0] });
    return told(call('step', [name, isCode ? ports.step(name, work) : work, ...rest]), answered);
  };
  own.step = { value: step, enumerable: true };
  for (const [name, asking] of Object.entries(askings)) {
    if (own[name] === undefined) continue;
    const value = (...args: unknown[]): unknown =>
      told(call(name, args), ports.asked(asking(args)));
    own[name] = { value, enumerable: true };
  }
  return Object.defineProperties({}, own);
}

type AskingOf = (args: readonly unknown[]) => Asking;

/** How each call of the context is known. */
const askings: Readonly<Record<string, AskingOf>> = {
  sleep: ([name, duration]) => ({ call: 'sleep', name: String(name), with: duration }),
  send: (args) => ({ call: 'send', ...letterOf(args) }),
  ask: (args) => ({ call: 'ask', ...letterOf(args) }),
  handoff: ([options]) => ({ call: 'handoff', name: idOf(Reflect.get(Object(options), 'to')) }),
};

function letterOf([to, message]: readonly unknown[]): Pick<Asking, 'name' | 'with'> {
  const { type, payload } = Object(message);
  return { name: `${idOf(to)} ${String(type)}`, with: payload };
}

const idOf = (given: unknown): string => definitionOf(given)?.id ?? String(given);

/** Passes a promise on, and tells what came of it. */
function told(given: unknown, answered: Answered): unknown {
  if (given instanceof Promise) {
    given.then(
      (value) => answered({ isOk: true, value }),
      (error: unknown) => answered({ isOk: false, error }),
    );
  }
  return given;
}

const isFunction = (given: unknown): given is (step: never) => unknown =>
  typeof given === 'function';
