/**
 * Lives: how the actors of users' machines begin, go on and end, as part of a group's commit.
 *
 * Inside a machine XState's rules hold: a child that is done or has failed tells its parent, an
 * actor that ends stops all below it. The root of a tree is a run: its failure is its
 * supervision's affair. Invariant: whatever a step decided is staged whole, or it threw before.
 */
import { type Cell, type Child, type Hosted, isRootSpec } from '../../actor/index.ts';
import {
  type ActorEvent,
  type Address,
  childAddress,
  limits,
  type MachineChildSpec,
  type MachineSpec,
  troupeError,
} from '../../protocol/index.ts';
import type { Creation } from '../engine.ts';
import type { Snapshot } from '../step.ts';
import type { Act, Spawning } from './acts.ts';
import { decideHosted, type HostedDecision } from './decide.ts';
import type { HostedStage } from './hosted-stage.ts';
import { type Hosting, parentAddress } from './hosting.ts';
import { post, tellParent } from './post.ts';
import { failedAt, gaveUp, mayRestart, withFailure } from './restarts.ts';
import { settleRun } from './settle.ts';
import { goodText, reviveGood, stateOf } from './texts.ts';
import { errorData, errorText } from './values.ts';

/** The creation of an actor of a user's machine. */
export type HostedCreation = Omit<Creation, 'spec'> & {
  readonly spec: MachineSpec | MachineChildSpec;
};

/** Begins, moves and ends the actors of users' machines. */
export class Lives {
  readonly #hosting: Hosting;

  constructor(hosting: Hosting) {
    this.#hosting = hosting;
  }

  /** Makes an actor and lets it take its first step. @throws what its machine throws. */
  create(stage: HostedStage, creation: HostedCreation, generation = 1): Cell {
    const { address, spec } = creation;
    const hosted = this.#hosting.hostedOf(address, spec, generation);
    const decision = this.#decide(address, hosted, creation, undefined, spec.input);
    if (decision.snapshot.status === 'error') throw decision.snapshot.error;
    const cell = stage.enlist(creation, generation, decision.snapshot, hosted);
    this.apply(stage, cell, { type: 'init' }, decision);
    return cell;
  }

  /** A step on an event. @throws what the machine throws; TroupeError `NOT_DURABLE`. */
  step(cell: Cell, hosted: Hosted, event: ActorEvent): HostedDecision {
    return this.#decide(cell.address, hosted, cell.identity, cell.snapshot, event);
  }

  /** Stages what a step decided. */
  apply(stage: HostedStage, cell: Cell, event: ActorEvent, decision: HostedDecision): void {
    const { hosted } = cell;
    if (hosted === undefined) return;
    if (this.#isRestarted(stage, cell, hosted, event, decision.snapshot)) return;
    stage.touch(cell);
    stage.row(cell, event, statusEntered(hosted, event, decision.snapshot));
    cell.snapshot = decision.snapshot;
    hosted.entries = decision.entries;
    decision.children.apply(hosted.children);
    if (decision.systemIds !== undefined) this.#rename(stage, hosted, decision.systemIds);
    for (const change of decision.timers) stage.changeTimer(cell, change);
    for (const act of decision.acts) this.#act(stage, cell, hosted, act);
    if (cell.isDone) this.#end(stage, cell, hosted);
    else if (!isRootSpec(hosted.spec) && hosted.spec.sync) this.#showParent(stage, cell, hosted);
  }

  /** An actor has failed: by what it threw, or by code of its own that threw after a commit. */
  fail(stage: HostedStage, cell: Cell, event: ActorEvent, error: unknown): void {
    const { hosted } = cell;
    if (hosted === undefined || cell.isDone) return;
    const failed = { status: 'error', error: errorData(error), children: {} };
    const snapshot: Snapshot = Object.assign({}, cell.snapshot, failed);
    if (this.#isRestarted(stage, cell, hosted, event, snapshot)) return;
    this.#finish(stage, cell, hosted, event, snapshot);
  }

  /**
   * A message made the turn of a run throw: nothing changed, the message is dead. It counts as a
   * failure, and too many of them end the run.
   */
  poisoned(stage: HostedStage, cell: Cell, hosted: Hosted, error: unknown): void {
    if (!isRootSpec(hosted.spec)) return;
    const { supervision } = hosted.spec;
    const reason = errorText(errorData(error));
    stage.touch(cell);
    if (gaveUp(hosted, supervision, stage.now)) {
      this.#giveUp(stage, cell, hosted, { type: 'troupe.poison' }, reason);
      return;
    }
    hosted.life = withFailure(hosted, supervision, stage.now);
    if (supervision.restart === 'temporary' || supervision.resumeFrom === 'snapshot') return;
    this.#pauseOrRestart(stage, cell, hosted);
  }

  /** Stops an actor and all below it, at once. */
  stop(stage: HostedStage, cell: Cell, reason: string, orphan = false): void {
    const { hosted } = cell;
    if (hosted === undefined || cell.isDone) return;
    if (hosted.isRoot) hosted.life = { ...hosted.life, reason, orphan };
    const snapshot = Object.assign({}, cell.snapshot, { status: 'stopped', children: {} });
    this.#finish(stage, cell, hosted, { type: 'troupe.stop', reason }, snapshot);
  }

  /** Starts a run anew, after its pause or because its supervisor says so. */
  restart(stage: HostedStage, cell: Cell, from: 'snapshot' | 'input'): void {
    const { hosted } = cell;
    if (hosted === undefined) return;
    const { pausing: _, endedAt: _at, failure: _why, reason: _reason, ...life } = hosted.life;
    hosted.life = { ...life, restarts: (life.restarts ?? 0) + 1 };
    stage.renew(cell);
    const isGood = from === 'snapshot' && (hosted.good !== undefined || !cell.isDone);
    if (isGood) this.#resumeFromGood(stage, cell, hosted);
    else this.#beginAgain(stage, cell, hosted);
  }

  #decide(
    address: Address,
    hosted: Hosted,
    defined: { readonly definition: string; readonly version: string },
    snapshot: Snapshot | undefined,
    given: unknown,
  ): HostedDecision {
    const logic = this.#hosting.logicOf(hosted, defined);
    this.#hosting.isDeciding = true;
    try {
      return decideHosted({ address, hosted, logic, snapshot }, given, this.#hosting);
    } finally {
      this.#hosting.isDeciding = false;
    }
  }

  #act(stage: HostedStage, cell: Cell, hosted: Hosted, act: Act): void {
    switch (act.kind) {
      case 'spawn':
        this.#spawn(stage, cell, hosted, act);
        return;
      case 'stop':
        this.#stopChild(stage, cell, act.id, act.entry);
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
    }
  }

  #spawn(stage: HostedStage, parent: Cell, hosted: Hosted, spawning: Spawning): void {
    const { id, entry, src, sync, systemId, input } = spawning;
    if (spawning.source.kind === 'promise') {
      stage.due.push({ cell: parent, effect: { type: 'machine.promise', params: { id, entry } } });
      if (sync)
        this.#tell(
          stage,
          parent,
          { id, entry },
          { type: snapshotType(id), snapshot: { status: 'active', input } },
        );
      return;
    }
    const { spec } = hosted;
    const above = isRootSpec(spec) ? [] : spec.sources;
    const root = isRootSpec(spec) ? parent.address : spec.root;
    const child = { root, sources: [...above, src], id, sync, systemId, input };
    this.#begin(stage, parent, child, entry);
  }

  /** A child that can't begin has failed: its parent learns it like any other failure. */
  #begin(stage: HostedStage, parent: Cell, spec: MachineChildSpec, entry: number): void {
    const { definition, version, structure } = parent.identity;
    const address = childAddress(parent.address, spec.id);
    const creation = { kind: 'machine', definition, version, structure, parent: parent.address };
    try {
      if (spec.sources.length > limits.machineDepth) {
        const place = `the actor ${spec.id}`;
        const problem = `is the ${spec.sources.length}th inside another`;
        throw troupeError('NOT_DURABLE', { machine: definition, place, problem, remedy: flatter });
      }
      this.create(stage, { ...creation, address, spec }, entry);
    } catch (error) {
      const failed = { type: `xstate.error.actor.${spec.id}`, error: errorData(error) };
      this.#tell(stage, parent, { id: spec.id, entry }, { ...failed, actorId: spec.id });
    }
  }

  #stopChild(stage: HostedStage, parent: Cell, id: string, entry: number): void {
    const cell = stage.find(childAddress(parent.address, id));
    if (cell?.hosted === undefined) {
      stage.due.push({ cell: parent, effect: { type: 'machine.abort', params: { id, entry } } });
    } else if (cell.identity.generation === entry) {
      this.stop(stage, cell, 'stopped by its parent');
    }
  }

  /** Ends an actor outside of XState's rules. */
  #finish(stage: HostedStage, cell: Cell, hosted: Hosted, event: ActorEvent, snapshot: Snapshot) {
    stage.touch(cell);
    this.#stopChildren(stage, cell, hosted);
    stage.row(cell, event, statusEntered(hosted, event, snapshot));
    if (snapshot.status === 'error' && hosted.isRoot)
      hosted.good = goodText(cell, stage.timersLeft(cell));
    cell.snapshot = snapshot;
    this.#end(stage, cell, hosted);
  }

  #stopChildren(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    for (const { id, entry } of [...hosted.children.values()]) {
      this.#stopChild(stage, cell, id, entry);
    }
    hosted.children.clear();
  }

  #end(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    stage.ended(cell);
    if (isRootSpec(hosted.spec)) {
      hosted.life = { ...hosted.life, endedAt: stage.now };
      settleRun(stage, cell, hosted, hosted.spec);
      return;
    }
    const root = stage.find(hosted.spec.root as Address)?.hosted;
    if (root !== undefined) this.#freeNames(stage, cell, root);
    tellParent(stage, cell, hosted.spec);
  }

  #isRestarted(
    stage: HostedStage,
    cell: Cell,
    hosted: Hosted,
    event: ActorEvent,
    snapshot: Snapshot,
  ): boolean {
    if (!isRootSpec(hosted.spec) || event.type === 'init' || snapshot.status === 'active')
      return false;
    const { supervision } = hosted.spec;
    if (snapshot.status === 'error') hosted.good = goodText(cell, stage.timersLeft(cell));
    if (!mayRestart(supervision, snapshot.status)) return false;
    const reason = snapshot.status === 'done' ? 'it was done' : errorText(snapshot.error);
    if (gaveUp(hosted, supervision, stage.now)) {
      this.#giveUp(stage, cell, hosted, event, reason);
      return true;
    }
    stage.touch(cell);
    stage.row(cell, event, '');
    hosted.life = withFailure(hosted, supervision, stage.now);
    this.#pauseOrRestart(stage, cell, hosted);
    return true;
  }

  #giveUp(stage: HostedStage, cell: Cell, hosted: Hosted, event: ActorEvent, reason: string) {
    if (!isRootSpec(hosted.spec)) return;
    const failure = failedAt(hosted.spec, reason);
    hosted.life = { ...hosted.life, failure };
    const failed = { status: 'error', error: { message: reason }, children: {} };
    this.#finish(stage, cell, hosted, event, Object.assign({}, cell.snapshot, failed));
    stage.incident({ about: cell.address, code: 'RESTART_INTENSITY', message: failure.message });
  }

  #pauseOrRestart(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    if (!isRootSpec(hosted.spec)) return;
    const { supervision } = hosted.spec;
    const pause = stage.pauseMs(supervision, hosted.life.failures?.length ?? 1);
    if (pause === 0) {
      this.restart(stage, cell, supervision.resumeFrom);
      return;
    }
    hosted.life = { ...hosted.life, pausing: supervision.resumeFrom };
    for (const { id, entry } of hosted.children.values()) this.#stopChild(stage, cell, id, entry);
    stage.changeTimer(cell, {
      timer: '~restart',
      delayMs: pause,
      event: { type: 'troupe.restart' },
    });
  }

  #resumeFromGood(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    if (hosted.good !== undefined && cell.isDone) {
      const logic = this.#hosting.logicOf(hosted, cell.identity);
      const { snapshot, timers } = reviveGood(hosted, logic, this.#hosting);
      cell.snapshot = snapshot;
      for (const timer of timers) stage.changeTimer(cell, timer);
    }
    hosted.good = undefined;
    stage.touch(cell);
    stage.row(cell, { type: 'troupe.resumed' }, 'IN_PROGRESS');
    for (const child of [...hosted.children.values()]) this.#again(stage, cell, child);
  }

  /** Starts a child anew as it was started, under its old number: its key stays the same. */
  #again(stage: HostedStage, parent: Cell, { id, entry, kind, ended }: Child): void {
    if (ended === true) return;
    if (kind === 'promise') {
      stage.due.push({ cell: parent, effect: { type: 'machine.abort', params: { id, entry } } });
      stage.due.push({ cell: parent, effect: { type: 'machine.promise', params: { id, entry } } });
      return;
    }
    const spec = stage.find(childAddress(parent.address, id))?.hosted?.spec;
    this.#stopChild(stage, parent, id, entry);
    if (spec !== undefined && !isRootSpec(spec)) this.#begin(stage, parent, spec, entry);
  }

  #beginAgain(stage: HostedStage, cell: Cell, hosted: Hosted): void {
    this.#stopChildren(stage, cell, hosted);
    stage.clearTimers(cell);
    hosted.systemIds = new Map();
    hosted.good = undefined;
    try {
      const { input } = hosted.spec;
      const decision = this.#decide(cell.address, hosted, cell.identity, undefined, input);
      if (decision.snapshot.status === 'error') throw decision.snapshot.error;
      cell.snapshot = decision.snapshot;
      this.apply(stage, cell, { type: 'init' }, decision);
    } catch (error) {
      this.#giveUp(stage, cell, hosted, { type: 'init' }, errorText(errorData(error)));
    }
  }

  #rename(stage: HostedStage, hosted: Hosted, names: Hosted['systemIds']): void {
    const root = isRootSpec(hosted.spec) ? undefined : stage.find(hosted.spec.root as Address);
    const holder = root?.hosted ?? hosted;
    holder.systemIds = names;
    if (root !== undefined) stage.touch(root);
  }

  /** An actor that ended gives its name back. */
  #freeNames(stage: HostedStage, cell: Cell, root: Hosted): void {
    const kept = [...root.systemIds].filter(([, ref]) => ref.address !== cell.address);
    if (kept.length === root.systemIds.size) return;
    this.#rename(stage, root, new Map(kept));
    const holder = stage.find(root.self.address);
    if (holder !== undefined) stage.touch(holder);
  }

  #showParent(stage: HostedStage, cell: Cell, { spec }: Hosted): void {
    if (isRootSpec(spec)) return;
    const parent = stage.find(parentAddress(cell.address));
    const origin = { id: spec.id, entry: cell.identity.generation };
    const shown = { type: snapshotType(spec.id), snapshot: stateOf(cell.snapshot) };
    if (parent !== undefined) this.#tell(stage, parent, origin, shown);
  }

  #tell(
    stage: HostedStage,
    parent: Cell,
    { id, entry }: { readonly id: string; readonly entry: number },
    event: ActorEvent,
  ): void {
    stage.put(parent, { ...stage.mailOf(event, {}), origin: { child: id, entry } });
  }
}

const flatter = 'let a machine of its own start it, or keep what is nested as data';
const snapshotType = (id: string): string => `xstate.snapshot.${id}`;

/** The status that a run enters by a step; its states are its own affair. */
function statusEntered(hosted: Hosted, event: ActorEvent, { status }: Snapshot): string {
  if (!hosted.isRoot) return '';
  if (status === 'done') return 'COMPLETED';
  if (status === 'error') return 'FAILED';
  if (status === 'stopped') return 'CANCELLED';
  return event.type === 'init' ? 'IN_PROGRESS' : '';
}
