/** Single bits that flip, anywhere in a journal's files: each is reported, or changes nothing. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openReader } from '../../../src/journal/index.ts';
import { openFileReader } from '../../../src/journal/sqlite/reader.ts';
import { allReads, closedJournal, copied, flip, killedJournal, told } from './journals.ts';

const places = { numRuns: 400 };
const killedPlaces = { numRuns: 200 };

test('property: a bit that flips anywhere in a closed journal is reported', async () => {
  const path = await closedJournal();
  expect(told(path)).toEqual([]);
  const bits = statSync(path).size * 8;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bits - 1 }), (bit) => {
      flip(path, bit);
      expect(told(path), `bit ${bit}`).not.toEqual([]);
      flip(path, bit);
    }),
    places,
  );
  expect(told(path)).toEqual([]);
});

test('property: a bit that flips in a head file is reported', async () => {
  const path = await closedJournal();
  const bits = statSync(`${path}-head`).size * 8;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bits - 1 }), (bit) => {
      flip(`${path}-head`, bit);
      expect(told(path), `bit ${bit}`).toContainEqual(expect.stringMatching(/^head/));
      flip(`${path}-head`, bit);
    }),
    { numRuns: 30 },
  );
});

test('property: a bit that flips in a killed journal is reported, or no read changes', async () => {
  const path = await killedJournal();
  const reader = await openReader(path);
  const before = allReads(reader);
  reader.close();
  const files = ['', '-wal'].map((ending) => {
    const bytes = readFileSync(path + ending);
    return { ending, bytes, bits: bytes.length * 8 };
  });
  expect(told(path)).toEqual([]);
  let reported = 0;
  const place = fc
    .constantFrom(...files)
    .chain(({ ending, bytes, bits }) =>
      fc.record({ ending: fc.constant(ending), bytes: fc.constant(bytes), bit: fc.nat(bits - 1) }),
    );
  fc.assert(
    fc.property(place, ({ ending, bytes, bit }) => {
      flip(path + ending, bit);
      try {
        if (told(path).length > 0) reported += 1;
        else expect(readsOf(path), `bit ${bit} of ${ending}`).toEqual(before);
      } finally {
        writeFileSync(path + ending, bytes);
      }
    }),
    killedPlaces,
  );
  expect(reported).toBeGreaterThan(killedPlaces.numRuns / 4);
});

function readsOf(path: string): unknown {
  const reader = openFileReader(copied(path));
  try {
    return allReads(reader);
  } finally {
    reader.close();
  }
}
