/** What the functions of a workflow's steps see: the run's input and results of steps. */
import type { Cell } from '../actor/index.ts';
import type { JournalReader } from '../journal/index.ts';
import {
  asAddress,
  parse,
  type Settlement,
  type StepContext,
  type StepFunction,
  type StepView,
  type TaskSpec,
  type WorkContext,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';

/** Input and results of the named steps of a run, from the journal. */
export function resultsOf(
  journal: Pick<JournalReader, 'step'>,
  cell: Cell,
  names: readonly string[],
  workflow?: Workflow,
): StepView {
  const spec: WorkflowSpec = cell.committed.context.spec;
  const schema = workflow?.input;
  const input =
    schema === undefined ? spec.input : parse(schema, spec.input, `input of ${spec.definition}`);
  const results = names.map((name): [string, unknown] => {
    const record = journal.step(cell.actor, name);
    const settlement: Settlement | undefined =
      record === undefined ? undefined : JSON.parse(record.body);
    return [name, settlement?.result];
  });
  return { ...Object.fromEntries(results), input };
}

/** The work of a function step: its function, on the results that it waits for. */
export function functionWork(
  journal: Pick<JournalReader, 'step'>,
  find: (address: TaskSpec['parent']) => Cell | undefined,
  spec: TaskSpec,
  workflow: Workflow,
): ((context: WorkContext) => unknown) | undefined {
  const step = workflow.steps.find(({ name }) => name === spec.step);
  if (step === undefined || typeof step.work !== 'function') return undefined;
  const run: StepFunction = step.work;
  return (context) => {
    const parent = find(spec.parent);
    if (parent === undefined) return undefined;
    return run(viewOf(resultsOf(journal, parent, step.after, workflow), context));
  };
}

/** The results with the context of the step; the signal is made when it is asked for. */
const viewOf = (results: StepView, context: WorkContext): StepView & StepContext =>
  Object.defineProperty({ ...results, key: context.runId, attempt: context.attempt }, 'signal', {
    get: () => context.signal,
    enumerable: true,
  }) as StepView & StepContext;

/** The address of the run that a step belongs to. */
export const parentOf = (spec: TaskSpec) => asAddress(spec.parent ?? '');
