/** Births: how a group creates actors and starts them anew. */
import type { AnyMachineSnapshot } from 'xstate';
import { Cell, changed, type Hosted, type Identity } from '../../actor/index.ts';
import {
  type ActorEvent,
  isTroupeError,
  runIdOf,
  said,
  troupeError,
} from '../../protocol/index.ts';
import type { Creation } from '../engine.ts';
import { adopt, type HostedCreation } from '../lives/index.ts';
import { begin, step, withSpec } from '../step.ts';
import type { TurnStage } from '../turn-stage.ts';
import type { GroupPorts } from './group-ports.ts';

/** Creates the actors of one group. */
export class GroupBirths {
  readonly #group: TurnStage;
  readonly #ports: GroupPorts;

  constructor(group: TurnStage, ports: GroupPorts) {
    this.#group = group;
    this.#ports = ports;
  }

  create(creation: Creation): Cell {
    if (isHosted(creation)) return this.#createHosted(creation);
    const { cells } = this.#ports;
    const decision = begin(cells.machineOf(creation.kind), creation.spec);
    const cell = this.#enlisted(creation, 1, decision.snapshot);
    this.#group.apply(cell, init, decision);
    return cell;
  }

  /** What a user's machine throws at its start may be anything. */
  #createHosted(creation: HostedCreation, generation = 1, entries = 0): Cell {
    try {
      return this.#ports.lives.create(this.#group, creation, generation, entries);
    } catch (error) {
      if (isTroupeError(error)) throw error;
      const run = runIdOf(creation.address);
      throw troupeError('MACHINE_FAILED', { run, reason: said(error) }, error);
    }
  }

  restart(creation: Creation, from: 'input' | 'snapshot'): Cell {
    const cell = this.#group.find(creation.address);
    if (cell === undefined) return this.create(creation);
    if (cell.hosted !== undefined) return this.#restartHosted(cell, creation, from);
    const decision = begin(this.#ports.cells.machineOf(creation.kind), creation.spec);
    const input = JSON.stringify(creation.spec);
    cell.identity = changed(cell.identity, { ...creation, input });
    this.renew(cell);
    this.#group.clearTimers(cell);
    this.#group.apply(cell, init, decision);
    return cell;
  }

  /** As what it is it goes on counting its restarts; with another spec or structure it is new. */
  #restartHosted(cell: Cell, creation: Creation, from: 'input' | 'snapshot'): Cell {
    const { input, structure } = cell.identity;
    const isSame = JSON.stringify(creation.spec) === input && creation.structure === structure;
    if (!isHosted(creation) || isSame) {
      this.#ports.lives.restart(this.#group, cell, from);
      return cell;
    }
    if (!cell.isDone) this.#ports.lives.stop(this.#group, cell, 'started anew');
    return this.#createHosted(creation, cell.identity.generation + 1, cell.hosted?.entries);
  }

  awake(cell: Cell): void {
    if (cell.hosted === undefined) {
      this.#settle(cell);
      return;
    }
    this.#ports.cells.awake(cell);
    adopt(this.#group, cell);
  }

  /** One of ours takes what machines sent it before it was parked, and since. */
  #settle(cell: Cell): void {
    const { hops } = this.#group;
    while (!cell.isDone && cell.parked === '' && cell.mailbox.hasOfMachines) {
      this.#ports.turn(this.#group, cell);
    }
    this.#group.hops = hops;
  }

  respecify(cell: Cell, spec: unknown): void {
    cell.identity = changed(cell.identity, { input: JSON.stringify(spec) });
    cell.snapshot = withSpec(cell.snapshot, spec);
    this.#group.touch(cell);
  }

  moveOn(cell: Cell, to: Pick<Creation, 'version' | 'structure'>, event?: ActorEvent): void {
    this.#group.touch(cell);
    if (event !== undefined) {
      const told = { ...event, at: this.#group.now };
      this.#group.apply(cell, told, step(cell.snapshot, told));
    }
    const input = JSON.stringify(cell.snapshot.context.spec);
    cell.identity = changed(cell.identity, { ...to, input });
  }

  renew(cell: Cell): void {
    this.#group.touch(cell);
    cell.identity = changed(cell.identity, { generation: cell.identity.generation + 1 });
    if (cell.parked !== '') this.#group.unpark(cell);
    this.#ports.cells.add(cell);
    // What came while it had ended, or paused, waits.
    this.#ports.wake(cell);
  }

  enlist(
    creation: HostedCreation,
    generation: number,
    snapshot: AnyMachineSnapshot,
    hosted: Hosted,
  ): Cell {
    const known = this.#group.find(creation.address);
    const cell = known ?? this.#enlisted(creation, generation, snapshot);
    this.#group.touch(cell);
    if (cell.parked !== '') this.#group.unpark(cell);
    if (known !== undefined) {
      const input = JSON.stringify(creation.spec);
      cell.identity = changed(cell.identity, { ...creation, generation, input });
      cell.snapshot = snapshot;
    }
    cell.hosted = hosted;
    this.#ports.cells.add(cell);
    return cell;
  }

  #enlisted(creation: Creation, generation: number, snapshot: AnyMachineSnapshot): Cell {
    const { cells, numbers } = this.#ports;
    numbers.actor += 1;
    const cell = new Cell(
      new NewIdentity(creation, numbers.actor, generation, this.#group.now),
      snapshot,
    );
    cells.add(cell);
    return cell;
  }
}

/** What every actor is told first. */
const init: ActorEvent = Object.freeze({ type: 'init' });

/** What a new actor is. The text of its input is made when it is read. */
class NewIdentity implements Identity {
  readonly actor: number;
  readonly address: Creation['address'];
  readonly kind: string;
  readonly definition: string;
  readonly version: string;
  readonly structure: string;
  readonly generation: number;
  readonly parent: Creation['parent'];
  readonly createdAt: number;
  readonly #spec: unknown;
  #input: string | undefined;

  constructor(creation: Creation, actor: number, generation: number, createdAt: number) {
    this.actor = actor;
    this.address = creation.address;
    this.kind = creation.kind;
    this.definition = creation.definition;
    this.version = creation.version;
    this.structure = creation.structure;
    this.generation = generation;
    this.parent = creation.parent;
    this.createdAt = createdAt;
    this.#spec = creation.spec;
  }

  get input(): string {
    this.#input ??= JSON.stringify(this.#spec);
    return this.#input;
  }
}

const isHosted = (creation: Creation): creation is HostedCreation => creation.kind === 'machine';
