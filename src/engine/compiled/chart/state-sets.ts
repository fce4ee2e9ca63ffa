/**
 * State sets: which states a set of transitions leaves and enters, as SCXML defines it
 * (https://www.w3.org/TR/scxml/#AlgorithmforSCXMLInterpretation) and XState 5 does it: this is its
 * code, name by name, so that both can be read side by side. It runs once for each move that a
 * configuration has; XState runs it for every event.
 */
import type { ChartNode, ChartTransition, Past } from './chart.ts';

/** States that history states remember; it notes whether it was asked. */
export class Memory {
  readonly #past: Past;
  wasAsked = false;

  constructor(past: Past) {
    this.#past = past;
  }

  /** What a history state remembers. */
  of(node: ChartNode): readonly ChartNode[] | undefined {
    this.wasAsked = true;
    return this.#past[node.id];
  }

  /** The same memory with what is remembered now. */
  with(changes: Past): Memory {
    return new Memory({ ...this.#past, ...changes });
  }
}

/** Whether a state has no states below it. */
export const isAtomic = ({ type }: ChartNode): boolean => type === 'atomic' || type === 'final';

/** Whether a state remembers others. */
export const isHistory = ({ type }: ChartNode): boolean => type === 'history';

const childrenOf = (node: ChartNode): ChartNode[] =>
  Object.values(node.states).filter((child) => !isHistory(child));

/** The states above a state, the nearest first, up to another one. */
export function properAncestors(node: ChartNode, upTo: ChartNode | undefined): ChartNode[] {
  const ancestors: ChartNode[] = [];
  if (upTo === node) return ancestors;
  for (let above = node.parent; above !== undefined && above !== upTo; above = above.parent)
    ancestors.push(above);
  return ancestors;
}

/** Whether a state is somewhere below another; below nothing is every state. */
export function isDescendant(node: ChartNode, above: ChartNode | undefined): boolean {
  let marker = node;
  while (marker.parent !== undefined && marker.parent !== above) marker = marker.parent;
  return marker.parent === above;
}

/** Whether a state is done, given the states that are active. */
export function isInFinalState(active: ReadonlySet<ChartNode>, node: ChartNode): boolean {
  if (node.type === 'compound')
    return childrenOf(node).some((child) => child.type === 'final' && active.has(child));
  if (node.type === 'parallel')
    return childrenOf(node).every((child) => isInFinalState(active, child));
  return node.type === 'final';
}

function leastCommonAncestor([head, ...tail]: readonly ChartNode[]): ChartNode | undefined {
  if (head === undefined) return undefined;
  return properAncestors(head, undefined).find((ancestor) =>
    tail.every((node) => isDescendant(node, ancestor)),
  );
}

/** The state at a path of keys below another; undefined when it is not that simple. */
export function stateAt(node: ChartNode, path: unknown): ChartNode | undefined {
  if (typeof path !== 'string' || path.includes('\\')) return undefined;
  let reached: ChartNode | undefined = node;
  for (const key of path.split('.')) reached = reached?.states[key];
  return reached;
}

/** Where a history state leads that remembers nothing. */
function historyDefault({ config, parent }: ChartNode): Pick<ChartTransition, 'target'> {
  if (parent === undefined) return { target: [] };
  if (config.target !== undefined)
    return { target: [config.target].flat().flatMap((path) => stateAt(parent, path) ?? []) };
  return parent.type === 'parallel' ? { target: [parent] } : parent.initial;
}

function effectiveTargets({ target }: Pick<ChartTransition, 'target'>, memory: Memory) {
  const targets = new Set<ChartNode>();
  for (const node of target ?? []) {
    const reached = isHistory(node)
      ? (memory.of(node) ?? effectiveTargets(historyDefault(node), memory))
      : [node];
    for (const state of reached) targets.add(state);
  }
  return [...targets];
}

function domainOf(transition: ChartTransition, memory: Memory): ChartNode | undefined {
  const targets = effectiveTargets(transition, memory);
  const { source, reenter } = transition;
  if (!reenter && targets.every((node) => node === source || isDescendant(node, source)))
    return source;
  const ancestor = leastCommonAncestor([...targets, source]);
  if (ancestor !== undefined || reenter) return ancestor;
  let root = source;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** A state and all that are entered with it when nothing says else. */
export function initialStates(node: ChartNode, into = new Set<ChartNode>()): Set<ChartNode> {
  if (into.has(node)) return into;
  into.add(node);
  const below = node.type === 'compound' ? node.initial.target.slice(0, 1) : childrenOf(node);
  const entered = node.type === 'compound' || node.type === 'parallel' ? below : [];
  for (const child of entered) initialStates(child, into);
  return into;
}

/** The states that transitions leave. */
export function exitSet(
  transitions: readonly ChartTransition[],
  active: ReadonlySet<ChartNode>,
  memory: Memory,
): ChartNode[] {
  const left = new Set<ChartNode>();
  for (const transition of transitions) {
    if (transition.target === undefined || transition.target.length === 0) continue;
    const domain = domainOf(transition, memory);
    if (transition.reenter && transition.source === domain) left.add(domain);
    for (const node of active) if (isDescendant(node, domain)) left.add(node);
  }
  return [...left];
}

/** Of transitions that leave the same states, those of inner states win, then earlier ones. */
export function withoutConflicts(
  enabled: readonly ChartTransition[],
  active: ReadonlySet<ChartNode>,
  memory: Memory,
): readonly ChartTransition[] {
  const kept = new Set<ChartTransition>();
  for (const transition of enabled) {
    const left = new Set(exitSet([transition], active, memory));
    const rivals = [...kept].filter((other) =>
      exitSet([other], active, memory).some((node) => left.has(node)),
    );
    if (!rivals.every(({ source }) => isDescendant(transition.source, source))) continue;
    for (const rival of rivals) kept.delete(rival);
    kept.add(transition);
  }
  return [...kept];
}

/** The states that transitions enter, and those of them whose initial transition is taken. */
export class EntrySet {
  readonly entered = new Set<ChartNode>();
  readonly byDefault = new Set<ChartNode>();
  readonly #memory: Memory;

  constructor(transitions: readonly ChartTransition[], memory: Memory) {
    this.#memory = memory;
    for (const transition of transitions) this.#add(transition);
  }

  #add(transition: ChartTransition): void {
    const { source, target = [], reenter } = transition;
    const domain = domainOf(transition, this.#memory);
    for (const node of target) {
      if (!isHistory(node) && (source !== node || source !== domain || reenter))
        this.#enter(node, true);
      this.#addDescendants(node);
    }
    const bound = source.parent === undefined && reenter ? undefined : domain;
    for (const node of effectiveTargets(transition, this.#memory)) {
      const ancestors = properAncestors(node, domain);
      if (domain?.type === 'parallel') ancestors.push(domain);
      this.#addAncestors(ancestors, bound);
    }
  }

  #enter(node: ChartNode, isDefault: boolean): void {
    this.entered.add(node);
    if (isDefault) this.byDefault.add(node);
  }

  #addDescendants(node: ChartNode): void {
    if (isHistory(node)) this.#addRemembered(node);
    else if (node.type === 'compound') this.#addInitial(node);
    else if (node.type === 'parallel') this.#addRegions(node, true);
  }

  #addRemembered(history: ChartNode): void {
    const remembered = this.#memory.of(history);
    const byDefault = historyDefault(history);
    const { parent } = history;
    const nodes = remembered ?? byDefault.target ?? [];
    for (const node of nodes) {
      this.entered.add(node);
      if (remembered === undefined && parent !== undefined && byDefault === parent.initial)
        this.byDefault.add(parent);
      this.#addDescendants(node);
    }
    for (const node of nodes) this.#addAncestors(properAncestors(node, parent), undefined);
  }

  #addInitial(node: ChartNode): void {
    const [initial] = node.initial.target;
    if (initial === undefined) return;
    if (!isHistory(initial)) this.#enter(initial, true);
    this.#addDescendants(initial);
    this.#addAncestors(properAncestors(initial, node), undefined);
  }

  #addRegions(node: ChartNode, isDefault: boolean): void {
    for (const child of childrenOf(node)) {
      if ([...this.entered].some((entered) => isDescendant(entered, child))) continue;
      this.#enter(child, isDefault);
      this.#addDescendants(child);
    }
  }

  #addAncestors(ancestors: readonly ChartNode[], bound: ChartNode | undefined): void {
    for (const ancestor of ancestors) {
      if (bound === undefined || isDescendant(ancestor, bound)) this.entered.add(ancestor);
      if (ancestor.type === 'parallel') this.#addRegions(ancestor, false);
    }
  }
}
