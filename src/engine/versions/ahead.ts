/**
 * Ahead: what an actor of ours will be when it has taken what machines sent it, without a host.
 * Invariant: nothing here changes anything.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorRecord, WaitingMail } from '../../journal/index.ts';
import { machineLane } from '../../mailbox/index.ts';
import type { RecordParams } from '../../protocol/index.ts';
import { isDone, revive, type Snapshot, step } from '../step.ts';

/** What it will be, and what it will have recorded by then, by step. */
export interface Ahead {
  readonly snapshot: Snapshot;
  readonly recorded: ReadonlyMap<string, string>;
}

/** Looks ahead from a record over the mail that waits. @throws what the machine throws. */
export function ahead(
  machine: AnyStateMachine,
  record: Pick<ActorRecord, 'snapshot' | 'input'>,
  waiting: readonly WaitingMail[],
): Ahead {
  let snapshot = revive(machine, record.snapshot, JSON.parse(record.input));
  const recorded = new Map<string, string>();
  for (const { lane, body } of waiting) {
    if (lane !== machineLane || isDone(snapshot)) continue;
    const decision = step(snapshot, JSON.parse(body));
    snapshot = decision.snapshot;
    for (const { type, params } of decision.effects) {
      if (type !== 'record') continue;
      const { step: name, value }: RecordParams = Object(params);
      recorded.set(name, JSON.stringify(value) ?? '');
    }
  }
  return { snapshot, recorded };
}
