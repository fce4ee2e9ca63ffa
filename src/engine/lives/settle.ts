/** Settle: how the run of a machine ended, for callers, for its parent, for who watches it. */
import type { AnyMachineSnapshot } from 'xstate';
import type { Cell, Hosted } from '../../actor/index.ts';
import {
  asAddress,
  type Failure,
  type MachineSpec,
  type Outcome,
  type RunStatus,
  type Settlement,
} from '../../protocol/index.ts';
import { errorText } from '../hosted/index.ts';
import type { HostedStage } from './hosted-stage.ts';

/** The status of a run whose machine is a user's. */
export function hostedStatus({ status }: AnyMachineSnapshot): RunStatus {
  if (status === 'done') return 'COMPLETED';
  if (status === 'error') return 'FAILED';
  return status === 'stopped' ? 'CANCELLED' : 'IN_PROGRESS';
}

/** How it ended. */
export function hostedOutcome<Out>(hosted: Hosted, snapshot: AnyMachineSnapshot): Outcome<Out> {
  const { endedAt = 0, restarts = 0, reason = 'stopped' } = hosted.life;
  const createdAt = 'createdAt' in hosted.spec ? hosted.spec.createdAt : endedAt;
  const facts = { attempts: 1 + restarts, elapsedMs: Math.max(0, endedAt - createdAt) };
  if (snapshot.status === 'done') {
    return { ...facts, status: 'COMPLETED', result: snapshot.output };
  }
  if (snapshot.status === 'error') {
    return { ...facts, status: 'FAILED', error: failureOf(hosted, snapshot) };
  }
  return { ...facts, status: 'CANCELLED', reason };
}

function failureOf({ life, self }: Hosted, { error }: AnyMachineSnapshot): Failure {
  if (life.failure !== undefined) return life.failure;
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return {
    code: typeof code === 'string' ? code : 'MACHINE_FAILED',
    message: errorText(error),
    retryable: false,
    at: self.address,
  };
}

/** Tells who watches the run and the run that it is a step of. */
export function settleRun(stage: HostedStage, cell: Cell, hosted: Hosted, spec: MachineSpec): void {
  const { status, ...rest } = hostedOutcome(hosted, cell.snapshot);
  const outcome: Settlement = {
    status,
    ...('result' in rest ? { result: rest.result } : {}),
    ...('error' in rest ? { error: rest.error } : {}),
    ...('reason' in rest ? { reason: rest.reason } : {}),
    startedAt: spec.createdAt,
    ...(hosted.life.endedAt === undefined ? {} : { endedAt: hosted.life.endedAt }),
  };
  for (const watcher of cell.watchers) {
    stage.send(watcher, { type: 'dependency.settled', run: cell.address, outcome });
  }
  cell.watchers = [];
  if (spec.parent === null || hosted.life.orphan === true) return;
  stage.send(asAddress(spec.parent), { type: 'child.settled', step: spec.step, outcome });
}
