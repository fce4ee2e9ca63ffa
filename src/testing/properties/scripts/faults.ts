/**
 * Faults as arbitraries, a kind at a time, at the places that a team showed. Each run switches a
 * random subset of the kinds off, so that what one kind hides another shows, and most runs have few
 * faults: a story of one fault needs no shrinking.
 */
import fc from 'fast-check';
import type { CallPlace, Fault, FaultKind } from '../../simulation/script.ts';
import type { Places } from './places.ts';

/** Lists of faults of some kinds, at places that were seen or a bit beyond. */
export function faultsOf(kinds: readonly FaultKind[], places: Places): fc.Arbitrary<Fault[]> {
  const drawn = kinds
    .map((kind) => arbitraries[kind](places))
    .filter((one): one is fc.Arbitrary<Fault> => one !== undefined);
  if (drawn.length === 0) return fc.constant([]);
  return fc
    .subarray(drawn, { minLength: 1 })
    .chain((on) => fewOrMany((sizes) => fc.array(fc.oneof(...on), { ...sizes, size: 'max' })));
}

/** Mostly few, now and then more, seldom none. */
const fewOrMany = <Value>(
  of: (sizes: fc.ArrayConstraints) => fc.Arbitrary<Value>,
): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 1, arbitrary: of({ maxLength: 0 }) },
    { weight: 5, arbitrary: of({ minLength: 1, maxLength: 2 }) },
    { weight: 3, arbitrary: of({ minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: of({ minLength: 5, maxLength: 12 }) },
  );

/** Counted from 1: mostly what was seen, or a bit beyond. */
const countTo = (seen: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: Math.max(1, seen) }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: Math.ceil(seen * 1.5) + 1 }) },
  );

/** A time at, just before or just after one that means something. */
export const msOf = ({ times }: Places): fc.Arbitrary<number> =>
  fc
    .tuple(fc.constantFrom(...times), fc.constantFrom(0, 1, -1))
    .map(([ms, beside]) => Math.max(1, ms + beside));

/** Records that look in a test as they are: objects with the usual prototype. */
export const plainRecord = <Fields extends object>(
  fields: {
    [Name in keyof Fields]: fc.Arbitrary<Fields[Name]>;
  },
): fc.Arbitrary<Fields> => fc.record<Fields>(fields, { noNullPrototype: true });

/** Answers that no code expects. */
const garbage: readonly unknown[] = [null, '', 'garbage', 0, -1, true, [], {}, { ok: null }];

const moment = fc.constantFrom<'before' | 'after'>('before', 'after');
const constant = <const Value>(value: Value): fc.Arbitrary<Value> => fc.constant(value);
const commit = ({ commits }: Places): fc.Arbitrary<number> => countTo(commits);

/** A call of code; undefined: none was ever called. */
function callAmong(calls: Places['calls']): fc.Arbitrary<CallPlace> | undefined {
  if (calls.length === 0) return undefined;
  return fc.oneof(
    ...calls.map(({ of, count }) => plainRecord({ of: fc.constant(of), nth: countTo(count) })),
  );
}

/** Faults at a call, made of its place. */
const atCall =
  (make: (call: fc.Arbitrary<CallPlace>, places: Places) => fc.Arbitrary<Fault>) =>
  (places: Places): fc.Arbitrary<Fault> | undefined => {
    const call = callAmong(places.calls);
    return call && make(call, places);
  };

/** What is done to one of the scenario's runs. */
const toRun =
  (fault: 'cancel' | 'pause') =>
  (places: Places): fc.Arbitrary<Fault> | undefined =>
    places.runs === 0
      ? undefined
      : plainRecord({
          fault: constant(fault),
          commit: commit(places),
          run: fc.nat(places.runs - 1),
        });

/** A client's call made again, or the end of an external bot's work reported twice. */
function duplicates(places: Places): fc.Arbitrary<Fault> | undefined {
  const fault = constant('duplicate');
  const reported = callAmong(places.calls.filter(({ of }) => places.external.includes(of)));
  const drawn: fc.Arbitrary<Fault>[] = [];
  if (places.requests > 0) drawn.push(plainRecord({ fault, request: countTo(places.requests) }));
  if (reported !== undefined) drawn.push(plainRecord({ fault, call: reported }));
  return drawn.length === 0 ? undefined : fc.oneof(...drawn);
}

/** By kind; undefined: it has no place in this team. */
const arbitraries: Readonly<
  Record<FaultKind, (places: Places) => fc.Arbitrary<Fault> | undefined>
> = {
  crash: (places) => plainRecord({ fault: constant('crash'), commit: commit(places), moment }),
  'disk-full': (places) => plainRecord({ fault: constant('disk-full'), commit: commit(places) }),
  'clock-jump': (places) =>
    plainRecord({ fault: constant('clock-jump'), commit: commit(places), ms: msOf(places) }),
  cancel: toRun('cancel'),
  pause: toRun('pause'),
  reorder: () => plainRecord({ fault: constant('reorder') }),
  duplicate: duplicates,
  'bot-error': atCall((call) => {
    const once = { fault: constant('bot-error'), call, moment };
    const plain: fc.Arbitrary<Fault> = plainRecord(once);
    // An outage: each fault alone would have to strike every attempt.
    const lasting: fc.Arbitrary<Fault> = plainRecord({ ...once, forGood: constant(true) });
    return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: lasting });
  }),
  'slow-bot': atCall((call, places) =>
    plainRecord({ fault: constant('slow-bot'), call, ms: msOf(places) }),
  ),
  delay: atCall((call, places) =>
    plainRecord({ fault: constant('delay'), call, ms: msOf(places) }),
  ),
  drop: atCall((call) => plainRecord({ fault: constant('drop'), call })),
  malformed: atCall((call) =>
    plainRecord({ fault: constant('malformed'), call, value: fc.constantFrom(...garbage) }),
  ),
};
