/**
 * Promises: what users' machines invoke, and their own actions, after the commit that asked.
 *
 * A promise is run at least once, again after a crash; its result comes back as a message and is
 * taken once. Its key (`keys.ts`) is that of its start: no crash and no restart changes it. An
 * action is run at most once: what must happen belongs in a promise.
 */
import type { Cell } from '../../actor/index.ts';
import {
  type ActorEvent,
  type CodeSeam,
  checkJson,
  childAddress,
  type Effect,
  type Logger,
} from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import { type Calling, errorData, type Hosting } from '../hosted/index.ts';
import { callHosted } from '../step.ts';
import type { HostedStage } from './hosted-stage.ts';
import { giveKey } from './keys.ts';

/** What running promises needs of the host. */
interface PromisesPorts {
  readonly hosting: Hosting;
  readonly log: Logger;
  readonly seam: CodeSeam;
  /** Does something in the next group, without waiting for it. */
  note(call: string, command: (stage: HostedStage) => void): void;
}

/** A start of a promise: the child and its number. */
interface Started {
  readonly id: string;
  readonly entry: number;
}

/** A start in one life of the actor that asked for it. */
interface Begun extends Started {
  readonly life: number;
}

/** How a promise ended. */
interface Over {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly event: ActorEvent;
}

/** Runs promises and actions. */
export class Promises {
  readonly #ports: PromisesPorts;
  readonly #running = new Map<string, AbortController>();
  #isDraining = false;
  #quiet: (() => void) | undefined;

  constructor(ports: PromisesPorts) {
    this.#ports = ports;
  }

  perform(cell: Cell, effect: Effect): void {
    if (effect.type === 'machine.promise') this.#run(cell, effect.params as Started);
    else if (effect.type === 'machine.abort') this.#abort(cell, effect.params as Started);
    else this.#call(cell, effect.params as Calling);
  }

  /** After recovery: runs again what was under way. */
  resume(cell: Cell): void {
    for (const child of cell.hosted?.children.values() ?? []) {
      if (child.kind === 'promise') this.#run(cell, child);
    }
  }

  /** Begins nothing any more; resolves when nothing runs. */
  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#running.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#quiet = resolve;
    return promise;
  }

  /** Aborts what runs; it runs again after a restart. */
  abort(reason: unknown): void {
    this.#isDraining = true;
    for (const controller of this.#running.values()) controller.abort(reason);
    this.#running.clear();
    this.#quiet?.();
  }

  #run(cell: Cell, { id, entry }: Started): void {
    const { hosted, address } = cell;
    const child = hosted?.children.get(id);
    const key = keyOf(cell, { id, entry });
    const isHeld = cell.parked !== '' || cell.isPausing;
    const isLive = child?.entry === entry && child.ended === undefined && !isHeld;
    if (hosted === undefined || !isLive || this.#isDraining || this.#running.has(key)) return;
    const { hosting } = this.#ports;
    const self = hosting.refOf(childAddress(address, id), id, entry);
    giveKey(self, hosted.self, (above) => hosting.parentOf(above));
    const source = hosting.logicOf(hosted, cell.identity).source(child.src);
    if (source.kind !== 'promise') return;
    const controller = new AbortController();
    this.#running.set(key, controller);
    const { signal } = controller;
    const given = { input: child.input, self, system: self.system, signal, emit: nothing };
    const life = cell.identity.generation;
    const over = (event: ActorEvent): void =>
      this.#over(cell, { id, entry, life }, { key, signal, event });
    const { definition } = cell.identity;
    const place = { definition, part: child.src, kind: 'promise' } as const;
    const create = this.#ports.seam(place, source.create);
    started(() => create(given)).then(
      (output) => over(doneEvent(id, output)),
      (error) => over(errorEvent(id, error)),
    );
  }

  #over(cell: Cell, started: Begun, { key, signal, event }: Over): void {
    if (this.#running.get(key)?.signal === signal) this.#running.delete(key);
    if (!signal.aborted) {
      const origin = { child: started.id, entry: started.entry };
      this.#ports.note('invoke', (stage) => {
        const parent = stage.find(cell.address);
        if (parent === undefined || parent.isDone) return;
        if (parent.identity.generation !== started.life) return;
        stage.put(parent, { ...stage.mailOf(event, {}), origin });
      });
    }
    if (this.#running.size === 0) this.#quiet?.();
  }

  #abort(cell: Cell, started: Started): void {
    const key = keyOf(cell, started);
    this.#running.get(key)?.abort();
    this.#running.delete(key);
    if (this.#running.size === 0) this.#quiet?.();
  }

  #call(cell: Cell, { type, call }: Calling): void {
    const { hosted } = cell;
    if (hosted === undefined) return;
    const failed = (error: unknown): void => {
      const facts = { actor: cell.address, error };
      say(this.#ports.log, 'event.action', facts, `the action ${type} threw`);
    };
    try {
      const result = callHosted(this.#ports.hosting.scopeOf(cell, hosted), call);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
      const event = { type: 'troupe.failed', error: errorData(error) };
      this.#ports.note('action', (stage) => {
        const actor = stage.find(cell.address);
        if (actor === undefined || actor.isDone) return;
        stage.put(actor, stage.mailOf(event, {}));
      });
    }
  }
}

const keyOf = ({ actor }: Cell, { id, entry }: Started): string => `${actor} ${entry} ${id}`;

const doneEvent = (id: string, output: unknown): ActorEvent => {
  try {
    const copy = checkJson(output, `output of ${id}`);
    return { type: `xstate.done.actor.${id}`, output: copy, actorId: id };
  } catch (error) {
    return errorEvent(id, error);
  }
};

const errorEvent = (id: string, error: unknown): ActorEvent => ({
  type: `xstate.error.actor.${id}`,
  error: errorData(error),
  actorId: id,
});

/** A function that throws at once is like one that rejects. */
async function started(run: () => unknown): Promise<unknown> {
  return run();
}

function nothing(): void {}
