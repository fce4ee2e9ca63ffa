/**
 * Stories: plain data that says what happens to an actor, beat by beat, so that a counterexample
 * shrinks to the few beats that matter.
 *
 * A beat is resolved against the actor as it is then: the next event that fits, any event of the
 * schema, an earlier one again, a timer that fires, or something that no machine knows. `aim` says
 * whether its ids and numbers are those of now, outdated, ahead of time or as they were drawn.
 */
import fc from 'fast-check';
import { getNextTransitions } from 'xstate';
import type { z } from 'zod';
import type { ActorEvent } from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import type { Step, Walk } from './walk.ts';

/** One beat of a story. */
export interface Beat {
  readonly kind: 'next' | 'any' | 'again' | 'fire' | 'late' | 'foreign';
  readonly aim: Aim;
  /** Which of several; taken modulo their number. */
  readonly pick: number;
  readonly place: number;
  /** Milliseconds since the beat before. */
  readonly waitMs: number;
}

/** Of what time an event's ids and numbers are. */
export type Aim = 'now' | 'outdated' | 'ahead' | 'drawn';

/** What happens to one actor. */
export interface Story<Spec> {
  readonly spec: Spec;
  /** Events as drawn from the schema, by type. */
  readonly pool: Readonly<Record<string, readonly ActorEvent[]>>;
  readonly beats: readonly Beat[];
}

/** How the stories of one machine are made. */
export interface Telling<Spec> {
  readonly specs: fc.Arbitrary<Spec>;
  readonly events: { readonly options: readonly z.ZodObject[] };
  /** Types that come seldom, because they end everything. */
  readonly rare: readonly string[];
  /** Types that come thrice as often, because what follows them would be seen seldom. */
  readonly often: readonly string[];
  /** Aims a drawn event at the actor as it is. */
  readonly aimed: (event: ActorEvent, beat: Beat, walk: Walk) => ActorEvent;
}

/** Stories of a machine. */
export function storiesOf<Spec>(telling: Telling<Spec>, beatsMax = 30): fc.Arbitrary<Story<Spec>> {
  const pools = telling.events.options.map((option) => {
    const drawn = arbitraryOf(option).map((event) => event as unknown as ActorEvent);
    return [typeOf(option), fc.array(drawn, { minLength: 1, maxLength: 2 })] as const;
  });
  return fc.record({
    spec: telling.specs,
    pool: fc.record(Object.fromEntries(pools)),
    beats: fc.array(beats, { minLength: 1, maxLength: beatsMax, size: 'max' }),
  });
}

const beats: fc.Arbitrary<Beat> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('next' as const) },
    { weight: 3, arbitrary: fc.constant('any' as const) },
    { weight: 1, arbitrary: fc.constantFrom('again', 'fire', 'late', 'foreign') },
  ),
  aim: fc.oneof(
    { weight: 7, arbitrary: fc.constant('now' as const) },
    { weight: 1, arbitrary: fc.constantFrom('outdated', 'ahead', 'drawn') },
  ),
  pick: fc.nat(1_000),
  place: fc.nat(1_000),
  waitMs: fc.nat(500),
});

/** Lets a story happen; `onStep` sees every step. */
export function play<Spec>(
  telling: Telling<Spec>,
  story: Story<Spec>,
  walk: Walk,
  onStep: (step: Step) => void = () => {},
): void {
  const sent: ActorEvent[] = [];
  const fired: ActorEvent[] = [];
  let at = 0;
  for (const beat of story.beats) {
    at += beat.waitMs;
    const timer = timerOf(beat, walk);
    if (timer !== undefined) {
      fired.push(timer.event);
      onStep(walk.fire(timer));
      continue;
    }
    const event = eventOf(telling, story, beat, walk, { sent, fired, at });
    if (event === undefined) continue;
    sent.push(event);
    onStep(walk.send(event));
  }
}

interface Past {
  readonly sent: readonly ActorEvent[];
  readonly fired: readonly ActorEvent[];
  readonly at: number;
}

function timerOf(beat: Beat, walk: Walk) {
  const isDue = beat.kind === 'fire' || (beat.kind === 'next' && beat.place % 4 === 0);
  return isDue ? oneOf(walk.timers, beat.pick) : undefined;
}

function eventOf<Spec>(
  telling: Telling<Spec>,
  story: Story<Spec>,
  beat: Beat,
  walk: Walk,
  past: Past,
): ActorEvent | undefined {
  if (beat.kind === 'again') return oneOf(past.sent, beat.pick);
  if (beat.kind === 'foreign') return oneOf(foreignEvents, beat.pick);
  if (beat.kind === 'late') {
    const waiting = walk.timers.map((timer) => timer.event.type);
    return oneOf(
      past.fired.filter(({ type }) => !waiting.includes(type)),
      beat.pick,
    );
  }
  const types = beat.kind === 'any' ? Object.keys(story.pool) : nextTypes(telling, beat, walk);
  const event = oneOf(story.pool[oneOf(types, beat.pick) ?? ''] ?? [], beat.place);
  if (event === undefined || beat.aim === 'drawn') return event;
  const dated: ActorEvent = Object.assign({}, event, { at: past.at });
  return telling.aimed(dated, beat, walk);
}

function nextTypes<Spec>(telling: Telling<Spec>, beat: Beat, { snapshot }: Walk): string[] {
  const types = new Set(getNextTransitions(snapshot).map(({ eventType }) => eventType));
  const all = [...types].filter((type) => type !== '' && !type.startsWith('xstate.'));
  if (beat.place % 5 === 1) return all;
  const often = all.filter((type) => telling.often.includes(type));
  return [...all.filter((type) => !telling.rare.includes(type)), ...often, ...often];
}

/** Events that no machine knows. */
const foreignEvents: readonly ActorEvent[] = [
  { type: 'unknown' },
  { type: 'toString' },
  { type: '__proto__' },
  { type: 'task' },
  { type: 'xstate.done.state.task' },
  { type: 'xstate.after.0.nowhere' },
];

/** The one that a number picks; undefined when there is none. */
export const oneOf = <Item>(items: readonly Item[], pick: number): Item | undefined =>
  items[pick % Math.max(1, items.length)];

const typeOf = ({ shape }: z.ZodObject): string => (shape.type as z.ZodLiteral<string>).value;
