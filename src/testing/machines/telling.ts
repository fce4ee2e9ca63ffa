/**
 * Telling: lets a machine's stories go on step by step, and enters into the ledger what is seen:
 * what throws, what never comes to rest, which invariant breaks, what a snapshot can't keep.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { assertNever, isTroupeError, said } from '../../protocol/index.ts';
import type { ChartAction } from '../charts/index.ts';
import type { CheckOptions } from '../check.ts';
import { Faults, nameless } from './found/faults.ts';
import { Ledger } from './ledger.ts';
import { Model, type Moment, type Step, type Taken } from './model/model.ts';
import { type Trail, trailTo, whereabouts } from './model/trail.ts';

/** Where a story is. */
export interface Spot {
  readonly moment: Moment;
  readonly trail: Trail;
  /** What its last step took of the chart. */
  readonly taken: readonly string[];
}

/** Tells stories of one machine. */
export class Telling {
  readonly ledger = new Ledger();
  readonly model: Model;
  readonly #invariants: readonly (readonly [string, (snapshot: AnyMachineSnapshot) => boolean])[];
  readonly #faults: Faults;
  /** How often a step did not come to rest; that takes its time. */
  endless = 0;

  constructor(machine: AnyStateMachine, { invariants = {} }: CheckOptions) {
    this.model = new Model(machine, this.ledger);
    this.#invariants = Object.entries(invariants);
    this.#faults = new Faults(machine);
  }

  /** Begins a story; undefined when that throws. */
  begin(input: unknown): Spot | undefined {
    const step: Step = { do: 'start', input };
    return this.#told(undefined, step, () => this.model.begin(input));
  }

  /** Goes on; undefined when that throws, or can't happen. */
  go({ moment, trail }: Spot, step: Step): Spot | undefined {
    return this.#told(trail, step, () => this.model.take(moment, step));
  }

  /** Looks at a moment that is new. */
  look({ moment: { snapshot }, trail }: Spot): void {
    for (const [name, holds] of this.#invariants) {
      const broken = brokenBy(holds, snapshot);
      if (broken === undefined) continue;
      const message = `${name}: ${broken} in ${whereabouts(snapshot)}; ${mend}`;
      this.ledger.trouble({ code: 'invariant-broken', place: name, message, trail });
    }
    for (const fault of [...this.#faults.inContext(snapshot), ...nameless(snapshot)]) {
      this.ledger.trouble({ code: 'not-durable', ...fault, trail });
    }
  }

  /** A step out of a moment changed the moment itself. */
  changedInPlace({ moment: { snapshot }, trail }: Spot): void {
    const from = whereabouts(snapshot);
    const message = `a step from ${from} changes the context in place; ${makeNew}`;
    this.ledger.trouble({ code: 'not-durable', place: 'context', message, trail });
  }

  #told(before: Trail | undefined, step: Step, take: () => Taken | undefined): Spot | undefined {
    this.ledger.going(before, step);
    let taken: Taken | undefined;
    try {
      taken = take();
    } catch (error) {
      this.#thrown(error, trailTo(before, step, undefined));
    }
    if (taken === undefined) return undefined;
    const { moment, macrostep } = taken;
    this.ledger.took(macrostep);
    const trail = trailTo(before, step, moment.snapshot);
    this.#heard(macrostep.actions, trail);
    return { moment, trail, taken: macrostep.taken };
  }

  #heard(actions: readonly ChartAction[], trail: Trail): void {
    for (const fault of this.#faults.inActions(actions)) this.ledger.trouble({ ...fault, trail });
  }

  #thrown(error: unknown, trail: Trail): void {
    const partly = this.model.interrupted(trail.before?.snapshot, trail.step);
    this.ledger.took(partly);
    if (isTroupeError(error, 'MACHINE_LOOP')) {
      this.endless += 1;
      const [place = '', ...others] = partly.cycle;
      for (const one of partly.cycle) this.ledger.loops.add(one);
      const round = [place, ...others].join(', ');
      const message = `${said(error)}; it goes round on ${round}; ${slowDown}`;
      this.ledger.trouble({ code: 'loop-without-progress', place, message, trail });
      return;
    }
    const { thrown } = this.ledger;
    const [first] = partly.isFirst ? partly.taken : [];
    const place = thrown?.place ?? first ?? placeOfStep(trail.step, trail.before?.snapshot);
    const cause = thrown?.error ?? error;
    const what = said(cause).replace(/\.(?:'\.)?$/, '');
    const message = `it throws ${what}; a step that throws is undone: ${guardIt}`;
    this.ledger.trouble({ code: 'throws', place, message, trail });
  }
}

const makeNew = 'let `assign` make new arrays and objects';
const mend = 'keep it in what changes the context, or guard the way there';
const slowDown = 'let a guard end it, or wait in a state for an event or a delay';
const guardIt = 'check what it reads, or do it in an actor that may fail';

function placeOfStep(step: Step, at: AnyMachineSnapshot | undefined): string {
  const where = at === undefined ? 'start' : whereabouts(at);
  switch (step.do) {
    case 'start':
      return where;
    case 'event':
      return `${where} on ${step.event.type}`;
    case 'timer':
      return `${where} after ${step.timer.delayMs}`;
    case 'done':
      return `${where} onDone of ${step.child}`;
    case 'error':
      return `${where} onError of ${step.child}`;
    default:
      return assertNever(step, 'a step is of a known kind');
  }
}

function brokenBy(
  holds: (snapshot: AnyMachineSnapshot) => boolean,
  snapshot: AnyMachineSnapshot,
): string | undefined {
  try {
    return holds(snapshot) ? undefined : 'it does not hold';
  } catch (error) {
    return `it throws ${said(error)}`;
  }
}
