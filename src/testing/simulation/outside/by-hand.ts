/**
 * By hand: whoever stands behind external bots. Each run that is assigned to one is begun and ended
 * by hand, with the answer of the bot's stub; a bot without a stub has nobody.
 */

import type { TaskContext } from '../../../../machines/index.ts';
import type { Batch } from '../../../journal/index.ts';
import { type Bot, isTroupeError, type TaskSpec } from '../../../protocol/index.ts';
import type { World } from '../world.ts';
import type { Code } from './code.ts';

/** Those who work by hand. */
export class ByHand {
  readonly #world: World;
  readonly #code: Code;
  /** What somebody has begun to work on: the run, its assignment, the process. */
  readonly #taken = new Set<string>();

  constructor(world: World, code: Code) {
    this.#world = world;
    this.#code = code;
  }

  /** Sees what a commit assigns. */
  noticed({ actors }: Pick<Batch, 'actors'>): void {
    for (const { kind, address, status, done, input, snapshot } of actors) {
      if (kind !== 'task' || status !== 'ASSIGNED' || done) continue;
      if (!input.includes('"byHand"') && !snapshot.includes('"byHand"')) continue;
      const { attempts, slots, assignedTo }: TaskContext = JSON.parse(snapshot).context;
      const taken = [address, attempts, slots, assignedTo, this.#world.life].join(' ');
      if (this.#taken.has(taken)) continue;
      this.#taken.add(taken);
      const spec: TaskSpec = JSON.parse(input);
      const runId = address.slice('run/'.length);
      this.#world.clock.soon(() => void this.#work(runId, spec, assignedTo ?? spec.bot ?? ''));
    }
  }

  /** After a restart: what was assigned is seen again. */
  began(): void {
    this.noticed({ actors: this.#world.journal.actors({ kind: 'task', done: false }) });
  }

  async #work(runId: string, spec: TaskSpec, botId: string): Promise<void> {
    const { troupe } = this.#world;
    const run = await troupe?.runs.get(runId).catch(() => undefined);
    const bot = this.#botOf(botId);
    const instead = bot === undefined ? undefined : this.#code.standIn(bot.id);
    if (run === undefined || bot === undefined || instead === undefined) return;
    try {
      const attempt = await run.begin();
      if (this.#world.journal.byAddress(`run/${runId}`)?.status !== 'IN_PROGRESS') return;
      const called = { of: bot.id, kind: 'work', key: runId, attempt, input: spec.input } as const;
      const end = await this.#ended(() =>
        this.#code.external({ ...called, signal: undefined }, instead),
      );
      const tell = (): Promise<void> =>
        'error' in end ? run.fail({ ...end, attempt }) : run.complete({ ...end, attempt });
      await tell();
      const isTwice = this.#world.strike(
        'duplicate',
        (fault) => 'call' in fault && fault.call.of === bot.id,
      );
      if (isTwice === undefined) return;
      this.#world.note('fault', `${bot.id} reports its end twice`, true);
      await tell();
    } catch (error) {
      // It was cancelled or timed out meanwhile: refused, as it may be.
      if (!isTroupeError(error)) throw error;
    }
  }

  async #ended(work: () => unknown): Promise<{ result: unknown } | { error: unknown }> {
    try {
      return { result: await work() };
    } catch (error) {
      return { error };
    }
  }

  #botOf(id: string): Bot | undefined {
    const found = this.#world.definitions.find((one) => one.id === id && one.kind === 'bot');
    return found === undefined || !isBot(found) ? undefined : found;
  }
}

const isBot = (definition: { readonly kind: string }): definition is Bot =>
  definition.kind === 'bot';
