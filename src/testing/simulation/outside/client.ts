/**
 * Client: the troupe as a scenario holds it. Each call that changes something is a numbered
 * request, written down with its answer.
 *
 * After a crash the scenario runs again from the top. A request that was acknowledged is answered
 * as before and not made again; one whose answer was lost is made again, as a careful client does.
 * Invariant: what belonged to a process that has ended never settles.
 */
import { definitionOf, isTroupeError } from '../../../protocol/index.ts';
import type { Troupe } from '../../../troupe/index.ts';
import type { RequestRecord } from '../sight.ts';
import type { World } from '../world.ts';
import { isThenable, textOf } from './given.ts';

/** Calls that change something; the others only look. */
const changing = new Set([
  ...['start', 'run', 'send', 'sendAll', 'ask', 'supervise', 'cancel', 'pause', 'resume'],
  ...['decide', 'begin', 'report', 'complete', 'fail', 'decline', 'heartbeat', 'open', 'resolve'],
  ...['acknowledge', 'advance', 'redeliver', 'discard', 'retry', 'request', 'accept', 'clear'],
  ...['receive', 'rate', 'stop'],
]);

/** Calls whose answer is a handle, which is fetched anew in each life. */
const handles = new Set(['start', 'supervise', 'open']);

/** The scenario's view of one life of a troupe. */
export class Client {
  readonly #world: World;
  readonly #life: number;
  /** What was wrapped, to be unwrapped when it is passed back. */
  readonly #inner = new WeakMap<object, object>();
  readonly #outer = new WeakMap<object, object>();
  #nth = 0;
  #refusal: unknown;
  /** Refuses each call that waits for an answer. */
  readonly #waiting = new Map<(error: unknown) => void, string>();
  readonly #onCall: () => void;

  /** @param onCall is told of each call that waits for an answer. */
  constructor(world: World, onCall: () => void = () => undefined) {
    this.#world = world;
    this.#onCall = onCall;
    this.#life = world.life;
  }

  /** Calls that wait for an answer. */
  get open(): number {
    return this.#waiting.size;
  }

  /** What those calls are: `result of answer/a`. */
  get waits(): readonly string[] {
    return [...this.#waiting.values()];
  }

  /** From now on its calls are refused. What already waits is left: nobody may be listening. */
  close(refusal: unknown): void {
    this.#refusal = refusal;
  }

  /** Ends the waiting of all calls. */
  refuse(error: unknown): void {
    for (const reject of [...this.#waiting.keys()]) reject(error);
  }

  /** The troupe as the scenario sees it. */
  wrap(troupe: Troupe): Troupe {
    return this.#wrapped(troupe, '');
  }

  #wrapped<Target extends object>(target: Target, path: string): Target {
    const known = this.#outer.get(target);
    if (known !== undefined) return known as Target;
    // What is frozen may not be shown otherwise: an empty object of its class stands in its place.
    const place: Target = Object.create(Object.getPrototypeOf(target));
    const outer = new Proxy(place, {
      get: (_, name) => this.#property(target, name, path),
      has: (_, name) => Reflect.has(target, name),
    });
    this.#outer.set(target, outer);
    this.#inner.set(outer, target);
    return outer;
  }

  #property(target: object, name: string | symbol, path: string): unknown {
    const value: unknown = Reflect.get(target, name, target);
    if (typeof name === 'symbol' || name === 'constructor') return value;
    if (typeof value === 'function') {
      return (...args: unknown[]) => this.#called(target, name, path, args);
    }
    const isPart = typeof value === 'object' && value !== null && path === '' && name !== 'actor';
    return isPart ? this.#wrapped(value, `${name}.`) : value;
  }

  #called(target: object, name: string, path: string, given: readonly unknown[]): unknown {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    const args = given.map((one) => this.#unwrapped(one));
    const call = (): unknown => {
      const method: unknown = Reflect.get(target, name, target);
      return typeof method === 'function' ? Reflect.apply(method, target, args) : undefined;
    };
    if (changing.has(name)) return this.#request(target, `${path}${name}`, args, call);
    const of = subjectOf(target, args);
    return this.#answer(call(), of === '' ? name : `${name} of ${decodeURIComponent(of)}`);
  }

  /** A request: counted, answered from before when it was, repeated when the script says so. */
  async #request(
    target: object,
    name: string,
    args: readonly unknown[],
    call: () => unknown,
  ): Promise<unknown> {
    this.#nth += 1;
    const nth = this.#nth;
    const of = subjectOf(target, args);
    const before = this.#world.requests.find((one) => one.nth === nth && one.end === 'done');
    const isKnown = before !== undefined && before.call === name && before.of === of;
    const kind = name.slice(name.indexOf('.') + 1);
    if (isKnown && !handles.has(kind)) return structuredClone(before.result);
    const record: RequestRecord = {
      nth,
      call: name,
      of,
      runId: runIdIn(Object(args[0])) ?? runIdIn(target),
      args,
      life: this.#life,
      at: this.#world.now(),
      end: 'open',
    };
    if (!isKnown) this.#world.requests.push(record);
    if (!isKnown) this.#world.note('request', requestText(record), true);
    const answer = await this.#answer(this.#told(record, call), requestText(record));
    this.#again(nth, name, call);
    return answer;
  }

  /** Makes a call and writes its answer down. */
  async #told(record: RequestRecord, call: () => unknown): Promise<unknown> {
    try {
      const value = await call();
      if (!this.#isOver && record.end === 'open') {
        record.end = 'done';
        record.acknowledgedAt = this.#world.commits;
        Object.assign(record, { runId: runIdIn(Object(value)) ?? record.runId });
        record.result = copyOf(value);
      }
      return value;
    } catch (error) {
      if (!this.#isOver && record.end === 'open') {
        const isLost = isTroupeError(error, 'JOURNAL_FAILED');
        record.end = isLost ? 'lost' : 'refused';
        record.error = isTroupeError(error) ? error.code : String(error);
      }
      throw error;
    }
  }

  /** The same call once more, by a client that heard no answer; what it hears then is dropped. */
  #again(nth: number, name: string, call: () => unknown): void {
    const fault = this.#world.strike('duplicate', (one) => 'request' in one && one.request === nth);
    if (fault === undefined) return;
    this.#world.note('fault', `the ${name} is made again`, true);
    Promise.resolve()
      .then(call)
      .catch(() => undefined);
  }

  get #isOver(): boolean {
    return this.#life !== this.#world.life || !this.#world.isAlive;
  }

  /** An answer as the scenario gets it: never, when the process has ended. */
  #answer(given: unknown, what: string): unknown {
    if (isIterator(given)) return this.#parts(given, what);
    if (!isThenable(given)) return this.#shown(given);
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => {
        this.#waiting.delete(refuse);
        reject(error);
      };
      this.#waiting.set(refuse, what);
      given.then(
        (value) => {
          if (this.#isOver) return;
          this.#waiting.delete(refuse);
          resolve(this.#shown(value));
        },
        (error) => {
          const isJournal = isTroupeError(error, 'JOURNAL_FAILED');
          if (!this.#isOver && !(isJournal && this.#world.isDiskFull)) refuse(error);
        },
      );
      this.#onCall();
    });
  }

  #shown(value: unknown): unknown {
    const isHandle =
      typeof value === 'object' && value !== null && !Array.isArray(value) && hasCalls(value);
    return isHandle ? this.#wrapped(value, '') : value;
  }

  async *#parts(given: AsyncIterator<unknown>, what: string): AsyncGenerator<unknown> {
    for (;;) {
      const { done, value } = (await this.#answer(given.next(), what)) as IteratorResult<unknown>;
      if (done === true) return;
      yield value;
    }
  }

  #unwrapped(given: unknown): unknown {
    return typeof given === 'object' && given !== null ? (this.#inner.get(given) ?? given) : given;
  }
}

/** Whom a request is about. */
function subjectOf(target: object, args: readonly unknown[]): string {
  const [first] = args;
  const definition = definitionOf(first);
  if (definition !== undefined) return definition.id;
  if (typeof first === 'string') return first;
  return runIdIn(Object(first)) ?? runIdIn(target) ?? '';
}

function runIdIn(given: object): string | undefined {
  const runId: unknown = Reflect.get(given, 'runId');
  return typeof runId === 'string' ? runId : undefined;
}

/** A request as stories tell it. */
function requestText({ call, of, args, runId }: RequestRecord): string {
  const rest = args.filter((one) => definitionOf(one) === undefined && typeof one !== 'string');
  const shown = rest.map((one) => shortText(one)).filter((text) => text !== 'undefined');
  const about = of === '' ? (runId ?? '') : of;
  return `${call} ${decodeURIComponent(about)}${shown.length > 0 ? ` ${shown.join(' ')}` : ''}`;
}

const textMax = 80;

function shortText(value: unknown): string {
  const text = textOf(value);
  return text.length > textMax ? `${text.slice(0, textMax)}...` : text;
}

/** What an answer was, as plain data; a handle is nothing to keep. */
function copyOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && isOfClass(value)) return undefined;
  const text = textOf(value);
  return text === 'undefined' ? undefined : JSON.parse(text);
}

/** Handles, and parts of the troupe such as an inbox. */
const hasCalls = (value: object): boolean =>
  isOfClass(value) || Object.values(value).some((one) => typeof one === 'function');

/** Objects of a class of ours, such as handles. */
const isOfClass = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null;
};

const isIterator = (given: unknown): given is AsyncIterator<unknown> =>
  typeof given === 'object' && given !== null && Symbol.asyncIterator in given && 'next' in given;
