/** What the functions of a workflow's steps see: the run's input and results of steps. */
import type { Cell } from '../actor/index.ts';
import type { JournalReader } from '../journal/index.ts';
import {
  type CodeSeam,
  checkJson,
  type FunctionContext,
  parse,
  type Settlement,
  type StepView,
  type TaskSpec,
  undoRunName,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import type { BareContext } from '../tasks/index.ts';
import { stepNamed } from './plans/plan.ts';
import { endOf } from './rounds.ts';

/** Input and results of the named steps of a run, from the journal: new values at each call. */
export function resultsOf(
  journal: Pick<JournalReader, 'step'>,
  cell: Cell,
  names: readonly string[],
  workflow: Workflow,
): StepView {
  const spec: WorkflowSpec = cell.committed.context.spec;
  const what = `input of ${spec.definition}`;
  const copy = checkJson(spec.input, what);
  const input = workflow.input === undefined ? copy : parse(workflow.input, copy, what);
  const view: Record<string, unknown> & { input?: unknown } = {};
  for (const name of names) {
    const record = journal.step(cell.actor, name);
    const settlement: Settlement | undefined =
      record === undefined ? undefined : JSON.parse(record.body);
    view[name] = settlement?.status === 'COMPLETED' ? settlement.result : undefined;
  }
  return Object.assign(view, { input });
}

/** The run of a workflow, and the workflow. */
export interface WorkflowRun {
  readonly cell: Cell;
  readonly workflow: Workflow;
}

/**
 * The work of a function step, or of what undoes a step: its function, on the results that the step
 * waited for. An item of a fan-out sees what the step that fans out waited for.
 * @param parent the run that it is a step of.
 * @param whole the run above, when the parent is a fan-out.
 */
export function functionWork(
  ports: { readonly journal: Pick<JournalReader, 'step'>; readonly seam: CodeSeam },
  spec: TaskSpec,
  parent: WorkflowRun,
  whole: WorkflowRun | undefined,
): ((context: BareContext) => unknown) | undefined {
  const { journal, seam } = ports;
  const step = stepNamed(parent.workflow, spec.step ?? '');
  if (step === undefined) return undefined;
  const { fan }: WorkflowSpec = parent.cell.committed.context.spec;
  const above = fan === undefined ? parent : whole;
  const seeing = above && (fan === undefined ? step : stepNamed(above.workflow, fan));
  if (above === undefined || seeing === undefined) return undefined;
  const view = (context: BareContext) =>
    viewOf(resultsOf(journal, above.cell, seeing.after, above.workflow), context);
  const { undo, work } = step;
  if (undo !== undefined && spec.step === undoRunName(step.name)) {
    const { result } = endOf(journal, parent.cell, step.name);
    const place = { definition: above.workflow.id, part: spec.step, kind: 'step' } as const;
    const undone = seam(place, (given: Parameters<typeof undo.run>[0]) => undo.run(given));
    return async (context) => {
      // Nobody reads what it gives, which may be anything.
      await undone(Object.assign(view(context), { result }));
    };
  }
  if (typeof work !== 'function') return undefined;
  const part = fan ?? step.name;
  const code = seam({ definition: above.workflow.id, part, kind: 'step' }, work);
  return (context) => code(view(context));
}

/** The results with the context of the step; the signal is made when it is asked for. */
function viewOf(results: StepView, context: BareContext): StepView & FunctionContext {
  const { runId: key, attempt } = context;
  const own: FunctionContext = {
    key,
    attempt,
    get signal() {
      return context.signal;
    },
  };
  const view = Object.assign(own, results);
  return view;
}
