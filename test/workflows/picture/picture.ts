/** A picture that is walked through. */
import { equal } from 'node:assert/strict';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  transition,
} from 'xstate';
import type { Workflow } from '../../../src/protocol/index.ts';
import { alphabetOf } from './drawn.ts';

const letters: Readonly<Record<string, string>> = {
  WAITING: 'W',
  STARTED: 'S',
  COMPLETED: 'C',
  FAILED: 'F',
  CANCELLED: 'X',
  SKIPPED: 'K',
  OMITTED: 'O',
};

export class Picture {
  readonly #workflow: Workflow;
  readonly #machine: AnyStateMachine;
  snapshot: AnyMachineSnapshot;

  constructor(workflow: Workflow, machine: AnyStateMachine = workflow.toMachine()) {
    this.#workflow = workflow;
    this.#machine = machine;
    [this.snapshot] = initialTransition(this.#machine);
  }

  /** How far it is: its status and those of its steps, told by states and by what it remembers. */
  get state() {
    const { value, context } = this.snapshot;
    const below = Object(value).IN_PROGRESS;
    const status = typeof value === 'string' ? value : Object.keys(value)[0];
    const steps = Object.entries<{ status: string }>(context.steps);
    for (const [name, facts] of steps) this.#agrees(below?.steps?.[name], facts.status);
    return {
      status: below?.pause === 'BLOCKED' ? 'BLOCKED' : status,
      isFinishing: below?.plan === 'finishing' && below.pause === 'going',
      steps: Object.fromEntries(steps.map(([name, facts]) => [name, facts.status])),
    };
  }

  /** A step's region is where its status says, as long as the regions are there. */
  #agrees(region: unknown, status: string): void {
    if (region === undefined) return;
    const drawn = typeof region === 'string' ? region : Object.keys(Object(region))[0];
    const isAfterwards = drawn?.startsWith('UND') === true;
    equal(isAfterwards ? 'COMPLETED' : drawn, status);
  }

  /** What has become of the plan. */
  get verdict(): string {
    const below = Object(this.snapshot.value).IN_PROGRESS?.plan;
    if (below === 'open') return 'open';
    return below === 'finishing' ? 'complete' : 'failed';
  }

  /** Whether it is on its way to a bad end, or has come to one. */
  get isStopping(): boolean {
    const { phase } = this.snapshot.context;
    return phase === 'stopping' || phase === 'undoing';
  }

  get isPaused(): boolean {
    return this.snapshot.context.isPaused;
  }

  /** The letters of its steps, in the order of the plan. */
  get letters(): string {
    const { steps } = this.state;
    return this.#workflow.steps.map(({ name }) => letters[steps[name] ?? '']).join('');
  }

  /** Another one that is as far. */
  copy(): Picture {
    const made = new Picture(this.#workflow, this.#machine);
    made.snapshot = this.snapshot;
    return made;
  }

  /** What can happen now. */
  enabled(): readonly string[] {
    const { snapshot } = this;
    if (snapshot.status !== 'active') return [];
    return alphabetOf(this.#workflow).filter((type) => snapshot.can({ type }));
  }

  /** @throws Error when the picture does not accept the event. */
  send(type: string, cost = 0): void {
    const event = { type, cost };
    if (!this.snapshot.can(event))
      throw new Error(
        `the picture does not accept ${type} in ${JSON.stringify(this.snapshot.value)}`,
      );
    [this.snapshot] = transition(this.#machine, this.snapshot, event);
  }
}
