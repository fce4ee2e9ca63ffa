/**
 * Logic: a user's machine made ready for a host.
 *
 * Its config is cloned once and every source of actors replaced by an inert stub, so that XState
 * spawns nothing that lives: what was to be spawned is read off the stubs and becomes data. What
 * the config shows to be impossible to make durable is refused here, when the run is started; the
 * rest in the turn that does it.
 */
import type { AnyStateMachine } from 'xstate';
import { isRootSpec } from '../../actor/index.ts';
import {
  isMachine,
  type MachineChildSpec,
  type MachineSpec,
  troupeError,
} from '../../protocol/index.ts';
import { type Source, sourceOf } from './sources.ts';

/** Logic that a host can run: a machine with stubs, or a transition function. */
export interface Logic {
  readonly name: string;
  /** What is stepped. A transition function has the same two methods. */
  readonly machine: AnyStateMachine;
  /** The actors it can invoke or spawn, by name. @throws TroupeError `NOT_DURABLE`. */
  source(name: string): Source;
}

/** The logic of a source that has actors of its own. */
function logicOfSource(source: Exclude<Source, { kind: 'promise' }>, name: string): Logic {
  if (source.kind === 'machine') return logicOf(source.machine);
  const { logic } = source;
  return { name, machine: logic, source: (wanted) => sourceOf(undefined, name, wanted) };
}

/** The logic of an actor below a root's machine. @throws TroupeError `NOT_DURABLE`. */
export function logicAt(machine: AnyStateMachine, spec: MachineSpec | MachineChildSpec): Logic {
  let logic = logicOf(machine);
  for (const name of isRootSpec(spec) ? [] : spec.sources) {
    const source = logic.source(name);
    if (source.kind === 'promise') {
      const invariant = 'a promise has no actor';
      throw troupeError('BROKEN_INVARIANT', { invariant, found: name });
    }
    logic = logicOfSource(source, name);
  }
  return logic;
}

const fit = new WeakSet<AnyStateMachine>();

/**
 * The logic of a machine; one for each.
 * @throws TroupeError `NOT_DURABLE` naming place and remedy, for it and for all that it can start.
 */
export function logicOf(machine: AnyStateMachine): Logic {
  if (!fit.has(machine)) {
    const checked = new Set<AnyStateMachine>();
    check(machine, checked);
    // Not before all have passed: what is refused once is refused again.
    for (const one of checked) fit.add(one);
  }
  return partsOf(machine).logic;
}

function check(machine: AnyStateMachine, checked: Set<AnyStateMachine>): void {
  checked.add(machine);
  for (const [name, source] of partsOf(machine).sources) {
    if (source === undefined) continue;
    if (!isMachine(source)) sourceOf(source, machine.id, name);
    else if (!checked.has(source) && !fit.has(source)) check(source, checked);
  }
}

interface Parts {
  readonly logic: Logic;
  /** By name, inline ones by the name that XState gives them. */
  readonly sources: ReadonlyMap<string, unknown>;
}

const known = new WeakMap<AnyStateMachine, Parts>();

function partsOf(machine: AnyStateMachine): Parts {
  const found = known.get(machine);
  if (found !== undefined) return found;
  const named: Record<string, unknown> = machine.implementations.actors;
  const sources = new Map<string, unknown>(Object.entries(named));
  const config = clonedConfig(machine, sources);
  const stubs = Object.fromEntries(Object.keys(named).map((name) => [name, stub]));
  const logic: Logic = {
    name: machine.id,
    machine: rebuilt(machine, config, { ...machine.implementations, actors: stubs }),
    source: (name) => sourceOf(sources.get(name), machine.id, name),
  };
  const made = { logic, sources };
  known.set(machine, made);
  return made;
}

/** A machine's own class makes the clone: it may come from another copy of XState. */
function rebuilt(machine: AnyStateMachine, config: object, implementations: object) {
  const make = machine.constructor as new (
    config: object,
    implementations: object,
  ) => AnyStateMachine;
  return new make(config, implementations);
}

/** Nothing happens in it; it keeps the input that it was spawned with. */
const stub = {
  transition: (snapshot: unknown) => snapshot,
  getInitialSnapshot: (_scope: unknown, input: unknown) => ({ status: 'active', input }),
  getPersistedSnapshot: (snapshot: unknown) => snapshot,
};

interface NodeConfig {
  readonly invoke?: unknown;
  readonly states?: Readonly<Record<string, NodeConfig>> | undefined;
}

interface Invocation {
  readonly src: unknown;
}

function clonedConfig(machine: AnyStateMachine, inline: Map<string, unknown>): object {
  const cloned = (config: NodeConfig, node: AnyStateMachine['root']): object => {
    checkActions(config, machine, node.id);
    const states = Object.entries(config.states ?? {}).map(([key, below]) => {
      const child = node.states[key];
      return [key, child === undefined ? below : cloned(below, child)];
    });
    return {
      ...config,
      ...(config.states === undefined ? {} : { states: Object.fromEntries(states) }),
      ...(config.invoke === undefined ? {} : { invoke: invocations(config.invoke, node, machine) }),
    };
  };
  const invocations = (given: unknown, node: AnyStateMachine['root'], of: AnyStateMachine) =>
    (Array.isArray(given) ? given : [given]).map((invocation: Invocation, index) => {
      if (typeof invocation.src === 'string') {
        if (invocation.src in of.implementations.actors) return invocation;
        refuse(of, `the source ${invocation.src} in ${node.id}`, 'has no implementation', giveIt);
      }
      inline.set(`xstate.invoke.${index}.${node.id}`, invocation.src);
      return { ...invocation, src: stub };
    });
  return cloned(machine.config, machine.root);
}

const giveIt = 'give it under `actors` in setup or provide';
const nameIt = 'name it under `actors` in setup and spawn it by its name';

/** Looks for actions that spawn logic which has no name. */
function checkActions(config: NodeConfig, machine: AnyStateMachine, place: string): void {
  const seen = new WeakSet<object>();
  const look = (value: unknown): void => {
    if (typeof value === 'function') {
      if (!isSpawn(value) || typeof value.src === 'string') return;
      refuse(machine, `spawnChild in ${place}`, 'spawns logic that has no name', nameIt);
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, item] of Object.entries(value)) if (key !== 'states') look(item);
  };
  const { invoke, ...rest } = config;
  look(rest);
  for (const invocation of Array.isArray(invoke) ? invoke : [invoke]) {
    if (typeof invocation === 'object' && invocation !== null) {
      look(Object.entries(invocation).filter(([key]) => key !== 'src' && key !== 'input'));
    }
  }
  if (place === machine.root.id) look(Object.values(machine.implementations.actions));
}

const isSpawn = (value: object): value is { readonly src: unknown } =>
  'type' in value && value.type === 'xstate.spawnChild' && 'src' in value;

function refuse(machine: AnyStateMachine, place: string, problem: string, remedy: string): never {
  throw troupeError('NOT_DURABLE', { machine: machine.id, place, problem, remedy });
}
