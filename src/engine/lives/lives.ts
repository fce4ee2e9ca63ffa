/**
 * Lives: how the actors of users' machines begin, go on and end, as part of a group's commit.
 *
 * Inside a machine XState's rules hold: a child that is done or has failed tells its parent, an
 * actor that ends stops all below it. A child that is stopped takes first what was sent to it
 * before. The root of a tree is a run: its failure is its supervision's affair.
 * Invariant: whatever a step decided is staged whole, or it threw before.
 */
import { type Cell, type Hosted, isRootSpec } from '../../actor/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  assertNever,
  childAddress,
  limits,
  type MachineChildSpec,
  runIdOf,
  troupeError,
} from '../../protocol/index.ts';
import {
  type Act,
  decideHosted,
  errorData,
  goodText,
  type HostedDecision,
  type Hosting,
  type Spawning,
} from '../hosted/index.ts';
import type { Snapshot } from '../step.ts';
import type { HostedCreation, HostedStage } from './hosted-stage.ts';
import { freeNames, rename } from './names.ts';
import { post, showParent, tellOf, tellParent } from './post.ts';
import { isRestarted, poisoned, restart } from './revive.ts';
import { settleRun } from './settle.ts';

/** Begins, moves and ends the actors of users' machines. */
export class Lives {
  readonly hosting: Hosting;

  constructor(hosting: Hosting) {
    this.hosting = hosting;
  }

  /**
   * Makes an actor and lets it take its first step. It counts its children on from `entries`, those
   * of its life before: no two that ever lived at one address have the same number.
   * @throws what its machine throws.
   */
  create(stage: HostedStage, creation: HostedCreation, generation = 1, entries = 0): Cell {
    const { address, spec } = creation;
    const hosted = this.hosting.hostedOf(address, spec, generation);
    hosted.entries = entries;
    const decision = this.decide(address, hosted, creation, undefined, spec.input);
    const cell = stage.enlist(creation, generation, decision.snapshot, hosted);
    this.apply(stage, cell, { type: 'init' }, decision);
    return cell;
  }

  /**
   * A step on an event, which may be the end of the child of this number.
   * @throws what the machine throws; TroupeError `NOT_DURABLE`.
   */
  step(cell: Cell, hosted: Hosted, event: ActorEvent, ending?: number): HostedDecision {
    return this.decide(cell.address, hosted, cell.identity, cell.snapshot, event, ending);
  }

  /** The first step, on an input, or one on an event. @throws as `step`. */
  decide(
    address: Address,
    hosted: Hosted,
    defined: { readonly definition: string; readonly version: string },
    snapshot: Snapshot | undefined,
    given: unknown,
    ending?: number,
  ): HostedDecision {
    const logic = this.hosting.logicOf(hosted, defined);
    this.hosting.deciding = { address, hosted };
    try {
      return decideHosted({ address, hosted, logic, snapshot, ending }, given, this.hosting);
    } finally {
      this.hosting.deciding = undefined;
    }
  }

  /** Stages what a step decided; false when the run starts anew instead. */
  apply(stage: HostedStage, cell: Cell, event: ActorEvent, decision: HostedDecision): boolean {
    const { hosted } = cell;
    if (hosted === undefined) return false;
    if (isRestarted(this, stage, cell, hosted, event, decision.snapshot)) return false;
    stage.touch(cell);
    stage.row(cell, event, statusEntered(hosted, event, decision.snapshot));
    cell.snapshot = decision.snapshot;
    hosted.entries = decision.entries;
    decision.children.apply(hosted.children);
    if (decision.systemIds !== undefined) rename(stage, hosted, decision.systemIds);
    for (const change of decision.timers) stage.changeTimer(cell, change);
    for (const act of decision.acts) this.#act(stage, cell, hosted, act);
    if (cell.isDone) this.#end(stage, cell, hosted);
    else if (hosted.isShown) showParent(stage, cell, hosted);
    return true;
  }

  /** An actor has failed: by what it threw, or by code of its own that threw after a commit. */
  fail(stage: HostedStage, cell: Cell, event: ActorEvent, error: unknown): void {
    const { hosted } = cell;
    if (hosted === undefined || cell.isDone) return;
    const failed = { status: 'error', error: errorData(error), children: {} };
    const snapshot: Snapshot = Object.assign({}, cell.snapshot, failed);
    if (isRestarted(this, stage, cell, hosted, event, snapshot)) return;
    this.finish(stage, cell, hosted, event, snapshot);
  }

  /** A message made the turn of a run throw: it counts as a failure, too many end the run. */
  poisoned(stage: HostedStage, cell: Cell, hosted: Hosted, mail: Mail, error: unknown): void {
    poisoned(this, stage, cell, hosted, mail, error);
  }

  /** Starts a run anew, after its pause or because its supervisor says so. */
  restart(stage: HostedStage, cell: Cell, from: 'snapshot' | 'input'): void {
    if (cell.hosted !== undefined) restart(this, stage, cell, cell.hosted, from);
  }

  /** Stops an actor at once; those below it when they have taken what was sent to them. */
  stop(stage: HostedStage, cell: Cell, reason: string, orphan = false): void {
    const { hosted } = cell;
    if (hosted === undefined || cell.isDone) return;
    if (hosted.isRoot) hosted.life = { ...hosted.life, reason, orphan };
    const snapshot = Object.assign({}, cell.snapshot, { status: 'stopped', children: {} });
    this.finish(stage, cell, hosted, { type: 'troupe.stop', reason }, snapshot);
  }

  /** A run is cancelled. A child can only be given up while it is parked: then it has failed. */
  cancel(stage: HostedStage, cell: Cell, event: ActorEvent): void {
    const reason = String(event.reason);
    if (cell.hosted?.isRoot !== false) {
      this.stop(stage, cell, reason, event.orphan === true);
      return;
    }
    const run = runIdOf(cell.address);
    this.fail(stage, cell, event, troupeError('MACHINE_FAILED', { run, reason }));
  }

  /** Ends an actor outside of XState's rules. */
  finish(
    stage: HostedStage,
    cell: Cell,
    hosted: Hosted,
    event: ActorEvent,
    snapshot: Snapshot,
  ): void {
    stage.touch(cell);
    if (mayGoOn(hosted, snapshot)) hosted.good = goodText(cell, stage.timersLeft(cell));
    this.stopChildren(stage, cell, hosted);
    stage.row(cell, event, statusEntered(hosted, event, snapshot));
    cell.snapshot = snapshot;
    this.#end(stage, cell, hosted);
  }

  stopChildren(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    for (const { id, entry } of hosted.children.values()) this.stopChild(stage, cell, id, entry);
    hosted.children.clear();
  }

  stopChild(stage: HostedStage, parent: Cell, id: string, entry: number): void {
    const cell = stage.find(childAddress(parent.address, id));
    if (cell?.hosted === undefined) {
      stage.due.push({ cell: parent, effect: { type: 'machine.abort', params: { id, entry } } });
    } else if (!cell.isDone && cell.identity.generation === entry) {
      if (cell.parked !== '') this.stop(stage, cell, 'stopped by its parent');
      else stage.put(cell, stage.mailOf({ type: 'troupe.stop' }, {}));
    }
  }

  /** A child that can't begin has failed: its parent learns it like any other failure. */
  begin(
    stage: HostedStage,
    parent: Cell,
    spec: MachineChildSpec,
    entry: number,
    address = childAddress(parent.address, spec.id),
  ): void {
    const { definition, version, structure } = parent.identity;
    const creation = { kind: 'machine', definition, version, structure, parent: parent.address };
    const last = stage.find(address);
    if (last?.isDone === false) stage.runOut(last);
    try {
      if (spec.sources.length > limits.machineDepth) {
        const place = `the actor ${spec.id}`;
        const problem = `is the ${spec.sources.length}th inside another`;
        throw troupeError('NOT_DURABLE', { machine: definition, place, problem, remedy: flatter });
      }
      this.create(stage, { ...creation, address, spec }, entry, last?.hosted?.entries);
    } catch (error) {
      const type = `xstate.error.actor.${spec.id}`;
      const event = { type, error: errorData(error), actorId: spec.id };
      tellOf(stage, parent, { child: spec.id, entry }, event);
    }
  }

  #act(stage: HostedStage, cell: Cell, hosted: Hosted, act: Act): void {
    switch (act.kind) {
      case 'spawn':
        this.#spawn(stage, cell, hosted, act);
        return;
      case 'stop':
        this.stopChild(stage, cell, act.id, act.entry);
        return;
      case 'send':
        post(stage, act.to, act.event);
        return;
      case 'emit':
        stage.emit(cell, act.event);
        return;
      case 'call':
        stage.due.push({ cell, effect: { type: 'machine.call', params: act } });
        return;
      default:
        assertNever(act, 'an act is of a known kind');
    }
  }

  #spawn(stage: HostedStage, parent: Cell, hosted: Hosted, spawning: Spawning): void {
    const { id, entry, src, sync, systemId, input } = spawning;
    if (spawning.source.kind === 'promise') {
      stage.due.push({ cell: parent, effect: { type: 'machine.promise', params: { id, entry } } });
      const event = { type: `xstate.snapshot.${id}`, snapshot: { status: 'active', input } };
      if (sync) tellOf(stage, parent, { child: id, entry }, event);
      return;
    }
    const { spec } = hosted;
    const above = isRootSpec(spec) ? [] : spec.sources;
    const root = isRootSpec(spec) ? parent.address : spec.root;
    const child = { root, sources: [...above, src], id, sync, systemId, input };
    // One text for actor and reference: it is found by looking at no more than where it lies.
    this.begin(stage, parent, child, entry, spawning.ref.address);
  }

  #end(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    stage.ended(cell);
    if (isRootSpec(hosted.spec)) {
      hosted.life = { ...hosted.life, endedAt: stage.now };
      settleRun(stage, cell, hosted, hosted.spec);
      return;
    }
    freeNames(stage, cell, asAddress(hosted.spec.root));
    tellParent(stage, cell, hosted.spec);
  }
}

const flatter = 'let a machine of its own start it, or keep what is nested as data';

/** The status that a run enters by a step; its states are its own affair. */
function statusEntered(hosted: Hosted, event: ActorEvent, { status }: Snapshot): string {
  if (!hosted.isRoot) return '';
  if (status === 'done') return 'COMPLETED';
  if (status === 'error') return 'FAILED';
  if (status === 'stopped') return 'CANCELLED';
  return event.type === 'init' ? 'IN_PROGRESS' : '';
}

/** Whether an ended run may be started anew from where it was: a supervisor stops to restart. */
const mayGoOn = ({ spec }: Hosted, { status }: Snapshot): boolean =>
  isRootSpec(spec) && (status === 'error' || spec.createdBy.startsWith('supervisor/'));
