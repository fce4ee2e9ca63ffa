/**
 * Drawn charts: small machines as plain data that shrinks, with nested, parallel, history and final
 * states, guards over a small context, eventless and delayed transitions, and invoked promises.
 */
import fc from 'fast-check';
import { type AnyStateMachine, assign, createMachine, fromPromise } from 'xstate';

/** A transition as drawn; `to` is taken modulo the number of states. */
interface Leap {
  readonly on: 'A' | 'B' | 'always' | 'after 10' | 'after 20' | 'done' | 'error';
  readonly to: number;
  /** It is open while the count is this; undefined: always. */
  readonly at: number | undefined;
  readonly counts: boolean;
  readonly reenter: boolean;
}

interface Leaf {
  readonly kind: 'atomic' | 'final';
  readonly leaps: readonly Leap[];
}

interface Top {
  readonly kind: 'atomic' | 'final' | 'compound' | 'parallel';
  readonly leaps: readonly Leap[];
  readonly inner: readonly Leaf[];
  readonly history: 'shallow' | 'deep' | undefined;
}

/** A chart as drawn. */
export type Chart = readonly Top[];

const leap: fc.Arbitrary<Leap> = fc.record({
  on: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('A' as const, 'B' as const) },
    { weight: 1, arbitrary: fc.constantFrom('always', 'after 10', 'after 20', 'done', 'error') },
  ),
  to: fc.nat(30),
  at: fc.option(fc.nat(3), { nil: undefined }),
  counts: fc.boolean(),
  reenter: fc.boolean(),
});

const leaf: fc.Arbitrary<Leaf> = fc.record({
  kind: fc.constantFrom('atomic' as const, 'atomic' as const, 'final' as const),
  leaps: fc.array(leap, { maxLength: 2 }),
});

/** Charts of a handful of states. */
export const charts: fc.Arbitrary<Chart> = fc.array(
  fc.record({
    kind: fc.constantFrom('atomic' as const, 'atomic', 'final', 'compound', 'parallel'),
    leaps: fc.array(leap, { maxLength: 3 }),
    inner: fc.array(leaf, { minLength: 2, maxLength: 3 }),
    history: fc.constantFrom(undefined, 'shallow' as const, 'deep' as const),
  }),
  { minLength: 2, maxLength: 4 },
);

/** Hears what the guards of a built chart answer: `s0 A 1 true`. */
export type Hear = (answer: string) => void;

/** The machine of a chart. */
export function machineOf(chart: Chart, hear: Hear = () => {}): AnyStateMachine {
  const ids = chart.flatMap((top, index) => idsOf(top, `s${index}`));
  const states = chart.map((top, index) => [`s${index}`, topConfig(top, `s${index}`, ids, hear)]);
  return createMachine({
    id: 'drawn',
    initial: 's0',
    context: { n: 0 },
    states: Object.fromEntries(states),
  });
}

function idsOf({ kind, inner, history }: Top, id: string): string[] {
  if (kind === 'atomic' || kind === 'final') return [id];
  const below = inner.map((_, index) => `${id}-${index}`);
  return [id, ...below, ...(history === undefined ? [] : [`${id}-h`])];
}

function topConfig(top: Top, id: string, ids: readonly string[], hear: Hear): object {
  const { kind, leaps, inner, history } = top;
  if (kind === 'final') return { id, type: 'final' };
  const own = { id, ...leapsConfig(leaps, id, ids, hear) };
  if (kind === 'atomic') return own;
  const below = inner.map((one, index): [string, object] => {
    const key = `${id}-${index}`;
    if (kind === 'parallel') return [key, regionConfig(one, key, ids, hear)];
    if (one.kind === 'final') return [key, { id: key, type: 'final' }];
    return [key, { id: key, ...leapsConfig(one.leaps, key, ids, hear) }];
  });
  const past =
    history === undefined ? [] : [[`${id}-h`, { id: `${id}-h`, type: 'history', history }]];
  const states = Object.fromEntries([...below, ...past]);
  return kind === 'parallel'
    ? { ...own, type: 'parallel', states }
    : { ...own, initial: `${id}-0`, states };
}

/** A region of two states; it leaves the first by its first leap's event. */
function regionConfig({ kind, leaps }: Leaf, id: string, ids: readonly string[], hear: Hear) {
  const b = kind === 'final' ? { type: 'final' } : leapsConfig(leaps, `${id}.b`, ids, hear);
  const a = { on: { [leaps.length > 1 ? 'A' : 'B']: 'b' } };
  return { id, initial: 'a', states: { a, b } };
}

function leapsConfig(leaps: readonly Leap[], from: string, ids: readonly string[], hear: Hear) {
  const of = (on: Leap['on']) =>
    leaps.flatMap((one, index) =>
      one.on === on ? [leapConfig(one, `${from} ${index}`, ids, hear)] : [],
    );
  const invokes = of('done').length + of('error').length > 0;
  const invoke = { id: `job ${from}`, src: never, onDone: of('done'), onError: of('error') };
  return {
    on: { A: of('A'), B: of('B') },
    always: of('always'),
    after: { 10: of('after 10'), 20: of('after 20') },
    ...(invokes ? { invoke } : {}),
  };
}

/** Only what a naive story says makes it end. */
const never = fromPromise(() => new Promise(() => {}));

function leapConfig(
  { to, at, counts, reenter }: Leap,
  place: string,
  ids: readonly string[],
  hear: Hear,
) {
  const guard = ({ context }: { context: { n: number } }): boolean => {
    hear(`${place} ${context.n === at}`);
    return context.n === at;
  };
  const bump = assign({ n: ({ context }) => (context.n + 1) % 3 });
  return {
    target: `#${ids[to % ids.length]}`,
    reenter,
    ...(at === undefined ? {} : { guard }),
    ...(counts ? { actions: bump } : {}),
  };
}
