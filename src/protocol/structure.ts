/**
 * The structure of a definition: what must not change under one version, because runs under way
 * rely on it. Code inside bots and functions is no structure; it changes freely.
 */
import type { Definition } from './definition.ts';
import { canonicalJson } from './json.ts';
import { isApproval, isDefinition, isWorkflow, type StepDefinition } from './kinds.ts';

/**
 * The structure as canonical JSON text, to be compared or hashed. Of a bot and a task it is kind
 * and id; of an approval also whether a yes brings an answer; of a workflow also its steps in
 * order: name, dependencies, kind and id of the work and of what takes over for it, whether it
 * loops, fans out and can be undone.
 */
export function structureOf(definition: Definition): string {
  const { kind, id } = definition;
  if (isApproval(definition)) {
    return canonicalJson({ kind, id, takesAnswer: definition.answer !== undefined });
  }
  if (!isWorkflow(definition)) return canonicalJson({ kind, id });
  return canonicalJson({ kind, id, steps: definition.steps.map(stepStructure) });
}

function stepStructure(step: StepDefinition): object {
  const { name, after, work, fallback, undo, loop, each } = step;
  return {
    name,
    after: [...after].sort(),
    work: workStructure(work),
    ...(fallback === undefined ? {} : { fallback: fallback.map(workStructure) }),
    ...(undo === undefined ? {} : { undo: true }),
    ...(loop === undefined ? {} : { loop: true }),
    ...(each === undefined ? {} : { each: worksStructure(each.works ?? {}) }),
  };
}

const worksStructure = (works: Readonly<Record<string, Definition>>): object =>
  Object.fromEntries(Object.entries(works).map(([name, work]) => [name, workStructure(work)]));

function workStructure(work: StepDefinition['work']): object {
  if (isDefinition(work)) return { kind: work.kind, id: work.id };
  return typeof work === 'string' ? { kind: 'registered', id: work } : { kind: 'function' };
}
