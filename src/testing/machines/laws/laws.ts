/**
 * Laws of every machine, whatever it decides, watched over random stories. A machine that breaks
 * one can't be kept in a journal and go on from it as if nothing had happened.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { canonicalJson, said } from '../../../protocol/index.ts';
import { activeIn, Watched } from '../../charts/index.ts';
import type { CheckOptions } from '../../check.ts';
import { boundsOf, inputsOf } from '../bounds.ts';
import { Choices, takes } from '../model/choices.ts';
import { drawn, randomOf } from '../model/drawn.ts';
import { Model, type Moment, type Step } from '../model/model.ts';
import { type Trail, trailTo, wordsOf } from '../model/trail.ts';
import { definitionFault } from './definition.ts';
import { Live } from './live.ts';

/** The laws, as sentences. */
export const machineLawNames = [
  'the same input and events give the same result',
  'a snapshot that went through JSON text goes on in the same way',
  'what has ended never changes',
  'an event that no state handles changes nothing',
  'its definition is JSON, and tells all its states and transitions',
  'a live actor of plain XState that repeats the events gets to the same',
  'a step leaves the snapshot before it as it was',
] as const;

/** A law, and whether it held. */
export interface MachineLaw {
  readonly law: (typeof machineLawNames)[number];
  readonly ok: boolean;
  /** What was found instead; undefined when it held. */
  readonly found: string | undefined;
  /** The story that shows it. */
  readonly witness: readonly string[];
}

/**
 * Watches the laws over as many random stories as `bounds.walks` says, each of `bounds.depth` steps
 * at most, fewer when the context is very large. When a step changes the snapshot before it, or the
 * same events give something else, no story tells anything any more: that one is the last. The same
 * options give the same result. Custom actions are not called, and what is invoked does not run.
 * @throws TroupeError `NO_ARBITRARY` for a schema of which no values can be drawn.
 */
export function machineLaws(
  machine: AnyStateMachine,
  options: CheckOptions = {},
): readonly MachineLaw[] {
  const court = new Court(machine);
  const bounds = boundsOf(options);
  const choices = new Choices(machine, options, bounds.seed, VALUES);
  const inputs = drawn(inputsOf(machine, options.input), bounds.seed, VALUES);
  const random = randomOf(bounds.seed);
  const fault = definitionFault(machine);
  if (fault !== undefined)
    court.broken('its definition is JSON, and tells all its states and transitions', fault);
  for (let story = 0; story < bounds.walks && court.isOpen; story += 1) {
    court.hear(inputs[Math.floor(random() * inputs.length)], choices, bounds.depth, random);
  }
  return machineLawNames.map(
    (law) => court.verdicts.get(law) ?? { law, ok: true, found: undefined, witness: [] },
  );
}

/** Values of a schema that stories draw from. */
const VALUES = 40;

/** Characters of snapshots that are compared; a usual machine needs a tenth of it. */
const TEXT_MAX = 100_000_000;

/** Hears stories. */
class Court {
  readonly verdicts = new Map<MachineLaw['law'], MachineLaw>();
  readonly #models: readonly [Model, Model, Model];
  readonly #plain: AnyStateMachine;
  #left = TEXT_MAX;

  constructor(machine: AnyStateMachine) {
    const make = (): Model => new Model(machine, deaf);
    this.#models = [make(), make(), make()];
    this.#plain = new Watched(machine, deaf).machine;
  }

  /** Whether another story can tell anything. */
  get isOpen(): boolean {
    return this.#left > 0 && !this.verdicts.has(again) && !this.verdicts.has(asItWas);
  }

  /** Only the first story of a law is kept. */
  broken(law: MachineLaw['law'], found: string, trail?: Trail): void {
    if (this.verdicts.has(law)) return;
    this.verdicts.set(law, { law, ok: false, found, witness: wordsOf(trail) });
  }

  /** One story; it ends where a step throws, which is no affair of these laws. */
  hear(input: unknown, choices: Choices, depth: number, random: () => number): void {
    const [model, twin, revived] = this.#models;
    const start: Step = { do: 'start', input };
    const first = settled(() => model.begin(input).moment);
    if (first === undefined) return;
    let told: Told = {
      moment: first,
      text: this.#shown(first.snapshot),
      twin: twin.begin(input).moment,
      revived: revived.begin(input).moment,
      live: new Live(this.#plain, input),
      trail: trailTo(undefined, start, first.snapshot),
    };
    this.#judge(told);
    for (let step = 0; step < depth && this.isOpen; step += 1) {
      const next = this.#next(told, chosen(choices.at(told.moment), random));
      if (next === undefined) break;
      told = next;
      this.#judge(told);
    }
    this.#ended(told);
  }

  #next(told: Told, step: Step | undefined): Told | undefined {
    if (step === undefined) return undefined;
    const [model, twin, revived] = this.#models;
    this.#ignored(told);
    const moment = settled(() => model.take(told.moment, step)?.moment);
    if (moment === undefined) return undefined;
    const trail = trailTo(told.trail, step, moment.snapshot);
    this.#compare(asItWas, told.text, this.#shown(told.moment.snapshot), trail);
    if (!this.isOpen) return undefined;
    const text = this.#shown(moment.snapshot);
    told.live.repeat(step);
    const other = this.#same(trail, () => twin.take(told.twin, step)?.moment, again);
    const back = (): Moment | undefined =>
      revived.take(revived.restored(told.revived), step)?.moment;
    const after = this.#same(trail, back, throughText);
    return { ...told, moment, text, twin: other ?? moment, revived: after ?? moment, trail };
  }

  /** Another way to the same; what throws there alone breaks the law, too. */
  #same(trail: Trail, take: () => Moment | undefined, law: MachineLaw['law']): Moment | undefined {
    try {
      const moment = take();
      if (moment === undefined) this.broken(law, 'it can no longer happen', trail);
      return moment;
    } catch (error) {
      this.broken(law, `it throws ${said(error)}`, trail);
      return undefined;
    }
  }

  #judge({ moment, text, twin, revived, live, trail }: Told): void {
    this.#compare(asItWas, text, this.#shown(moment.snapshot), trail);
    // All that follows would come of that.
    if (!this.isOpen) return;
    if (text.startsWith(UNWRITABLE)) this.broken(throughText, text, trail);
    this.#compare(again, text, this.#shown(twin.snapshot), trail);
    this.#compare(throughText, text, this.#shown(revived.snapshot), trail);
    if (moment.timers.some(({ isMail }) => isMail)) return;
    this.#compare(asLive, text, this.#shown(live.snapshot), trail);
  }

  #shown(snapshot: AnyMachineSnapshot): string {
    const text = shown(snapshot);
    this.#left -= text.length;
    return text;
  }

  #compare(law: MachineLaw['law'], expected: string, found: string, trail: Trail): void {
    if (expected !== found) this.broken(law, `${found} instead of ${expected}`, trail);
  }

  /** What no state has anything for. */
  #ignored({ moment: { snapshot }, text: before, trail }: Told): void {
    const [model] = this.#models;
    const descriptors = activeIn(snapshot).flatMap(({ transitions }) => [...transitions.keys()]);
    for (const type of [...model.machine.events, 'troupe-unknown']) {
      if (type.endsWith('*') || isEnd(type) || descriptors.some((one) => takes(one, type)))
        continue;
      const next = settled(() => model.heard(snapshot, { type }));
      if (next === undefined) continue;
      const after = this.#shown(next.snapshot);
      const law = 'an event that no state handles changes nothing';
      if (before !== after) this.broken(law, `${type} leads to ${after}`, trail);
      else if (next.actions.length > 0) this.broken(law, `${type} asks for something`, trail);
    }
  }

  /** Nothing is left that could move it. */
  #ended({ moment: { snapshot }, live, trail }: Told): void {
    if (snapshot.status === 'active' || live.waiting === 0) return;
    this.broken('what has ended never changes', `${live.waiting} timers still wait`, trail);
  }
}

const again = 'the same input and events give the same result';
const throughText = 'a snapshot that went through JSON text goes on in the same way';
const asLive = 'a live actor of plain XState that repeats the events gets to the same';

const asItWas = 'a step leaves the snapshot before it as it was';

interface Told {
  readonly moment: Moment;
  /** Its snapshot, as it was when it came. */
  readonly text: string;
  readonly twin: Moment;
  readonly revived: Moment;
  readonly live: Live;
  readonly trail: Trail;
}

const deaf = { answered: () => {}, threw: () => {} };

/** An actor ends when it is there, and is stopped with the state that invoked it. */
const isEnd = (type: string): boolean => /^xstate\.(done|error)\.actor\./.test(type);

/** Undefined when it throws. */
function settled<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** What it sent to itself comes first, as it does for a live actor. */
function chosen(steps: readonly Step[], random: () => number): Step | undefined {
  const mail = steps.find((step) => step.do === 'timer' && step.timer.isMail);
  return mail ?? steps[Math.floor(random() * steps.length)];
}

/** A snapshot as text; key order is no part of it. */
function shown({ value, context, status, output, children }: AnyMachineSnapshot): string {
  const told = { value, context, status, output, children: Object.keys(children) };
  try {
    return canonicalJson(JSON.parse(JSON.stringify(told)));
  } catch (error) {
    return `${UNWRITABLE} ${said(error)}`;
  }
}

const UNWRITABLE = 'it can not be written:';
