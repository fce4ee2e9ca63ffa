/**
 * Work handoffs: how work hands its run on to another bot.
 *
 * The request is a wait like that for a child run: the task is BLOCKED meanwhile and holds no slot,
 * its closure may be dropped. Work that runs again finds the handoff it asked for, or its answer,
 * under the same name: asked for once, whatever crashes between.
 */
import { type TaskContext, triesOf } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import type { Stage } from '../../engine/index.ts';
import {
  asAddress,
  runIdOf,
  type TroupeError,
  troupeError,
  type WorkContext,
} from '../../protocol/index.ts';
import type { Recorded } from '../activation/recorded.ts';
import type { Waits } from '../activation/waits.ts';
import type { WorkPorts } from '../ports.ts';
import { checkWanted, type Wanted } from './handoff-options.ts';
import { stageHandoff } from './staging.ts';
import { takenOver } from './taken-over.ts';

/** What it needs of the activation. */
export interface HandingPorts {
  readonly cell: Cell;
  readonly ports: Pick<WorkPorts, 'host' | 'handoffs'>;
  readonly recorded: Recorded;
  /** Waits for what others do. */
  readonly waits: Waits;
  /** Waits until the work may do something. */
  readonly ready: () => Promise<void>;
  /** Runs a command for the run. */
  readonly enter: <Value>(call: string, command: (stage: Stage) => Value) => Promise<Value>;
  /** A wait has begun or ended. */
  readonly changed: () => void;
}

/** The handoffs of one activation. */
export class WorkHandoffs {
  readonly #on: HandingPorts;

  constructor(on: HandingPorts) {
    this.#on = on;
  }

  /** Attempts of the bot that has the run, the one under way included. */
  get tries(): number {
    return triesOf(this.#on.cell.committed.context);
  }

  /** What the work is given besides, when its bot took the run over. */
  get facts(): Pick<WorkContext, 'takenOver'> {
    const { cell, ports, recorded } = this.#on;
    const { handoffs }: TaskContext = cell.committed.context;
    if (handoffs === undefined) return {};
    return { takenOver: takenOver(cell, handoffs, recorded.bodies, ports.host) };
  }

  /** Asks for a handoff and waits; goes on only when nobody took the run. */
  async hand(given: unknown): Promise<never> {
    const { cell, ports, recorded, waits, ready, changed } = this.#on;
    const where = `handoff of ${runIdOf(cell.address)}`;
    const wanted = checkWanted(given, where, ports.host.limits);
    const name = recorded.nameOfHandoff(wanted.to);
    const known = recorded.get(name);
    if (known !== undefined) throw this.#refusal(known, wanted);
    await ready();
    const { answer } = await this.#begin(name, wanted);
    try {
      changed();
      throw this.#refusal(await answer, wanted);
    } finally {
      waits.take(name);
      changed();
    }
  }

  /**
   * Asks, or finds that it was asked for before. The wait begins with the request: one that is
   * refused is none, or the task would give its slot back for it.
   */
  async #begin(name: string, wanted: Wanted): Promise<{ readonly answer: Promise<string> }> {
    const { cell, ports, waits, enter } = this.#on;
    for (;;) {
      const begun = await enter('handoff', (stage) => {
        // What the run has been told meanwhile comes first.
        if (cell.mailbox.size > 0) return undefined;
        if (!isAsked(stage, cell, name)) stageHandoff(stage, cell, wanted, name, ports.handoffs);
        const answer = waits.add(name);
        waits.makeSure(name);
        return { answer };
      });
      if (begun !== undefined) return begun;
    }
  }

  /** Why the run stays here, from what was recorded. */
  #refusal(body: string, { to, timeoutMs: afterMs }: Wanted): TroupeError {
    const run = runIdOf(this.#on.cell.address);
    const { status, by = to, note = '' }: Answer = JSON.parse(body);
    if (status === 'EXPIRED') return troupeError('HANDOFF_EXPIRED', { run, to, afterMs });
    return troupeError('HANDOFF_DECLINED', { run, to, by, note });
  }
}

interface Answer {
  readonly status: 'DECLINED' | 'EXPIRED';
  readonly by?: string;
  readonly note?: string;
}

/** Whether the open handoff of a run is the one that its work asks for under a name. */
function isAsked(stage: Stage, cell: Cell, name: string): boolean {
  const { handoff }: TaskContext = cell.snapshot.context;
  if (handoff === undefined) return false;
  return stage.find(asAddress(handoff))?.snapshot.context.spec.step === name;
}
