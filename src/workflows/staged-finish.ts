/**
 * Staged finish: a workflow without code of its own for its result ends in the very commit in which
 * its last step does. Its result is that of the step that stands last in the plan. All others make
 * theirs after the commit: code of the user's runs in no turn.
 */
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type { Failure, Settlement, Workflow, WorkflowSpec } from '../protocol/index.ts';
import { checkSize } from '../runs/index.ts';

/** What it needs of the floors around it. */
export interface FinishPorts {
  readonly host: Pick<Host, 'limits'>;
  /** The workflow of a run; undefined when its definition is not there. */
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
  readonly failureOf: (error: unknown, at: string) => Failure;
}

/** What has become of it: nothing, or the run was told its result, or that it has none. */
export type Finish = 'later' | 'finished' | 'failed';

/** Stages the result of a run whose steps have all ended, as far as that takes no code. */
export function stagedFinish(ports: FinishPorts, stage: Stage, cell: Cell): Finish {
  const workflow = ports.workflowOf(cell.snapshot.context.spec);
  if (workflow === undefined || workflow.result !== undefined) return 'later';
  const { address } = cell;
  try {
    const what = `result of ${address}`;
    const result = checkSize(resultIn(stage, cell, workflow), what, ports.host.limits);
    stage.send(address, { type: 'workflow.finished', result });
    return 'finished';
  } catch (thrown) {
    stage.send(address, { type: 'workflow.failed', error: ports.failureOf(thrown, address) });
    return 'failed';
  }
}

function resultIn(stage: Stage, cell: Cell, { steps }: Workflow): unknown {
  const last = steps.at(-1)?.name;
  const text = last === undefined ? undefined : stage.recorded(cell, last);
  const end: Settlement | undefined = text === undefined ? undefined : JSON.parse(text);
  return end?.status === 'COMPLETED' ? end.result : undefined;
}
