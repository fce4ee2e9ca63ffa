/** Turn stage: what a turn needs of the group that is open. */
import type { Cell } from '../actor/index.ts';
import type { Mail } from '../mailbox/index.ts';
import type { ActorEvent, DeadReason } from '../protocol/index.ts';
import type { HostedStage } from './lives/index.ts';
import type { Decision } from './step.ts';

/** The stage of turns. */
export interface TurnStage extends HostedStage {
  /** Machines that sent on, one after the other, what this turn is about. */
  hops: number;
  /** Clears a timer whose firing is taken; false when a newer arming or a clearing overtook it. */
  clearFired(actor: number, mail: Pick<Mail, 'timer' | 'arming'>): boolean;
  /** Notes that a message left its mailbox. */
  took(mail: Mail): void;
  /** Puts an accepted message, which left its mailbox, to the dead letters. */
  dead(to: string, mail: Mail, reason: DeadReason, detail: string): void;
  /** Buries a message whose step threw. Its supervisors are told, unless it is to be parked. */
  poison(cell: Cell, mail: Mail, detail: string, isFailure?: boolean): void;
  /** An actor that can't go on takes no turns until that is mended; its stop may wait for it. */
  park(cell: Cell, reason: string): void;
  /** Stages what a step decided. */
  apply(cell: Cell, event: ActorEvent, decision: Decision): void;
}
