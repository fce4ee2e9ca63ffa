/**
 * What the benchmarks let loose: a toggle and the task machine, with what is sent to them, and
 * hosts to run them on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyStateMachine, setup } from 'xstate';
import { z } from 'zod';
import { taskMachine } from '../machines/index.ts';
import { systemClock } from '../src/clock/index.ts';
import { LocalHost } from '../src/engine/index.ts';
import { type Batch, type Journal, memoryJournal, openJournal } from '../src/journal/index.ts';
import {
  type ActorEvent,
  type Envelope,
  type Logger,
  type Message,
  type Schema,
  type TaskSpec,
  withLimits,
} from '../src/protocol/index.ts';

/** A machine, and the story that each of its actors goes through. */
export interface Subject {
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** What an actor is made with. */
  readonly spec: unknown;
  /** The messages that it gets, in this order. */
  readonly story: readonly Message[];
  /** What the payloads of the story must be. */
  readonly payload: Schema;
  /** A message as the machine takes it. */
  event(message: Message, at: number): ActorEvent;
  /** The same, out of an envelope. */
  delivered(envelope: Envelope, at: number): ActorEvent;
}

const toggleMachine = setup({
  types: {} as { context: { spec: unknown }; events: { type: 'message' } },
}).createMachine({
  id: 'toggle',
  context: ({ input }) => ({ spec: input }),
  initial: 'off',
  states: { off: { on: { message: 'on' } }, on: { on: { message: 'off' } } },
});

/** Two states and no action: all that an actor costs is overhead. */
export const toggle = (messages: number): Subject => ({
  name: 'toggle',
  machine: toggleMachine,
  spec: {},
  story: Array.from({ length: messages }, (_, index) => ({ type: 'toggle', payload: { index } })),
  payload: z.object({ index: z.int() }),
  event: (_message, at) => ({ type: 'message', at }),
  delivered: (envelope, at) => ({ type: 'message', at, envelope }),
});

const TaskPayload = z.object({
  attempt: z.int(),
  progress: z.number().optional(),
  result: z.unknown().optional(),
});

/** The task machine from IN_PROGRESS: reports, then its completion with all that this decides. */
export const task = (messages: number): Subject => ({
  name: 'task',
  machine: taskMachine,
  spec: taskSpec('run/bench/1', { route: 'none', bot: null }),
  story: Array.from({ length: messages }, (_, index) =>
    index === messages - 1
      ? { type: 'task.complete', payload: { attempt: 1, result: { index } } }
      : { type: 'task.report', payload: { attempt: 1, progress: index / messages } },
  ),
  payload: TaskPayload,
  event: ({ type, payload }, at) => ({ ...Object(payload), type, at }),
  delivered: ({ type, payload }, at) => ({ ...Object(payload), type, at }),
});

/** The spec of a task's run. */
export const taskSpec = (run: string, route: Pick<TaskSpec, 'route' | 'bot'>): TaskSpec => ({
  run,
  definition: 'bench',
  version: '1',
  parent: null,
  step: null,
  type: 'bot',
  title: null,
  description: null,
  domain: null,
  createdBy: 'client/bench',
  createdAt: 0,
  priority: 5,
  requirements: [],
  constraints: [],
  dueAt: null,
  dependsOn: [],
  onDependencyFailure: 'fail',
  retry: { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 },
  timeoutMs: null,
  input: { index: 1 },
  ...route,
});

const quiet: Logger = { debug: nothing, info: nothing, warn: console.warn, error: console.error };

/** A host of one kind of actor, `bench`. */
export const benchHost = (machine: AnyStateMachine, journal: Journal): LocalHost =>
  new LocalHost({
    clock: systemClock(),
    journal,
    limits: withLimits(),
    log: quiet,
    behaviours: { bench: { machine } },
  });

/** A journal that keeps nothing; `read` is what it looks at of each batch. */
export function forgetfulJournal(read: (batch: Batch) => unknown = nothing): Journal {
  const none = (): [] => [];
  const missing = (): undefined => undefined;
  return {
    path: 'nowhere',
    begin: () => true,
    commit: (batch) => void read(batch),
    abort: nothing,
    close: nothing,
    heads: () => ({ seq: 0, actor: 0, mail: 0, letter: 0, arming: 0 }),
    byAddress: missing,
    byNumber: missing,
    step: missing,
    actors: none,
    waiting: none,
    mailOf: none,
    timers: none,
    timersOf: none,
    timersBetween: none,
    dueAfter: missing,
    busy: none,
    anchor: () => ({ seq: 0, hash: '' }),
    extent: () => ({ rows: 0, cut: 0, fileBytes: 0, logBytes: 0 }),
    trim: () => ({ more: false }),
    steps: none,
    history: none,
    rows: none,
    deadLetters: none,
  };
}

/** A new journal: in memory, or with `synchronous=FULL` in a file; `end` leaves nothing behind. */
export async function newJournal(
  kind: 'memory' | 'file',
): Promise<{ readonly journal: Journal; readonly end: () => void }> {
  if (kind === 'memory') return { journal: memoryJournal(), end: nothing };
  const { path, remove } = newFolder();
  const journal = await openJournal(join(path, 'bench.db'));
  return {
    journal,
    end: () => {
      journal.close();
      remove();
    },
  };
}

/** A folder of its own for a round. */
export function newFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'troupe-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function nothing(): void {}
