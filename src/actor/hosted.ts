/**
 * Hosted: what the host keeps of the actor of a user's machine beside its snapshot. XState keeps
 * children, the actors' registry and timers in live objects; here they are data.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { Failure, MachineChildSpec, MachineSpec } from '../protocol/index.ts';
import { Brood } from './brood.ts';
import type { InnerRef } from './inner-ref.ts';

/** What the root of a tree of machines keeps of its life as a run. */
export interface Life {
  /** Why it was cancelled. */
  readonly reason?: string | undefined;
  /** How it failed for good. */
  readonly failure?: Failure | undefined;
  /** The parent ended and is not told. */
  readonly orphan?: boolean | undefined;
  readonly endedAt?: number | undefined;
  /** Times of its restarts, poison messages included, within the window. */
  readonly failures?: readonly number[] | undefined;
  readonly restarts?: number | undefined;
  /** It takes no turns until the pause before its restart is over. */
  readonly pausing?: 'snapshot' | 'input' | undefined;
}

/** The actor of a user's machine. */
export class Hosted {
  readonly spec: MachineSpec | MachineChildSpec;
  readonly self: InnerRef;
  /** Whether it is a run; all others are somebody's children. */
  readonly isRoot: boolean;
  /** Whether its snapshots are told to its parent. */
  readonly isShown: boolean;
  readonly children = new Brood();
  /** Children started so far. */
  entries = 0;
  /** Of a root: its tree's actors by `systemId`. */
  systemIds: ReadonlyMap<string, InnerRef> = nobody;
  life: Life = young;
  /** JSON text of its last good state, once it has failed. */
  good: string | undefined;
  /** JSON text of the whole actor while it is parked without its machine. */
  dormant: string | undefined;
  /** It came from an older version, and its timers are to be settled. */
  isMigrated = false;

  constructor(spec: MachineSpec | MachineChildSpec, self: InnerRef) {
    this.spec = spec;
    this.self = self;
    this.isRoot = isRootSpec(spec);
    this.isShown = !isRootSpec(spec) && spec.sync;
  }
}

/** Whether a spec is that of a run. */
export const isRootSpec = (spec: MachineSpec | MachineChildSpec): spec is MachineSpec =>
  'run' in spec;

/** Whether a snapshot is one of XState's machines; others are of transition functions. */
export const isOfMachine = (snapshot: AnyMachineSnapshot): boolean =>
  typeof snapshot.hasTag === 'function';

const nobody: ReadonlyMap<string, InnerRef> = new Map();
const young: Life = {};
