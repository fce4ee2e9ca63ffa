/**
 * Stages of a run, moved from outside: an app's own begin and complete when it says so; those and
 * the steps of a plan may be rated.
 */
import { z } from 'zod';
import { mayMove, stageState, type WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Host, type Stage, statusOf } from '../engine/index.ts';
import {
  type Address,
  checkId,
  checkOptions,
  isFinal,
  limits,
  runIdOf,
  type StageMove,
  troupeError,
} from '../protocol/index.ts';
import { whenIdle } from './driving/moves.ts';
import { sightOf } from './facts/plan.ts';
import { type StageSnapshot, stagesOf } from './facts/stages.ts';

const aShare = 'must be a number from 0 to 1';
const Quality = z.number(aShare).min(0, aShare).max(1, aShare);
const Rating = z.strictObject({ quality: Quality });
const Completion = z.strictObject({ quality: Quality.optional() });

type Move = Pick<StageMove, 'move' | 'quality'>;

/** A handle of one stage of a run. */
export class RunStage {
  /** That of a step, or any other text for a stage of the app's own. */
  readonly name: string;
  readonly #host: Host;
  readonly #address: Address;

  /** @throws TroupeError `BAD_ID`. */
  constructor(host: Host, address: Address, name: unknown) {
    this.#host = host;
    this.#address = address;
    this.name = checkId(name, 'name of the stage');
  }

  /**
   * The stage as it is; undefined for one that was never begun.
   * @throws TroupeError `UNKNOWN_RUN`, `STOPPED`, `JOURNAL_FAILED`.
   */
  async get(): Promise<StageSnapshot | undefined> {
    const cell = this.#host.find(this.#address);
    if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(this.#address) });
    return stagesOf(cell, sightOf(this.#host)).find(({ name }) => name === this.name);
  }

  /**
   * Of an own stage: it begins; when it has completed, its next iteration does.
   * @throws TroupeError `ILLEGAL_MOVE` when it is under way, when there are 100 others, when it is
   *   a step of the plan, when the run has ended or is one of a machine; `PARKED`, `UNKNOWN_RUN`,
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  begin(): Promise<void> {
    return this.#move({ move: 'begin' });
  }

  /** Of an own stage that is under way: it is complete. @throws as `begin`; `BAD_OPTION`. */
  async complete(options: { readonly quality?: number | undefined } = {}): Promise<void> {
    const checked = checkOptions(Completion, options, `stage ${this.name}`);
    await this.#move({ move: 'complete', ...checked });
  }

  /**
   * Says how good its result is, 0 to 1; the last word counts.
   * @throws TroupeError as `begin`, when it was never begun; `BAD_OPTION`.
   */
  async rate(quality: number): Promise<void> {
    const checked = checkOptions(Rating, { quality }, `stage ${this.name}`);
    await this.#move({ move: 'rate', ...checked });
  }

  #move(move: Move): Promise<void> {
    return whenIdle(this.#host, this.#address, 'stage', (stage, cell) => {
      this.#checkLive(cell, move.move);
      const letter = letterOf(cell, this.name);
      if (letter === undefined) this.#moveOwn(stage, cell, move);
      else this.#rateStep(stage, letter, move);
    });
  }

  /** The steps of a plan move by themselves. */
  #rateStep(stage: Stage, letter: string, { move, quality }: Move): void {
    if (move !== 'rate') throw this.#refusal('carried out by its plan', move);
    if (!'SCFX'.includes(letter)) throw this.#refusal(words['not begun'], move);
    stage.send(this.#address, { type: 'step.rated', step: this.name, quality });
  }

  #moveOwn(stage: Stage, cell: Cell, move: Move): void {
    const state = stageState(cell.snapshot.context.stages, this.name);
    if (!mayMove(state, move.move)) throw this.#refusal(words[state], move.move);
    stage.send(this.#address, { type: 'stage.move', stage: this.name, ...move });
  }

  #checkLive({ identity: { kind }, hosted, snapshot }: Cell, move: string): void {
    if (hosted !== undefined) throw this.#refusal('driven by its own machine', move);
    if (kind !== 'task' && kind !== 'workflow')
      throw this.#refusal('an approval, and has no stages', move);
    const state = statusOf(snapshot);
    if (isFinal(state)) throw this.#refusal(state, move);
  }

  #refusal(state: string, move: string) {
    const event = `${move} of the stage ${this.name}`;
    return troupeError('ILLEGAL_MOVE', { run: runIdOf(this.#address), state, event });
  }
}

/** The letter of a step of the run's plan; undefined for a stage of the app's own. */
function letterOf({ identity: { kind }, snapshot }: Cell, name: string): string | undefined {
  if (kind !== 'workflow') return undefined;
  const { spec, steps }: WorkflowContext = snapshot.context;
  const step = spec.plan.steps.findIndex((one) => one.name === name);
  return step < 0 ? undefined : steps.progress[step];
}

/** Where a stage is, told of its run. */
const words = {
  STARTED: 'in that stage',
  COMPLETED: 'past that stage',
  'not begun': 'not in that stage yet',
  full: `at its ${limits.ownStages} own stages`,
} as const;
