/** Trails: how a moment was reached, and the same in words. */
import type { AnyMachineSnapshot } from 'xstate';
import { assertNever } from '../../../protocol/index.ts';
import { activeIn, placeOf } from '../../charts/index.ts';
import type { Step } from './model.ts';
import { textOf } from './text.ts';

/** The last step of a story, and those before it. */
export interface Trail {
  readonly before: Trail | undefined;
  readonly step: Step;
  /** Undefined when the step threw. */
  readonly snapshot: AnyMachineSnapshot | undefined;
  /** Steps, the start left out. */
  readonly depth: number;
}

/** A story that goes on by a step. */
export const trailTo = (
  before: Trail | undefined,
  step: Step,
  snapshot: AnyMachineSnapshot | undefined,
): Trail => ({ before, step, snapshot, depth: before === undefined ? 0 : before.depth + 1 });

/** The steps of a story in order. */
export function stepsOf(trail: Trail | undefined): readonly Step[] {
  return trailsOf(trail).map(({ step }) => step);
}

/** A story in words, a line for each step: `CLOSE {"by":"ann"} -> #door.closed`. */
export const wordsOf = (trail: Trail | undefined): readonly string[] =>
  trailsOf(trail).map(({ step, snapshot, before }) => {
    const to = snapshot === undefined ? '' : ` -> ${whereabouts(snapshot)}`;
    return `${stepText(step, before?.snapshot)}${to}`;
  });

/** Where a machine rests: `#door.open`; in parallel states all of it: `#a.b.c + #a.d.e`. */
export function whereabouts({ _nodes: nodes, status }: AnyMachineSnapshot): string {
  const leaves = nodes
    .filter(({ states }) => Object.keys(states).length === 0)
    .toSorted((a, b) => a.order - b.order);
  const text = leaves.map(placeOf).join(' + ');
  if (status === 'error') return `${text} (it fails)`;
  return status === 'done' ? `${text} (the end)` : text;
}

function trailsOf(trail: Trail | undefined): readonly Trail[] {
  const found: Trail[] = [];
  for (let at = trail; at !== undefined; at = at.before) found.push(at);
  return found.reverse();
}

function stepText(step: Step, at: AnyMachineSnapshot | undefined): string {
  switch (step.do) {
    case 'start':
      return step.input === undefined ? 'start' : `start with ${short(step.input)}`;
    case 'event': {
      const { type, ...carried } = step.event;
      return Object.keys(carried).length === 0 ? type : `${type} ${short(carried)}`;
    }
    case 'timer': {
      const { event, delayMs } = step.timer;
      const active = at === undefined ? [] : activeIn(at);
      const node = active.find(({ transitions }) => transitions.has(event.type));
      const isAfter = node !== undefined && event.type.startsWith('xstate.after.');
      if (isAfter) return `after ${delayMs} ms in ${placeOf(node)}`;
      return `after ${delayMs} ms comes ${event.type}`;
    }
    case 'done': {
      const name = nameOf(step.child, at);
      return step.output === undefined
        ? `${name} is done`
        : `${name} is done with ${short(step.output)}`;
    }
    case 'error':
      return `${nameOf(step.child, at)} fails`;
    default:
      return assertNever(step, 'a step is of a known kind');
  }
}

/** An actor without a name of its own is called by its source. */
function nameOf(child: string, at: AnyMachineSnapshot | undefined): string {
  const src: unknown = Reflect.get(Object(at?.children[child]), 'src');
  const isNamed = !/^\d+\./.test(child) || typeof src !== 'string' || src.startsWith('xstate.');
  return isNamed ? child : src;
}

const LONGEST = 160;

function short(value: unknown): string {
  const text = textOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text;
}
