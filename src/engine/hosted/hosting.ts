/**
 * Hosting: what a host does for the actors of users' machines beside their turns: finds their
 * logic, answers their references, keeps the names of their trees.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import {
  type Cell,
  Hosted,
  InnerRef,
  isRootSpec,
  type Listener,
  mayHoldRefs,
  type RefHub,
  withRefs,
} from '../../actor/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type Logger,
  type MachineChildSpec,
  type MachineMigration,
  type MachineSpec,
  segmentsOf,
  troupeError,
} from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import { stepSystem } from '../step.ts';
import { type Logic, logicAt } from './logic.ts';
import { Naming, type NamingPorts } from './naming.ts';

/** What hosting needs of its host. */
export interface HostingPorts {
  find(address: Address): Cell | undefined;
  listen(address: Address, listener: Listener): (() => void) | undefined;
  /** Sends an event in the next group. */
  deliver(ref: InnerRef, event: ActorEvent): void;
  readonly log: Logger;
  /** The machine of a definition. */
  machineOf(definition: string, version: string): AnyStateMachine | undefined;
  /** How the newest version of a definition takes over from an older one that is gone. */
  migrationOf(definition: string, version: string): Migrating | undefined;
}

/** How an actor becomes one of another version. */
export interface Migrating {
  readonly version: string;
  readonly structure: string;
  readonly migrate: MachineMigration;
}

/** What of a record makes an actor. */
export interface Recorded extends Defined {
  readonly address: Address;
  readonly input: string;
  readonly generation: number;
  readonly snapshot: string;
  /** Why it is parked; empty when it is not. */
  readonly parked: string;
  readonly done: boolean;
}

/** The part of an actor's identity that leads to its logic. */
interface Defined {
  readonly definition: string;
  readonly version: string;
}

/** It knows its logic once that was asked for. */
class WithLogic extends Hosted {
  logic: Logic | undefined;
}

/** Serves the users' machines of one host. */
export class Hosting implements NamingPorts {
  readonly #ports: HostingPorts;
  /** Whose turn is being decided: a reader of references is part of it. */
  deciding: { readonly address: Address; readonly hosted: Hosted } | undefined;

  constructor(ports: HostingPorts) {
    this.#ports = ports;
  }

  /** What stands beside the snapshot of an actor. */
  hostedOf(address: Address, spec: MachineSpec | MachineChildSpec, generation: number): Hosted {
    const id = isRootSpec(spec) ? (segmentsOf(address).at(-1) ?? '') : spec.id;
    return new WithLogic(spec, this.refOf(address, id, isRootSpec(spec) ? 0 : generation));
  }

  /** What stands beside the snapshot of a recorded actor, not filled yet. */
  hostedFrom({ address, input, generation }: Recorded): Hosted {
    return this.hostedOf(address, readValue(this, input) as MachineSpec, generation);
  }

  /** How an actor of a version that is gone goes on as one of the newest; undefined: not at all. */
  migrating({ definition, version }: Defined): Migrating | undefined {
    const { machineOf, migrationOf } = this.#ports;
    if (machineOf(definition, version) !== undefined) return undefined;
    return migrationOf(definition, version);
  }

  /** The logic of an actor. @throws TroupeError `NOT_REGISTERED`, `NOT_DURABLE`. */
  logicOf(hosted: Hosted, { definition, version }: Defined): Logic {
    const own = hosted instanceof WithLogic ? hosted : undefined;
    if (own?.logic !== undefined) return own.logic;
    const machine = this.#ports.machineOf(definition, version);
    if (machine === undefined) throw troupeError('NOT_REGISTERED', { definition, known: [] });
    const logic = logicAt(machine, hosted.spec);
    if (own !== undefined) own.logic = logic;
    return logic;
  }

  /** The scope of a user's code that is called after a commit. */
  scopeOf(cell: Cell, hosted: Hosted): Naming {
    return new Naming(cell.address, hosted, this);
  }

  refOf(address: Address, id: string, generation: number): InnerRef {
    return new InnerRef(this, address, id, generation);
  }

  namesOf(_address: Address, hosted: Hosted): ReadonlyMap<string, InnerRef> {
    if (isRootSpec(hosted.spec)) return hosted.systemIds;
    return this.#ports.find(asAddress(hosted.spec.root))?.hosted?.systemIds ?? nobody;
  }

  read(address: Address): AnyMachineSnapshot | undefined {
    const cell = this.#ports.find(address);
    if (cell !== undefined) return this.deciding === undefined ? cell.committed : cell.snapshot;
    const child = this.#ports.find(parentAddress(address))?.hosted?.children.get(nameIn(address));
    if (child === undefined) return undefined;
    // What XState shows of a promise.
    const { input, ended } = child;
    const { status = 'active', value } = ended ?? {};
    const output = status === 'done' ? value : undefined;
    const error = status === 'error' ? value : undefined;
    return Object.assign({ status, output, error, input });
  }

  parentOf(address: Address): InnerRef | undefined {
    // An actor that takes its first step can't be found yet.
    const isDeciding = this.deciding?.address === address;
    const hosted = isDeciding ? this.deciding?.hosted : this.#ports.find(address)?.hosted;
    if (hosted === undefined || isRootSpec(hosted.spec)) return undefined;
    return this.#ports.find(parentAddress(address))?.hosted?.self;
  }

  listen(address: Address, listener: Listener): (() => void) | undefined {
    return this.#ports.listen(address, listener);
  }

  deliver(ref: InnerRef, event: ActorEvent): void {
    this.#ports.deliver(ref, event);
  }

  log(address: Address, label: unknown, value: unknown): void {
    const said = typeof label === 'string' ? `${label}: ` : '';
    const text = `${said}${typeof value === 'string' ? value : JSON.stringify(value)}`;
    say(this.#ports.log, 'machine.said', { actor: address }, text);
  }

  systemOf(address: Address): unknown {
    const own = stepSystem();
    if (own !== undefined) return own;
    const cell = this.#ports.find(address);
    return cell?.hosted === undefined ? undefined : this.scopeOf(cell, cell.hosted);
  }
}

/** A JSON text read, with the references in it. */
export function readValue(hosting: RefHub, text: string): unknown {
  const json: unknown = JSON.parse(text);
  return mayHoldRefs(text) ? withRefs(hosting, json) : json;
}

const nobody: ReadonlyMap<string, InnerRef> = new Map();

/** The address of the actor above one that a machine started. */
export const parentAddress = (address: Address): Address =>
  asAddress(address.slice(0, address.lastIndexOf('/')));

const nameIn = (address: Address): string => segmentsOf(address).at(-1) ?? '';
