/** The hash chain: any change of any field of any row is found. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ChainedRow,
  inputHash,
  letterHash,
  mailHash,
  recordHash,
  rowHash,
  stepHash,
  timerHash,
  verifyChain,
} from '../../src/journal/chain.ts';
import { letter, mail, record, row, step, timer } from './fixtures.ts';

function chainOf(length: number): ChainedRow[] {
  let hash = '';
  return Array.from({ length }, (_, index) => {
    const next = row({ seq: index + 1, previous: index });
    hash = rowHash(hash, next);
    return { ...next, hash };
  });
}

/** The same value, a little different. */
const changed = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)} `;
};

test('given an untouched chain, then its head is the last row, for a part of it too', () => {
  const rows = chainOf(5);
  expect(verifyChain([])).toEqual({ ok: true, head: { seq: 0, hash: '' } });
  expect(verifyChain(rows)).toEqual({ ok: true, head: { seq: 5, hash: rows[4]?.hash } });
  const head = { seq: 3, hash: rows[2]?.hash ?? '' };
  expect(verifyChain(rows.slice(3), head)).toMatchObject({ ok: true, head: { seq: 5 } });
});

test('property: a change of one field of one row is found at that row', () => {
  const fields = ['actor', 'previous', 'at', 'type', 'status', 'body', 'hash'] as const;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.constantFrom(...fields), (index, field) => {
      const rows: ChainedRow[] = chainOf(8);
      const victim = rows[index];
      if (victim === undefined) return;
      rows[index] = { ...victim, [field]: changed(victim[field]) };
      expect(verifyChain(rows)).toEqual({ ok: false, seq: index + 1, problem: 'changed' });
    }),
  );
});

test('given missing, doubled or swapped rows, then the first wrong number is named', () => {
  const [a, b, c, d] = chainOf(4);
  if (!a || !b || !c || !d) return expect.unreachable();
  expect(verifyChain([a, c, d])).toEqual({ ok: false, seq: 2, problem: 'missing' });
  expect(verifyChain([b, c])).toEqual({ ok: false, seq: 1, problem: 'missing' });
  expect(verifyChain([a, b, b, c])).toEqual({ ok: false, seq: 3, problem: 'missing' });
  expect(verifyChain([a, c, b, d])).toEqual({ ok: false, seq: 2, problem: 'missing' });
  expect(verifyChain([a, b, { ...c, seq: 3, hash: b.hash }])).toMatchObject({ ok: false, seq: 3 });
});

test('given a text that moves from one field to the next, then the hash differs', () => {
  const hashOf = (type: string, status: string, body: string) =>
    rowHash('', row({ seq: 1, type, status, body }));
  const hashes = [hashOf('ab', '', 'c'), hashOf('a', 'b', 'c'), hashOf('a', '', 'bc')];
  expect(new Set(hashes).size).toBe(3);
});

test('given a record of any table, when any field of it changes, then its hash does', () => {
  const differs = <Item extends object>(hash: (item: Item) => string, item: Item, but = ['']) => {
    for (const [field, value] of Object.entries(item)) {
      if (but.includes(field)) continue;
      expect(hash({ ...item, [field]: changed(value) }), field).not.toBe(hash(item));
    }
  };
  const once = ['address', 'kind', 'parent', 'createdAt', 'input'];
  const changing = Object.keys(record()).filter((field) => !once.includes(field));
  differs(recordHash, record(), once);
  differs(inputHash, record(), changing.slice(1));
  differs(mailHash, mail({ mail: 1 }));
  differs(stepHash, step({ step: 'a' }));
  differs(timerHash, timer({ timer: 'a' }));
  differs(letterHash, letter({ letter: 1 }));
});
