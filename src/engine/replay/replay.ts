/**
 * Replay: the rows of a journal folded into actors again, without a host. Rows hold the events that
 * were applied; what a machine made of them it makes again, unless it read something else.
 *
 * Rows don't tell the input of a life, nor that a definition changed: who replays says it, or that
 * they are not known. Nothing is told, then, of the actor until its next life.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorRecord, JournalRow } from '../../journal/index.ts';
import type { Decision } from '../step.ts';
import { HostedReplay } from './hosted.ts';
import { OwnReplay } from './own.ts';

/** What replaying needs to know. */
export interface ReplayPorts {
  /** The machine of a kind of ours. */
  readonly machineOf: (kind: string) => AnyStateMachine | undefined;
  /** The machine of a user's definition; undefined when it is not there. */
  readonly hostedOf: (definition: string, version: string) => AnyStateMachine | undefined;
}

/** What an actor is. */
export type Replayable = Pick<ActorRecord, 'actor' | 'address' | 'kind'>;

/** The actors of a journal as their rows tell them. */
export class Replay {
  readonly #ports: ReplayPorts;
  readonly #own = new Map<number, OwnReplay>();
  readonly #hosted: HostedReplay;

  constructor(ports: ReplayPorts) {
    this.#ports = ports;
    this.#hosted = new HostedReplay(ports.hostedOf);
  }

  /**
   * Takes the next row of the journal.
   * @param birth of an `init`: the record that its commit wrote; undefined when it is not known.
   * @throws what the machine throws.
   */
  take(row: JournalRow, actor: Replayable, birth: ActorRecord | undefined): Decision | undefined {
    if (actor.kind === 'machine') return this.#takeHosted(row, actor, birth);
    const own = this.#ownOf(actor);
    return own?.take(row, birth && JSON.parse(birth.input));
  }

  /** What is recorded of an actor, by its rows; undefined when they don't tell. */
  state(record: ActorRecord): unknown {
    if (record.kind !== 'machine') return this.#own.get(record.actor)?.state;
    return record.parked === '' ? this.#hosted.state(record) : undefined;
  }

  /** The rows of an actor don't tell what it is from here on. */
  forget({ actor, address }: Replayable): void {
    this.#own.delete(actor);
    this.#hosted.forget(address);
  }

  #takeHosted(
    row: JournalRow,
    { address }: Replayable,
    birth: ActorRecord | undefined,
  ): Decision | undefined {
    if (row.type !== 'init') return this.#hosted.take(row, { address });
    const isThere = birth && this.#ports.hostedOf(birth.definition, birth.version) !== undefined;
    if (isThere === true) return this.#hosted.begin(birth);
    this.#hosted.forget(address);
    return undefined;
  }

  #ownOf({ actor, kind }: Replayable): OwnReplay | undefined {
    const known = this.#own.get(actor);
    const machine = this.#ports.machineOf(kind);
    if (known !== undefined || machine === undefined) return known;
    const own = new OwnReplay(machine);
    this.#own.set(actor, own);
    return own;
  }
}
