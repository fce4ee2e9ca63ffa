/**
 * Runs that wait for ever: work that ends only when somebody acts, where no time-out above it ends
 * the waiting. A workflow is looked at wherever it stands: what is without end alone may be bounded
 * by the workflows that it is a step of.
 */
import { type Definition, isWorkflow, type Workflow } from '../../protocol/index.ts';
import type { Finding } from '../findings/index.ts';
import { type Endless, endlessOf } from './endless.ts';
import { definitionsOf, type Team } from './team.ts';

/** A workflow where no time-out above it ends its runs. */
interface Boundless {
  readonly workflow: Workflow;
  /** Workflows and steps on the way to it: `answer / polish`. */
  readonly way: readonly string[];
}

/** Shortest ways to the beginning of a step, by workflow. */
export type WayTo = (workflow: Workflow, step: number) => readonly string[] | undefined;

/** What waits for ever in these workflows, and all that they use. */
export function waitingForever(
  definitions: readonly Definition[],
  team: Team,
  wayTo: WayTo,
): readonly Finding[] {
  return boundlessIn(rootsOf(definitions, team), team).flatMap(({ workflow, way }) =>
    workflow.steps.flatMap((step, number) => {
      const witness = wayTo(workflow, number);
      if (witness === undefined) return [];
      return endlessOf(step, team).map((endless) => ({
        ...facts(endless),
        definition: workflow.id,
        place: `step ${step.name}`,
        witness: [...way, ...witness, `${step.name} STARTED`],
      }));
    }),
  );
}

const facts = ({ kind, why, remedy }: Endless): Pick<Finding, 'code' | 'message'> => ({
  code: kind === 'approval' ? 'approval-unanswered' : 'failure-never-ends',
  message:
    `${why}, and no workflow around it has a \`timeout\`: the run waits for ever. ` +
    `${remedy === undefined ? 'Give' : `${remedy}, or`} a workflow around it a \`timeout\`.`,
});

/** The workflows among these that are a part of no other one; of a ring of parts the first. */
function rootsOf(definitions: readonly Definition[], team: Team): readonly Workflow[] {
  const workflows = definitions.filter(isWorkflow);
  const parts = new Map(workflows.map((workflow) => [workflow, partsOf(workflow, team)]));
  const isBelow = (one: Workflow): boolean => [...parts.values()].some((below) => below.has(one));
  const roots = workflows.filter((workflow) => !isBelow(workflow));
  for (const one of workflows) {
    const isCovered = roots.some((root) => root === one || parts.get(root)?.has(one) === true);
    if (!isCovered) roots.push(one);
  }
  return roots;
}

/** All that a workflow uses, at any depth, without itself. */
export function partsOf(workflow: Workflow, team: Team): ReadonlySet<Definition> {
  const found = new Set<Definition>();
  const queue: Definition[] = [workflow];
  for (const one of queue) {
    if (!isWorkflow(one)) continue;
    for (const part of one.steps.flatMap((step) => definitionsOf(step, team))) {
      if (part === workflow || found.has(part)) continue;
      found.add(part);
      queue.push(part);
    }
  }
  return found;
}

/** Workflows that can run without a time-out of their own and above them, each once. */
function boundlessIn(roots: readonly Workflow[], team: Team): readonly Boundless[] {
  const found = new Map<Workflow, Boundless>();
  const queue: Boundless[] = [];
  const add = (workflow: Workflow, way: readonly string[], timeoutMs: number | undefined): void => {
    if (timeoutMs !== undefined || found.has(workflow)) return;
    const one = { workflow, way };
    found.set(workflow, one);
    queue.push(one);
  };
  for (const root of roots) add(root, [], root.timeoutMs);
  for (const { workflow, way } of queue) {
    for (const step of workflow.steps) {
      for (const part of definitionsOf(step, team).filter(isWorkflow))
        add(part, [...way, `${step.name} STARTED`], step.timeoutMs ?? part.timeoutMs);
    }
  }
  return [...found.values()];
}
