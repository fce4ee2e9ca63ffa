/** Taken over: what the work of a run's new bot learns of what was said and done before it. */
import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import {
  childAddress,
  handoffsBefore,
  nameInWork,
  type Settlement,
  type TakenOver,
} from '../../protocol/index.ts';
import { type HandedOver, nameOfFacts } from './staging.ts';

/**
 * What was handed over, from what a run has recorded by name; undefined when it never moved.
 * Steps are told by their results: those that failed or were cancelled are left out.
 */
export function takenOver(
  cell: Cell,
  handoffs: number,
  bodies: ReadonlyMap<string, string>,
  host: Pick<Host, 'find'>,
): TakenOver | undefined {
  const said = bodies.get(nameOfFacts(handoffs));
  if (said === undefined) return undefined;
  const { from, reason, context, state }: HandedOver = JSON.parse(said);
  const names = [...bodies.keys()].filter(
    (name) => !name.startsWith('~') && handoffsBefore(name) < handoffs,
  );
  names.sort((one, other) => handoffsBefore(one) - handoffsBefore(other));
  const steps = new Map<string, unknown>();
  for (const name of names) {
    const body = bodies.get(name) ?? '';
    const value: unknown = body === '' ? undefined : JSON.parse(body);
    const isRun = host.find(childAddress(cell.address, name)) !== undefined;
    if (!isRun) steps.set(nameInWork(name), value);
    else if (isCompleted(value)) steps.set(nameInWork(name), value.result);
  }
  return { number: handoffs, from, reason, context, state, steps: Object.fromEntries(steps) };
}

const isCompleted = (value: unknown): value is Settlement =>
  typeof value === 'object' && value !== null && 'status' in value && value.status === 'COMPLETED';
