/** What must hold of the handoffs of every task, told apart from its chart. */
import { deepEqual, equal } from 'node:assert/strict';
import type { TaskContext } from '../../machines/index.ts';
import {
  type Address,
  asAddress,
  botAddress,
  childAddress,
  type Effect,
  handoffsBefore,
  type SendParams,
  type TaskEvent,
  type TaskSpec,
} from '../../src/protocol/index.ts';

/** Keeps the books of the handoffs of one task. */
export class HandoffBooks {
  /** The bot that has it. */
  bot: string | undefined;
  /** Attempts begun before it moved last. */
  attemptsBefore = 0;
  /** It moves by the event under way. */
  isMoving = false;
  /** The event under way tells of a child run of a bot that had it before. */
  isLate = false;
  /** The name under which work begins to wait, and under which it waits no more, by this event. */
  asked: string | undefined;
  answered: string | undefined;
  /** What is to be recorded by the event under way. */
  records: readonly unknown[] = [];
  #open: string | undefined;
  #handoffs = 0;
  #next: string | undefined;
  /** The handoff that is to be withdrawn by the event under way. */
  #given: string | undefined;

  constructor(bot: string | undefined) {
    this.bot = bot;
  }

  /** Where its slot is asked for. */
  get address(): readonly Address[] {
    return this.bot === undefined ? [] : [botAddress(this.bot)];
  }

  /** Sees an event before anything came of it. */
  see(event: TaskEvent, status: string): void {
    this.isMoving = false;
    this.isLate = event.type === 'child.started' && handoffsBefore(event.step) !== this.#handoffs;
    [this.asked, this.answered, this.#given] = [undefined, undefined, undefined];
    this.records = [];
    if (event.type === 'handoff.requested') this.#requested(event);
    if (event.type === 'handoff.closed' && event.handoff === this.#open) this.#closed(event);
    if (event.type === 'handoff.accepted' && event.handoff === this.#open) {
      this.isMoving = true;
      this.#next = event.to;
    }
    if (event.type === 'task.decline' && status === 'ASSIGNED') this.#given = this.#open;
  }

  #requested(event: TaskEvent & { type: 'handoff.requested' }): void {
    if (this.#open !== undefined || this.bot === undefined) return;
    this.#open = event.handoff;
    this.asked = event.step ?? undefined;
  }

  #closed({ step, answer }: TaskEvent & { type: 'handoff.closed' }): void {
    this.#open = undefined;
    this.answered = step ?? undefined;
    if (step !== null) this.records = [{ step, value: answer }];
  }

  /** Whom it tells: children of the bot that had it, and the open handoff when that is over. */
  tells(
    event: TaskEvent,
    effects: readonly Effect[],
    isEnding: boolean,
    children: readonly string[],
    spec: TaskSpec,
  ): void {
    const told = (type: string): Address[] =>
      effects
        .filter((effect) => effect.type === 'send')
        .map(({ params }) => params as SendParams)
        .filter(({ event: sent }) => sent.type === type)
        .flatMap(({ to }) => to);
    const below = (step: string) => childAddress(asAddress(spec.run), step);
    if (!isEnding) {
      const runs = children.filter(
        (step) => !step.startsWith('~') && handoffsBefore(step) === this.#handoffs,
      );
      const dropped = this.isMoving ? runs.map(below) : [];
      const late = this.isLate && event.type === 'child.started' ? [below(event.step)] : [];
      deepEqual(told('run.cancel').sort(), [...dropped, ...late].sort());
    }
    const isGivenBack = this.#given !== undefined && spec.route === 'routed';
    const isOver = isEnding || isGivenBack;
    const open = this.#open === undefined ? [] : [this.#open];
    deepEqual(told('handoff.withdraw'), isOver ? open : [], 'what is over is withdrawn');
    if (event.type === 'task.decline' && isGivenBackTo(spec, effects)) this.bot = undefined;
    if (isOver) this.#open = undefined;
  }

  /** The next bot has it. */
  moved(attempts: number): void {
    this.isMoving = false;
    this.#open = undefined;
    this.bot = this.#next;
    this.#handoffs += 1;
    this.attemptsBefore = attempts;
  }

  /** What holds whenever nothing happens. */
  rest({ assignedTo, handoff, handoffs = 0 }: TaskContext, isOver: boolean): void {
    equal(assignedTo, this.bot, 'it is at one bot');
    equal(handoffs, this.#handoffs);
    if (!isOver) equal(handoff, this.#open, 'one handoff is open, or none');
  }
}

/** A routed task that was declined has no bot until it is routed again. */
const isGivenBackTo = ({ route }: TaskSpec, effects: readonly Effect[]): boolean =>
  route === 'routed' &&
  effects.some(
    ({ type, params }) => type === 'send' && (params as SendParams).event.type === 'slot.release',
  );
