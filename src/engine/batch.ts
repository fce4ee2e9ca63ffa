/** The batch of a group while it is being built; coalesces what changes more than once. */
import type { Cell } from '../actor/index.ts';
import type {
  ActorRecord,
  Batch,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../journal/index.ts';
import type { Mail } from '../mailbox/index.ts';
import { isDone, statusOf, textOf } from './step.ts';

type TimerKey = { readonly actor: number; readonly timer: string };

/** Builds a batch. */
export class BatchBuilder implements Batch {
  readonly at: number;
  readonly rows: JournalRow[] = [];
  readonly actors: ActorRecord[] = [];
  readonly waiting: WaitingMail[] = [];
  readonly taken: number[] = [];
  readonly steps: StepRecord[] = [];
  readonly dead: DeadLetter[] = [];
  /** The last change of each timer: its arming, or its clearing. */
  readonly #timers = new Map<string, TimerRecord | TimerKey>();

  constructor(at: number) {
    this.at = at;
  }

  get timersArmed(): TimerRecord[] {
    return [...this.#timers.values()].filter((change) => 'due' in change);
  }

  get timersCleared(): TimerKey[] {
    return [...this.#timers.values()].filter((change) => !('due' in change));
  }

  /** Whether there is nothing to commit. */
  get isEmpty(): boolean {
    return (
      this.rows.length === 0 &&
      this.actors.length === 0 &&
      this.waiting.length === 0 &&
      this.taken.length === 0 &&
      this.steps.length === 0 &&
      this.dead.length === 0 &&
      this.#timers.size === 0
    );
  }

  armTimer(timer: TimerRecord): void {
    this.#timers.set(`${timer.actor} ${timer.timer}`, timer);
  }

  clearTimer(actor: number, timer: string): void {
    this.#timers.set(`${actor} ${timer}`, { actor, timer });
  }

  keepWaiting(cell: Cell, mail: Mail): void {
    this.waiting.push({
      mail: mail.number,
      actor: cell.actor,
      lane: mail.lane,
      gated: mail.gated,
      key: mail.key,
      expiresAt: mail.expiresAt,
      body: JSON.stringify(mail.event),
    });
  }

  saveActor(cell: Cell): void {
    const { identity, snapshot } = cell;
    const done = isDone(snapshot);
    this.actors.push({
      actor: identity.actor,
      address: identity.address,
      kind: identity.kind,
      definition: identity.definition,
      version: identity.version,
      structure: identity.structure,
      generation: identity.generation,
      parent: identity.parent,
      status: statusOf(snapshot),
      active: !done && snapshot.hasTag('active'),
      done,
      parked: cell.parked,
      input: identity.input,
      snapshot: textOf(snapshot),
      last: cell.last,
      watchers: cell.watchers.length === 0 ? '[]' : JSON.stringify(cell.watchers),
      createdAt: identity.createdAt,
      updatedAt: this.at,
    });
  }
}
