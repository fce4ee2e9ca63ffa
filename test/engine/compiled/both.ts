/**
 * Both: one story, told by XState's interpreter and by compiled steps, each with a scope of its own
 * that writes down everything it is told. Spawned children are real; what is deferred is run after
 * the step, as a live actor does it.
 */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { type AnyMachineSnapshot, type AnyStateMachine, createActor, fromTransition } from 'xstate';
import { isSeenThrough } from '../../../src/engine/compiled/chart/seen-through.ts';
import { interpreted } from '../../../src/engine/compiled/chart/xstate.ts';
import { initialSnapshot, tally, transition } from '../../../src/engine/compiled/transition.ts';
import type { ActorEvent } from '../../../src/protocol/index.ts';
import { charts, eventOf, machineOf, stories } from './charts.ts';
import { viewOf } from './views.ts';

type Snapshot = AnyMachineSnapshot;

interface Action {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec?: (info: unknown, params: unknown) => void;
}

/** A scope that writes down what it is told. */
class Teller {
  readonly told: unknown[] = [];
  readonly #deferred: (() => void)[] = [];
  readonly scope;

  constructor() {
    const self = createActor(
      fromTransition((state: number) => state, 0),
      { id: 'self' },
    );
    const system = Object.assign(self.system as object, {
      _sendInspectionEvent: (event: object) => this.#tell('inspection', event),
      scheduler: {
        schedule: (...args: readonly unknown[]) => this.#tell('schedule', args),
        cancel: (...args: readonly unknown[]) => this.#tell('cancel', args),
        cancelAll: () => undefined,
      },
    });
    this.scope = {
      self,
      id: 'self',
      sessionId: 'self',
      system,
      logger: (...args: readonly unknown[]) => this.#tell('log', args),
      emit: (event: unknown) => this.#tell('emit', event),
      stopChild: (child: unknown) => this.#tell('stop', child),
      defer: (task: () => void) => {
        this.#tell('defer', undefined);
        this.#deferred.push(task);
      },
      actionExecutor: (action: Action) => {
        this.#tell('action', action);
        if (action.type.startsWith('xstate.')) action.exec?.(action.info, action.params);
      },
    };
  }

  #tell(what: string, data: unknown): void {
    this.told.push([what, viewOf(data)]);
  }

  /** What came of something, what it threw included; then runs what it deferred. */
  hear(happen: () => Snapshot): Heard {
    let snapshot: Snapshot | undefined;
    try {
      snapshot = happen();
      this.told.push(['result', viewOf({ ...snapshot })]);
    } catch (thrown) {
      this.told.push(['thrown', viewOf(thrown)]);
    }
    for (const task of this.#deferred.splice(0)) this.#run(task);
    return { snapshot, told: this.told.splice(0) };
  }

  #run(task: () => void): void {
    try {
      task();
    } catch (thrown) {
      this.told.push(['thrown later', viewOf(thrown)]);
    }
  }
}

interface Heard {
  readonly snapshot: Snapshot | undefined;
  readonly told: readonly unknown[];
}

/** Holds compiled steps to the interpreter on charts at random; throws at the first difference. */
export function holdToInterpreter(numRuns: number): Told {
  const sum = { steps: 0, compiled: 0, changes: 0, throws: 0 };
  const property = fc.property(charts, stories, (chart, story) => {
    const told = tellBoth(machineOf(chart), story.map(eventOf));
    sum.steps += told.steps;
    sum.compiled += told.compiled;
    sum.changes += told.changes;
    sum.throws += told.throws;
  });
  quietly(() => fc.assert(property, { numRuns }));
  return sum;
}

/** Holds the first step to the interpreter; whether it was taken by tables. */
export function holdBegin(machine: AnyStateMachine, input: unknown): boolean {
  const taken = tally.compiled;
  beginBoth(machine, input, [new Teller(), new Teller()]);
  return tally.compiled > taken;
}

function beginBoth(
  machine: AnyStateMachine,
  input: unknown,
  [reference, compiled]: readonly [Teller, Teller],
): [Snapshot | undefined, Snapshot | undefined] {
  const known = reference.hear(() =>
    machine.getInitialSnapshot(reference.scope as never, input as never),
  );
  const other = compiled.hear(() => initialSnapshot(machine, input, compiled.scope as never));
  deepEqual(other.told, known.told);
  return [known.snapshot, other.snapshot];
}

/** Holds one step to the interpreter; whether it was taken by tables. */
export function holdStep(snapshot: Snapshot, event: ActorEvent): boolean {
  const reference = new Teller();
  const compiled = new Teller();
  const taken = tally.compiled;
  const found = compiled.hear(() => transition(snapshot, event, compiled.scope as never));
  const isCompiled = tally.compiled > taken;
  const expected = reference.hear(() => interpreted(snapshot, event, reference.scope as never));
  deepEqual(found.told, expected.told);
  equal(
    found.snapshot === snapshot,
    expected.snapshot === snapshot,
    'nothing changed: it is the same',
  );
  return isCompiled;
}

/** XState warns on the console of much that charts at random do. */
function quietly(run: () => void): void {
  const { warn } = console;
  console.warn = () => {};
  try {
    run();
  } finally {
    console.warn = warn;
  }
}

/** What a story came to. */
export interface Told {
  readonly steps: number;
  /** Steps by tables. */
  readonly compiled: number;
  /** Steps that changed something. */
  readonly changes: number;
  readonly throws: number;
}

/** Tells a story on both sides; throws at the first difference. */
export function tellBoth(machine: AnyStateMachine, events: readonly ActorEvent[]): Told {
  const told = { steps: 0, compiled: 0, changes: 0, throws: 0 };
  const isSeen = isSeenThrough(machine);
  const reference = new Teller();
  const compiled = new Teller();
  let [known, other] = beginBoth(machine, { given: true }, [reference, compiled]);
  for (const [index, event] of events.entries()) {
    if (known === undefined || other === undefined) break;
    if (known.status !== 'active' && index % 3 !== 0) break;
    const before: Snapshot = known;
    const from: Snapshot = index % 4 === 3 ? withOwnNodes(other) : other;
    const expected: Heard = reference.hear(() =>
      machine.transition(before, event, reference.scope as never),
    );
    const taken = tally.compiled;
    const found: Heard = compiled.hear(() => transition(from, event, compiled.scope as never));
    deepEqual(found.told, expected.told);
    equal(found.snapshot === from, expected.snapshot === before, 'nothing changed: it is the same');
    told.steps += 1;
    told.compiled += tally.compiled - taken;
    equal(tally.compiled - taken, isPlain(before, event) && isSeen ? 1 : 0, 'who took the step');
    if (expected.snapshot === undefined) told.throws += 1;
    else if (expected.snapshot !== before) told.changes += 1;
    known = expected.snapshot ?? known;
    other = found.snapshot ?? from;
  }
  return told;
}

/** Whether nothing about a step is left to the interpreter. */
const isPlain = ({ status }: Snapshot, { type }: ActorEvent): boolean =>
  status === 'active' && !['*', 'xstate.init', 'xstate.stop'].includes(type);

/** As after a load: states that no step has made. */
const withOwnNodes = (snapshot: Snapshot): Snapshot =>
  Object.assign({}, snapshot, { _nodes: [...snapshot._nodes] });
