/** The text of an actor's children: always that of all of them, whatever changed on the way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Brood, type Child } from '../../src/actor/brood.ts';

type Deed =
  | { readonly do: 'start' | 'end' | 'stop'; readonly id: number }
  | { readonly do: 'clear' }
  /** Children that came and went, so that entries fall into other blocks. */
  | { readonly do: 'skip'; readonly count: number };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('start' as const, 'end' as const, 'stop' as const),
      id: fc.integer({ min: 0, max: 20 }),
    }),
    fc.record({ do: fc.constant('skip' as const), count: fc.integer({ min: 1, max: 300 }) }),
    fc.constant({ do: 'clear' as const }),
  ),
  { maxLength: 80 },
);

const underWay = (children: readonly Child[]): number =>
  children.filter(({ kind, ended }) => kind === 'promise' && ended === undefined).length;

test('property: the text tells all children, in their order', () => {
  const holds = (all: readonly Deed[]): void => {
    const brood = new Brood();
    const plain = new Map<string, Child>();
    let entry = 0;
    for (const deed of all) {
      if (deed.do === 'clear') for (const one of [brood, plain]) one.clear();
      else if (deed.do === 'skip') entry += deed.count;
      else {
        const id = `c${deed.id}`;
        const known = plain.get(id);
        for (const one of [brood, plain]) {
          if (deed.do === 'stop' || deed.do === 'start') one.delete(id);
          if (deed.do === 'start') {
            const kind = deed.id % 2 === 0 ? 'machine' : 'promise';
            one.set(id, { id, entry, src: 'x', kind, sync: false });
          }
          if (deed.do === 'end' && known !== undefined) {
            one.set(id, { ...known, ended: { status: 'done' } });
          }
        }
        entry += 1;
      }
      expect(JSON.parse(brood.text)).toEqual([...plain.values()]);
      expect([...brood.values()]).toEqual([...plain.values()]);
      expect(brood.underWay).toBe(underWay([...plain.values()]));
    }
  };
  fc.assert(fc.property(deeds, holds), { numRuns: 100 });
});

test('given a later child under the same id, when it is put, then it takes the place', () => {
  const brood = new Brood();
  const child = { id: 'a', src: 'x', kind: 'machine', sync: false } as const;
  brood.set('a', { ...child, entry: 1 });
  brood.set('a', { ...child, entry: 1_000 });
  expect(JSON.parse(brood.text)).toEqual([{ ...child, entry: 1_000 }]);
});
