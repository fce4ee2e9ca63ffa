/**
 * The world outside a simulated team: it outlives crashes, remembers every deed, and tells at once
 * when something is done that must not be: a step that was recorded before, work that runs twice
 * at the same time, anything by a process that is dead.
 */
import { ok } from 'node:assert/strict';
import type { SimulatedClock } from '../../src/index.ts';
import type { Journal } from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';

/** What is done in the world, once or again. */
export interface Deed {
  /** The idempotency key. */
  readonly key: string;
  /** The process that did it. */
  readonly life: number;
}

/** How a deed is done. */
export interface DeedOptions<Value> {
  readonly key: string;
  readonly value: Value;
  /** How long it takes (default 3). */
  readonly ms?: number;
  /** Whether it fails at its end (default false). */
  readonly fails?: boolean;
}

/** The world. */
export class World {
  readonly clock: SimulatedClock;
  readonly deeds: Deed[] = [];
  /** Work that began, from the top. */
  readonly begun: { readonly run: string; readonly life: number }[] = [];
  #life = 0;
  #isAlive = false;
  #journal: Journal | undefined;
  #underWay = new Set<string>();
  #working = new Map<string, AbortSignal>();

  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }

  get life(): number {
    return this.#life;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** A process begins. */
  begin(journal: Journal): void {
    this.#life += 1;
    this.#isAlive = true;
    this.#journal = journal;
    this.#underWay = new Set();
    this.#working = new Map();
  }

  /** The process is dead from here on, whatever it still believes. */
  crash(): void {
    this.#isAlive = false;
  }

  /** Work begins: the same run's work before it must have been aborted or have ended. */
  works(runId: string, signal: AbortSignal): () => void {
    const before = this.#working.get(runId);
    ok(before === undefined || before.aborted, `${runId} works twice at the same time`);
    this.#working.set(runId, signal);
    this.begun.push({ run: runId, life: this.#life });
    return () => {
      if (this.#working.get(runId) === signal) this.#working.delete(runId);
    };
  }

  /** A step's deed. */
  step<Value>(options: DeedOptions<Value>): Promise<Value> {
    return this.#do(options, () => this.#isRecorded(options.key));
  }

  /** The deed of a function step, whose result is that of its run. */
  run<Value>(options: DeedOptions<Value>): Promise<Value> {
    const address = asAddress(`run/${options.key}`);
    return this.#do(options, () => this.#journal?.byAddress(address)?.done === true);
  }

  /** The deed of a handler. */
  handle<Value>(options: DeedOptions<Value>): Promise<Value> {
    return this.#do(options, () => false);
  }

  /** Waits for what never comes; ends when it is aborted. */
  hang(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  async #do<Value>(options: DeedOptions<Value>, isDone: () => boolean): Promise<Value> {
    const { key, value, ms = 3, fails = false } = options;
    const life = this.#life;
    if (!this.#isAlive) return nothing();
    ok(!isDone(), `${key} is done again, though it is recorded`);
    ok(!this.#underWay.has(key), `${key} is done twice at the same time`);
    this.#underWay.add(key);
    this.deeds.push({ key, life });
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
    if (!this.#isAlive || life !== this.#life) return nothing();
    this.#underWay.delete(key);
    if (fails) throw new RangeError(`${key} fails`);
    return value;
  }

  #isRecorded(key: string): boolean {
    const at = key.lastIndexOf('/');
    const actor = this.#journal?.byAddress(`run/${key.slice(0, at)}`)?.actor ?? 0;
    return this.#journal?.step(actor, key.slice(at + 1)) !== undefined;
  }
}

/** What a dead process gets. */
const nothing = (): Promise<never> => new Promise(() => {});
