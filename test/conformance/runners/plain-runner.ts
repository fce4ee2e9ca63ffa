/**
 * The reference: a case under XState's own `createActor`, on a simulated clock.
 *
 * An event counts as seen when its actor has handled it: XState tells `@xstate.event` when one is
 * sent, also to an actor that has ended, and `@xstate.snapshot` when it was handled. Its sender is
 * known from the former. What promises tell themselves is XState's own business and left out.
 */
import { type AnyActorRef, createActor, type EventObject, type InspectionEvent } from 'xstate';
import { simulatedClock } from '../../../src/index.ts';
import { eventOnPaper, onPaper, stateOf } from './account.ts';
import type { Account, Case, Seen, State, Step } from './contract.ts';
import { Desk } from './desk.ts';

const INTERNAL = /^xstate\.(init|stop|promise\.)/;

/** Plays a case under plain XState. */
export async function plainRunner(one: Case): Promise<Account> {
  const desk = new Desk();
  const clock = simulatedClock(1);
  const timers = new Map<number, () => void>();
  let count = 0;
  const seen: Seen[] = [];
  const emitted: unknown[] = [];
  const actor = createActor(one.machine(desk), {
    input: one.input,
    inspect: inspector(seen),
    clock: {
      setTimeout(run, ms) {
        count += 1;
        timers.set(count, clock.after(ms, run));
        return count;
      },
      clearTimeout: (id) => timers.get(id)?.(),
    },
  });
  actor.on('*', (event) => void emitted.push(onPaper(event, pathOf)));
  actor.subscribe({ error: () => undefined });
  const states: State[] = [];
  const note = () => void states.push(stateOf(actor.getSnapshot(), pathOf));
  actor.start();
  await rest();
  note();
  for (const step of one.script) {
    await take(step);
    note();
  }
  return { states, seen, emitted };

  async function take(step: Step): Promise<void> {
    if (step.do === 'send') actor.send(step.event);
    else if (step.do === 'settle') desk.settle(step.call, step.value);
    else if (step.do === 'reject') desk.reject(step.call, step.error);
    else return pass(step.ms);
    await rest();
  }

  /** Lets everything go on that waits for no time. */
  async function rest(): Promise<void> {
    await turnOfLoop();
    while ((clock.nextDue() ?? Number.POSITIVE_INFINITY) <= clock.now()) {
      clock.jump();
      await turnOfLoop();
    }
  }

  async function pass(ms: number): Promise<void> {
    const until = clock.now() + ms;
    clock.after(ms, () => undefined);
    await rest();
    while ((clock.nextDue() ?? Number.POSITIVE_INFINITY) <= until) {
      clock.jump();
      await rest();
    }
  }
}

/** Every promise that can go on goes on before the event loop's next turn. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Sent {
  readonly event: EventObject;
  readonly to: unknown;
  readonly from: string;
}

function inspector(seen: Seen[]): (inspected: InspectionEvent) => void {
  const sent: Sent[] = [];
  const handled = (actor: unknown, isIt: (one: Sent) => boolean): void => {
    const at = sent.findIndex((one) => one.to === actor && isIt(one));
    const [found] = at === -1 ? [] : sent.splice(at, 1);
    if (found === undefined || INTERNAL.test(found.event.type)) return;
    seen.push({ by: pathOf(actor), from: found.from, event: eventOnPaper(found.event, pathOf) });
  };
  return (inspected) => {
    if (inspected.type === '@xstate.snapshot') {
      handled(inspected.actorRef, ({ event }) => event === inspected.event);
    } else if (inspected.type === '@xstate.event') {
      const { event, actorRef, sourceRef } = inspected;
      // Of an event that threw there is no snapshot: its actor handled it, and failed.
      if (event.type.startsWith('xstate.error.actor.')) handled(sourceRef, () => true);
      sent.push({ event, to: actorRef, from: sourceRef === undefined ? '' : pathOf(sourceRef) });
    }
  };
}

/** The path of an actor below its root. */
function pathOf(ref: unknown): string {
  const { _parent: parent, id } = ref as AnyActorRef;
  if (parent === undefined) return '/';
  const above = pathOf(parent);
  return above === '/' ? `/${id}` : `${above}/${id}`;
}
