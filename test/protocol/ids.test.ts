/** Addresses: any id can be a segment, and no two actors share an address. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  botAddress,
  checkId,
  childAddress,
  clientAddress,
  limits,
  runAddress,
  runIdOf,
  segmentsOf,
  systemAddress,
} from '../../src/protocol/index.ts';
import { refusal } from '../refusal.ts';

/** Ids that a user may choose, with those that could be mistaken for something else. */
const ids = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
  fc.stringMatching(/^[/.%#:a2EF~\\ -]{1,6}$/),
  fc.constantFrom(
    '.',
    '..',
    '...',
    '/',
    '%',
    '%2E',
    '%2F',
    'a/b',
    'run',
    'bot',
    'system',
    '#1',
    '💡',
    'é',
  ),
);

/** An actor, by what its address is made of. */
interface Actor {
  readonly kind: 'bot' | 'client' | 'run';
  readonly ids: readonly string[];
}

const actors: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({ kind: fc.constantFrom('bot', 'client'), ids: fc.tuple(ids) }),
  fc.record({
    kind: fc.constant('run' as const),
    ids: fc.array(ids, { minLength: 2, maxLength: 5 }),
  }),
);

function addressOf({ kind, ids: [first = '', second = '', ...steps] }: Actor): Address {
  if (kind === 'bot') return botAddress(first);
  if (kind === 'client') return clientAddress(first);
  return steps.reduce<Address>(childAddress, runAddress(first, second));
}

test('property: an address splits back into exactly what it was made of', () => {
  fc.assert(
    fc.property(actors, (actor) => {
      expect(segmentsOf(addressOf(actor))).toEqual([actor.kind, ...actor.ids]);
    }),
    { numRuns: 1_000 },
  );
});

test('property: two actors share an address only when they are the same', () => {
  fc.assert(
    fc.property(actors, actors, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(addressOf(one) === addressOf(other)).toBe(isSame);
      expect(addressOf(one)).not.toBe(systemAddress);
    }),
    { numRuns: 1_000 },
  );
});

test('property: an address reads as a path that climbs nowhere and needs no escape', () => {
  fc.assert(
    fc.property(actors, (actor) => {
      const address = addressOf(actor);
      expect(address).toMatch(/^[\w.~!*'()%/-]+$/);
      expect(address.split('/')).not.toContain('.');
      expect(address.split('/')).not.toContain('..');
      expect(address.split('/')).not.toContain('');
    }),
  );
});

test('given the ids of a run, when its address is made, then a child adds its step', () => {
  const run = runAddress('answer', 'a 1');
  expect(run).toBe('run/answer/a%201');
  expect(childAddress(run, 'fetch/page')).toBe('run/answer/a%201/fetch%2Fpage');
  expect(runIdOf(childAddress(run, '..'))).toBe('answer/a%201/%2E%2E');
  expect(runIdOf(botAddress('finder'))).toBe('bot/finder');
});

test('property: a well-formed text of at most 512 characters is an id', () => {
  fc.assert(
    fc.property(ids, (id) => {
      expect(checkId(id, 'id')).toBe(id);
    }),
  );
  expect(checkId('x'.repeat(limits.idChars), 'id')).toHaveLength(limits.idChars);
});

test.each([
  ['', 'it is empty'],
  ['x'.repeat(limits.idChars + 1), 'it has 513 characters of 512'],
  ['a\ud800', 'it holds a lone surrogate'],
  [undefined, 'it is of type undefined'],
  [7, 'it is of type number'],
  [null, 'it is of type object'],
])('given %j as an id, when it is checked, then it is refused', (id, problem) => {
  expect(refusal(() => checkId(id, 'bot id'))).toEqual({ code: 'BAD_ID', what: 'bot id', problem });
});
