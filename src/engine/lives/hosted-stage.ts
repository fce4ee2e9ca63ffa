/** What the group that is open does for the actors of users' machines. */
import type { AnyMachineSnapshot } from 'xstate';
import type { Cell, Hosted } from '../../actor/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import type {
  ActorEvent,
  Address,
  DeadReason,
  Effect,
  MachineChildSpec,
  MachineSpec,
} from '../../protocol/index.ts';
import type { Creation, Incident, Putting } from '../engine.ts';
import type { TimerLeft } from '../hosted/index.ts';
import type { TimerChange } from '../step.ts';

/** The creation of an actor of a user's machine. */
export type HostedCreation = Omit<Creation, 'spec'> & {
  readonly spec: MachineSpec | MachineChildSpec;
};

/** The stage that `Lives` works on. */
export interface HostedStage {
  readonly now: number;
  /** Machines that sent on, one after the other, what the turn under way is about. */
  readonly hops: number;
  readonly hopsMax: number;
  readonly due: { cell: Cell; effect: Effect }[];
  find(address: Address): Cell | undefined;
  /** Adds an actor, new or under a new generation, without a step. */
  enlist(
    creation: HostedCreation,
    generation: number,
    snapshot: AnyMachineSnapshot,
    hosted: Hosted,
  ): Cell;
  /** Raises the generation of an actor that starts anew, and lets it live if it had ended. */
  renew(cell: Cell): void;
  /** Lets an actor take now what machines sent it, its stop at the end; one that is parked ends. */
  runOut(cell: Cell): void;
  /** Lets an actor that is parked take turns again. */
  unpark(cell: Cell): void;
  touch(cell: Cell): void;
  row(cell: Cell, event: ActorEvent, status: string): void;
  changeTimer(cell: Cell, change: TimerChange): void;
  clearTimers(cell: Cell): void;
  timersLeft(cell: Cell): TimerLeft[];
  put(cell: Cell, mail: Mail): void;
  mailOf(event: ActorEvent, putting: Putting): Mail;
  send(to: Address, event: ActorEvent): void;
  bury(to: string, event: ActorEvent, reason: DeadReason, detail: string): void;
  emit(cell: Cell, event: ActorEvent): void;
  incident(incident: Incident): void;
  /** Its mailbox and its timers are emptied; who watches it is not told. */
  ended(cell: Cell): void;
  /** A number from 0 up to, not including, 1. */
  chance(): number;
}
