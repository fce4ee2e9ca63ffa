/** Undos that nobody performs, or that read a result which their step never has. */
import {
  type Definition,
  isBot,
  isDefinition,
  isMachineDefinition,
  isTask,
  isWorkflow,
  type Schema,
  type StepDefinition,
  type Workflow,
} from '../../protocol/index.ts';
import type { Finding } from '../findings/index.ts';
import { definitionsOf, type Team, worksOf } from './team.ts';
import type { Known } from './unreachable.ts';

/** What is wrong with the undos of a workflow. */
export const undoFindings = (known: Known, team: Team): readonly Finding[] =>
  known.workflow.steps.flatMap((step, number) => [
    ...lostUndo(known, step, number, team),
    ...partialUndo(known.workflow, step),
    ...emptyUndo(known.workflow, step, team),
    ...hangingUndo(known, step, number),
  ]);

const placeOf = (step: StepDefinition): string => `undo of step ${step.name}`;

/** A nested workflow that has completed is undone by the `undo` of its step alone. */
function lostUndo(
  { workflow, explored }: Known,
  step: StepDefinition,
  number: number,
  team: Team,
): readonly Finding[] {
  const witness = step.undo === undefined ? explored.failsAfter(number) : undefined;
  const nested = definitionsOf(step, team).filter(isWorkflow);
  const found = nested.find((one) => undoneIn(one, team, new Set()) !== undefined);
  if (witness === undefined || found === undefined) return [];
  const inner = undoneIn(found, team, new Set());
  const message =
    `nobody undoes ${inner} of ${found.id} once that has completed and the run fails after it: ` +
    'only the `undo` of this step would. Give it one; the works of a pattern take none, so ' +
    'declare such a plan with `defineWorkflow` or `graph`.';
  const { id: definition } = workflow;
  return [
    { code: 'undo-nobody-can-do', definition, place: placeOf(step), message, witness: witness() },
  ];
}

/** The name of a step that has an undo, at any depth. */
function undoneIn(workflow: Workflow, team: Team, seen: Set<Workflow>): string | undefined {
  if (seen.has(workflow)) return undefined;
  seen.add(workflow);
  const own = workflow.steps.find(({ undo }) => undo !== undefined);
  if (own !== undefined) return `step ${own.name}`;
  const inner = workflow.steps.flatMap((step) => definitionsOf(step, team).filter(isWorkflow));
  for (const one of inner) {
    const found = undoneIn(one, team, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A fan-out that fails has not completed: what its other items did stays done. */
function partialUndo(workflow: Workflow, step: StepDefinition): readonly Finding[] {
  const mode = step.each?.onFailure ?? workflow.onFailure;
  if (step.undo === undefined || step.each === undefined || mode === 'best-effort') return [];
  const message =
    'nobody undoes what some items did when another one fails: the step has not completed then. ' +
    "Let it have `each: { onFailure: 'best-effort' }`, whose missing results are null.";
  const witness = ['item 1 COMPLETED', 'item 2 FAILED', `${step.name} FAILED`];
  const { id: definition } = workflow;
  return [{ code: 'undo-nobody-can-do', definition, place: placeOf(step), message, witness }];
}

/** An undo that reads a result which is always undefined. */
function emptyUndo(workflow: Workflow, step: StepDefinition, team: Team): readonly Finding[] {
  if (step.undo === undefined || step.each !== undefined || !readsResult(step.undo.run)) return [];
  const works = worksOf(step, team);
  const empty = works.flatMap(({ work }) =>
    isDefinition(work) && givesNothing(work, team, new Set()) ? [work.id] : [],
  );
  if (empty.length === 0 || empty.length < works.length) return [];
  const message =
    `it reads \`result\`, and ${empty.join(' and ')} gives none: that is always undefined. ` +
    'Let the work give what its undo needs.';
  const { id: definition } = workflow;
  return [{ code: 'undo-without-result', definition, place: placeOf(step), message, witness: [] }];
}

/** By its source: an undo is code that acts, so it is not called to find out. */
const readsResult = (undo: (...given: never[]) => unknown): boolean =>
  /\bresult\b/.test(Function.prototype.toString.call(undo));

/** Whether the result of work is always undefined. */
function givesNothing(work: Definition, team: Team, seen: Set<Definition>): boolean {
  if (seen.has(work)) return false;
  seen.add(work);
  if (isMachineDefinition(work)) return work.machine.config.output === undefined;
  if (isBot(work)) return isNothing(work.output);
  if (isTask(work)) {
    if (work.output !== undefined) return isNothing(work.output);
    return work.route.by === 'bot' && isNothing(work.route.bot.output);
  }
  if (!isWorkflow(work) || work.result !== undefined) return false;
  const last = work.steps.at(-1);
  if (last === undefined) return true;
  if (last.each !== undefined) return false;
  const inner = worksOf(last, team).map((one) => one.work);
  return inner.every((one) => isDefinition(one) && givesNothing(one, team, seen));
}

/** A schema of zod that takes undefined alone. */
function isNothing(schema: Schema | undefined): boolean {
  const internals: unknown = schema === undefined ? undefined : Reflect.get(schema, '_zod');
  const { def } = Object(internals);
  return ['undefined', 'void'].includes(Object(def).type);
}

/** The time-out of the whole does not end an undo; only that of its step does. */
function hangingUndo(
  { workflow, explored }: Known,
  step: StepDefinition,
  number: number,
): readonly Finding[] {
  const { undo, timeoutMs } = step;
  if (undo === undefined || timeoutMs !== undefined || !isAsync(undo.run)) return [];
  const witness = explored.failsAfter(number);
  if (witness === undefined) return [];
  const message =
    'it is asynchronous and has no time-out: while it hangs the run never ends, for the time-out ' +
    'of the whole does not end an undo. Give the step a `timeout`: its undo has the same.';
  const { id: definition } = workflow;
  return [
    { code: 'failure-never-ends', definition, place: placeOf(step), message, witness: witness() },
  ];
}

const isAsync = (given: object): boolean =>
  Object.prototype.toString.call(given) === '[object AsyncFunction]';
