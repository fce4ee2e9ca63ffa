/**
 * What a run has recorded: results of steps, which messages were sent, which reports were added
 * up, by name.
 *
 * Names that start with `~` are the runtime's own; those of a bot that took the run over end in
 * `~h1`, `~h2` ..., so that it takes nothing for its own that a bot before it recorded.
 * A message's name is made of recipient, body and its ordinal among equals, so that work that runs
 * again sends nothing twice; likewise a report's and an ask's. That of a handoff is made of the bot
 * alone that is asked: what is said to it may tell of the attempt.
 */
import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import type { StepRecord } from '../../journal/index.ts';
import { recipientId } from '../../messages/index.ts';
import { fingerprint } from '../../policies/index.ts';
import {
  canonicalJson,
  checkId,
  checkJson,
  childAddress,
  handoffsBefore,
  type Json,
  nameAfter,
  type Outcome,
  partPrefix,
  type Report,
  RunError,
  runIdOf,
  type Settlement,
  troupeError,
} from '../../protocol/index.ts';
import { outcomeIn } from '../../runs/index.ts';

/** What one activation knows to be recorded. */
export class Recorded {
  readonly #bodies: Map<string, string>;
  readonly #ordinals = new Map<string, number>();
  readonly #claimed = new Set<string>();

  readonly #handoffs: number;

  /** @param handoffs that moved the run to the bot that has it now. */
  constructor(steps: readonly StepRecord[], handoffs = 0) {
    this.#bodies = new Map(steps.map(({ step, body }) => [step, body]));
    this.#handoffs = handoffs;
  }

  /** What is recorded by name. */
  get bodies(): ReadonlyMap<string, string> {
    return this.#bodies;
  }

  /** The JSON text recorded under a name; empty for undefined. */
  get(name: string): string | undefined {
    return this.#bodies.get(name);
  }

  /**
   * The name under which a step is recorded, which no other step can have from now on.
   * @throws TroupeError `BAD_ID`, `STEP_NAME_TAKEN`.
   */
  claim(name: unknown, run: string): string {
    const step = checkId(name, 'name of the step');
    const problem = problemOf(step);
    if (problem !== undefined) throw troupeError('BAD_ID', { what: 'name of the step', problem });
    if (this.#claimed.has(step)) throw troupeError('STEP_NAME_TAKEN', { run, step });
    this.#claimed.add(step);
    return nameAfter(this.#handoffs, step);
  }

  set(name: string, body: string): void {
    this.#bodies.set(name, body);
  }

  /** The name of the next message with this recipient and body. @throws TroupeError `NOT_JSON`. */
  nameOfSend(to: unknown, message: unknown): string {
    return this.#nameOf('send', [recipientId(to), checkJson(message, 'message') ?? null]);
  }

  /** The name of the next ask with this recipient and body. @throws TroupeError `NOT_JSON`. */
  nameOfAsk(to: unknown, message: unknown): string {
    return this.#nameOf('ask', [recipientId(to), checkJson(message, 'message') ?? null]);
  }

  /** The name of the next handoff to this bot, whatever is said with it. */
  nameOfHandoff(to: string): string {
    return this.#nameOf('handoff', [to]);
  }

  /** The name under which a part is recorded. */
  nameOfPart(ordinal: number): string {
    return nameAfter(this.#handoffs, `${partPrefix}${ordinal}`);
  }

  /** The name of the next report of an attempt that adds what this adds; none for nothing. */
  nameOfReport(attempt: number, { learnings, cost }: Report): string | undefined {
    if (learnings === undefined && cost === undefined) return undefined;
    return this.#nameOf(`report-${attempt}`, [[...(learnings ?? [])], cost ?? null]);
  }

  /** Equal ones are told apart by their order. */
  #nameOf(kind: string, content: Json): string {
    const name = `${reservedPrefix}${kind}/${fingerprint(canonicalJson(content))}`;
    const ordinal = (this.#ordinals.get(name) ?? 0) + 1;
    this.#ordinals.set(name, ordinal);
    return nameAfter(this.#handoffs, `${name}#${ordinal}`);
  }
}

const reservedPrefix = '~';

function problemOf(step: string): string | undefined {
  if (step.startsWith(reservedPrefix)) return `it starts with ${reservedPrefix}`;
  if (handoffsBefore(step) === 0) return undefined;
  return 'it ends like those of a bot that took the run over';
}

/** The name under which it is recorded that an ask was sent. */
export const markOfAsk = (name: string): string => name.replace('~ask/', '~asked/');

/** Whether a record says that an ask was sent. */
export const isAskMark = ({ step }: StepRecord): boolean => step.startsWith('~asked/');

/** The value of a recorded JSON text: a new one each time. */
export const recordedValue = (body: string): unknown =>
  body === '' ? undefined : JSON.parse(body);

/** The result of a child run that has settled. @throws RunError with its outcome. */
export function childResult(host: Host, parent: Cell, step: string, body: string): unknown {
  const settlement: Settlement = JSON.parse(body);
  if (settlement.status === 'COMPLETED') return settlement.result;
  const address = childAddress(parent.address, step);
  throw new RunError(runIdOf(address), outcomeOf(host.find(address), settlement));
}

/** As its own record tells it; a journal in memory may have dropped that. */
function outcomeOf(child: Cell | undefined, { error, reason = '' }: Settlement): Outcome {
  if (child?.isDone === true) return outcomeIn(child, child.committed);
  const facts = { attempts: 1, elapsedMs: 0 };
  if (error !== undefined) return { ...facts, status: 'FAILED', error };
  return { ...facts, status: 'CANCELLED', reason };
}
