/** Counts: places and how often each was reached. A place that is declared counts from 0. */
import type { Coverage, CoverageKind, CoveredPlace } from '../findings/index.ts';

/** A place, without its count. */
export type Place = Omit<CoveredPlace, 'hits'>;

/** What was counted so far. */
export class Counts {
  readonly #hits = new Map<string, Map<CoverageKind, Map<string, number>>>();

  /** A place that can be reached. */
  declare(place: Place): void {
    this.hit(place, 0);
  }

  hit({ definition, kind, place }: Place, times = 1): void {
    const kinds = added(this.#hits, definition, () => new Map<CoverageKind, Map<string, number>>());
    const places = added(kinds, kind, () => new Map<string, number>());
    places.set(place, (places.get(place) ?? 0) + times);
  }

  /** All places, in the order in which they were declared or reached first. */
  get coverage(): Coverage {
    return [...this.#hits].flatMap(([definition, kinds]) =>
      [...kinds].flatMap(([kind, places]) =>
        [...places].map(([place, hits]) => ({ definition, kind, place, hits })),
      ),
    );
  }
}

function added<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
