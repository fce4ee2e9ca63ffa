/**
 * Code: the app's own functions as a simulated team calls them. Each call is written down under the
 * name of its place, a stub stands in where there is one, and the script's faults strike here.
 */
import { idempotencyKey } from '../../../engine/index.ts';
import { type CodePlace, type CodeSeam, troupeError } from '../../../protocol/index.ts';
import type { Repeatable } from '../../repeatable/index.ts';
import type { Fault } from '../script.ts';
import type { CallRecord } from '../sight.ts';
import type { Stub, StubFunction } from '../stub.ts';
import { spanText, type World } from '../world.ts';
import { watchedContext } from './context.ts';
import { isGenerator, isThenable, never, ordinalOf, textOf } from './given.ts';

/** What a call is known by. */
interface Called {
  readonly of: string;
  readonly kind: CallRecord['kind'];
  readonly key: string;
  readonly attempt: number;
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
}

/** The functions of a simulated team. */
export class Code {
  readonly #world: World;
  readonly #repeatable: Repeatable;
  readonly #stubs: ReadonlyMap<string, Stub>;
  readonly #counts = new Map<string, number>();

  constructor(world: World, stubs: readonly Stub[], repeatable: Repeatable) {
    this.#world = world;
    this.#repeatable = repeatable;
    this.#stubs = new Map(stubs.map((one) => [one.of, one]));
    for (const { of, nth } of world.calls) this.#counts.set(of, nth);
  }

  /** Stands between the runtime and the functions. */
  readonly seam: CodeSeam = (place, code) => (given) => {
    const called = calledBy(place, given);
    const instead = this.#standIn(place);
    const isOwn = place.kind === 'work' && instead === undefined;
    if (isOwn) return this.#work(called, given, code);
    return this.call(called, () =>
      instead === undefined
        ? this.#repeatable.inside(called.of, () => code(given))
        : this.#stubbed(called, instead, inputFor(place, called, given)),
    );
  };

  /** The stub of an external bot's whole work; undefined: nobody does it. */
  standIn(definition: string): StubFunction | undefined {
    return this.#stubs.get(definition)?.work;
  }

  /** A stub's answer for an external bot, as a call like any other. */
  external(called: Called, instead: StubFunction): unknown {
    return this.call(called, () => this.#stubbed(called, instead, called.input as never));
  }

  /** Calls a function: counted, written down, disturbed. */
  call(called: Called, run: (record: CallRecord) => unknown): unknown {
    const world = this.#world;
    if (!world.isAlive) return never();
    const nth = (this.#counts.get(called.of) ?? 0) + 1;
    this.#counts.set(called.of, nth);
    const { signal, ...known } = called;
    const record: CallRecord = {
      ...known,
      nth,
      life: world.life,
      commit: world.commits,
      beganAt: world.now(),
      end: 'open',
    };
    world.calls.push(record);
    world.note('call', `${nameOf(record)} is called`, false);
    const faults = this.#faultsOf(record);
    if (faults.length > 0) return this.#disturbed(record, faults, () => run(record), signal);
    try {
      return this.#ended(record, run(record));
    } catch (thrown) {
      this.#over(record, 'failed');
      throw thrown;
    }
  }

  /** A bot's work: its steps are calls of their own. */
  #work(called: Called, given: unknown, code: (given: never) => unknown): unknown {
    const { of, key: runId, attempt } = called;
    const parts = this.#stubs.get(of)?.parts ?? {};
    return this.call(called, ({ nth }) => {
      const activation = { of, runId, attempt, nth };
      const context = watchedContext(Object(given), {
        step: (name, run) => (step) => this.#step(`${of}.${name}`, step, parts[name], run),
        asked: (asking) => this.#repeatable.asked(activation, asking),
      });
      const gives = this.#repeatable.outside(of, () => code(context as never));
      return this.#gave(gives, (result) => this.#repeatable.gave(activation, result));
    });
  }

  /** Sees what a promise or a value comes to. */
  #gave(gives: unknown, saw: (result: unknown) => void): unknown {
    if (isGenerator(gives)) return gives;
    if (!isThenable(gives)) {
      saw(gives);
      return gives;
    }
    return gives.then((result) => {
      saw(result);
      return result;
    });
  }

  #step(of: string, step: object, instead: StubFunction | undefined, code: StubFunction): unknown {
    const key = String(Reflect.get(step, 'key'));
    const attempt = Number(Reflect.get(step, 'attempt'));
    const signal: AbortSignal | undefined = Reflect.get(step, 'signal');
    const called: Called = { of, kind: 'step', key, attempt, input: undefined, signal };
    const run = instead ?? code;
    return this.call(called, () => this.#stubbed(called, run, step as never));
  }

  /** Inside a step time and chance are simulated, for a stub as for the code that it stands for. */
  #stubbed(called: Called, run: StubFunction, given: never): unknown {
    return this.#repeatable.inside(called.of, () => run(given, this.#stubCall(called)));
  }

  #standIn({ definition, part }: CodePlace): StubFunction | undefined {
    const stub = this.#stubs.get(definition);
    return part === undefined ? stub?.work : stub?.parts?.[part];
  }

  #stubCall({ key, attempt, signal }: Called) {
    const { clock } = this.#world;
    const random = () => clock.random();
    const given = signal ?? new AbortController().signal;
    return { key, attempt, signal: given, random, now: () => clock.now() };
  }

  /** The faults that strike a call, and one that struck an earlier try of it for good. */
  #faultsOf(record: CallRecord): readonly Fault[] {
    const { of, nth } = record;
    const isHere = (fault: Fault): boolean =>
      'call' in fault && fault.call.of === of && fault.call.nth === nth;
    const kinds = ['slow-bot', 'bot-error', 'delay', 'malformed', 'drop'] as const;
    const struck = kinds.flatMap((kind) => this.#world.strike(kind, isHere) ?? []);
    return [...struck, ...this.#lasting(record)];
  }

  #lasting({ of, nth, key }: CallRecord): readonly Fault[] {
    const { script, calls, isHealed } = this.#world;
    if (isHealed) return [];
    return script.faults.filter((fault) => {
      if (fault.fault !== 'bot-error' || fault.forGood !== true || fault.call.of !== of)
        return false;
      const { nth: first } = fault.call;
      return (
        first < nth && calls.some((one) => one.of === of && one.nth === first && one.key === key)
      );
    });
  }

  async #disturbed(
    record: CallRecord,
    faults: readonly Fault[],
    run: () => unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const world = this.#world;
    const name = nameOf(record);
    const has = (kind: Fault['fault']) => faults.find(({ fault }) => fault === kind);
    const slow = has('slow-bot');
    if (slow !== undefined && 'ms' in slow) {
      world.note('fault', `${name} takes ${spanText(slow.ms)} to begin`, true);
      await this.#waited(record, slow.ms, signal);
    }
    const error = has('bot-error');
    const isBefore = error !== undefined && 'moment' in error && error.moment === 'before';
    if (isBefore) throw this.#fails(record, 'it did nothing');
    try {
      const value = await run();
      if (error !== undefined) throw this.#fails(record, 'it did all');
      const delay = has('delay');
      if (delay !== undefined && 'ms' in delay) {
        world.note('fault', `the answer of ${name} takes ${spanText(delay.ms)}`, true);
        await this.#waited(record, delay.ms, signal);
      }
      if (has('drop') !== undefined) return this.#drop(record);
      const malformed = has('malformed');
      if (malformed === undefined || !('value' in malformed)) return this.#done(record, value);
      world.note('fault', `${name} answers ${textOf(malformed.value)} instead`, true);
      return this.#done(record, malformed.value);
    } catch (thrown) {
      this.#over(record, signal?.aborted === true ? 'aborted' : 'failed');
      throw thrown;
    }
  }

  #fails(record: CallRecord, how: string): unknown {
    const call = nameOf(record);
    this.#world.note('fault', `${call} fails: ${how}`, true);
    this.#over(record, 'failed');
    return troupeError('INJECTED_FAULT', { call, fault: `bot-error, ${how}` });
  }

  #drop(record: CallRecord): Promise<never> {
    this.#world.note('fault', `the answer of ${nameOf(record)} never comes`, true);
    this.#over(record, 'lost');
    return never();
  }

  /** Waits, unless nobody waits for it any more. */
  async #waited(record: CallRecord, ms: number, signal: AbortSignal | undefined): Promise<void> {
    const aborted = new Promise<'aborted'>((resolve) => {
      if (signal?.aborted === true) resolve('aborted');
      signal?.addEventListener('abort', () => resolve('aborted'), { once: true });
    });
    const how = await Promise.race([this.#world.wait(ms), aborted]);
    if (how !== 'aborted') return;
    this.#over(record, 'aborted');
    throw signal?.reason;
  }

  #ended(record: CallRecord, given: unknown): unknown {
    if (isGenerator(given)) return this.#parts(record, given);
    if (!isThenable(given)) return this.#done(record, given);
    return given.then(
      (value) => this.#done(record, value),
      (thrown) => {
        this.#over(record, 'failed');
        throw thrown;
      },
    );
  }

  async *#parts(record: CallRecord, given: AsyncGenerator<unknown, unknown>) {
    try {
      const value = yield* given;
      return this.#done(record, value);
    } finally {
      this.#over(record, 'failed');
    }
  }

  /** Its answer reaches only who still lives. */
  #done(record: CallRecord, value: unknown): unknown {
    this.#over(record, 'done', value);
    const isLate = record.life !== this.#world.life || !this.#world.isAlive;
    return isLate ? never() : value;
  }

  #over(record: CallRecord, end: CallRecord['end'], result?: unknown): void {
    if (record.end !== 'open') return;
    record.end = end;
    record.endedAt = this.#world.now();
    if (result !== undefined) record.result = result;
  }
}

/** How stories name a call. */
export const nameOf = ({ of, nth }: { readonly of: string; readonly nth: number }): string =>
  `the ${ordinalOf(nth)} call of ${of}`;

/** What a call is known by, from what the function gets. */
function calledBy({ definition, part, kind }: CodePlace, given: unknown): Called {
  const at = (name: string): unknown => Reflect.get(Object(given), name);
  const self = at('self');
  const message = at('message');
  const keys = {
    work: () => at('runId'),
    step: () => at('key'),
    handler: () => Reflect.get(Object(message), 'id'),
    promise: () => idempotencyKey(Object(self)),
  };
  const signal = at('signal');
  return {
    of: part === undefined ? definition : `${definition}.${part}`,
    kind,
    key: String(keys[kind]()),
    attempt: Number(at('attempt') ?? 1),
    input: kind === 'handler' ? at('payload') : at('input'),
    signal: signal instanceof AbortSignal ? signal : undefined,
  };
}

/** What a stub gets: the view of a workflow's step, the context of a handler, the input else. */
const inputFor = ({ kind }: CodePlace, { input }: Called, given: unknown): never =>
  (kind === 'promise' || kind === 'work' ? input : given) as never;
