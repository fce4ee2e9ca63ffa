/** From facts to places: functions, families of clones, cycles, leftovers. */
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/specialists/analysers/index.ts';
import { cloneFamilies } from '../../../src/specialists/report/clone-families.ts';
import { cyclePlaces } from '../../../src/specialists/report/cycles.ts';
import { placesIn } from '../../../src/specialists/report/gather.ts';
import { reportOf } from '../../../src/specialists/report/report.ts';
import { evidence } from './places.ts';

const facts = (fields: Partial<Facts>): Facts => ({
  ...{ files: 1, tools: {}, totals: evidence([]).totals, perFileLines: {} },
  ...{ functionsOver10: [], cognitiveOver15: [], longFunctions: [], manyParams: [] },
  ...{ warningComments: [], clones: [], topFanIn: [], moduleGraph: {}, cyclicComponents: [] },
  ...fields,
});

/** A pair of passages of ten lines. */
const pair = (a: string, aStart: number, b: string, bStart: number, tokens = 60) => ({
  ...{ a, aStart, aEnd: aStart + 9, b, bStart, bEnd: bStart + 9, lines: 10, tokens },
});

describe('functions', () => {
  test('given several findings on one line, then they are one place', () => {
    const found = facts({
      functionsOver10: [
        { file: 'a.ts', line: 5, endLine: 5, what: 'Method', complexity: 20 },
        { file: 'a.ts', line: 5, endLine: 5, what: 'Arrow', complexity: 11 },
      ],
      cognitiveOver15: [{ file: 'a.ts', line: 5, value: 30 }],
      longFunctions: [{ file: 'a.ts', line: 5, value: 70 }],
      manyParams: [{ file: 'b.ts', line: 5, value: 6 }],
      moduleGraph: { 'b.ts': ['a.ts'], 'c.ts': ['a.ts', 'b.ts'] },
    });
    const at = { kind: 'function', line: 5, isTest: false };
    expect(placesIn(found, [])).toEqual([
      {
        ...{ ...at, file: 'a.ts', what: 'Method', fanIn: 2 },
        ...{ complexity: 20, cognitive: 30, lines: 70 },
      },
      { ...at, file: 'b.ts', fanIn: 1, params: 6 },
    ]);
  });

  test('given one that is complex but not tangled, then it is flat, unless it lies in one', () => {
    const found = (line: number, endLine: number) => ({
      ...{ file: 'a.ts', line, endLine, what: 'Method', complexity: 20 },
    });
    const places = placesIn(
      facts({
        functionsOver10: [found(1, 9), found(10, 30), found(20, 25), found(40, 50)],
        cognitiveOver15: [{ file: 'a.ts', line: 10, value: 30 }],
      }),
      [],
    );
    expect(places.flatMap((place) => ('isFlat' in place ? [place.line] : []))).toEqual([1, 40]);
    const [flat] = reportOf(evidence(places.slice(0, 1))).priorities;
    expect(flat).toMatchObject({
      payOff: 'low',
      todo: expect.stringMatching(/^It is a flat list/),
    });
  });

  test('given a long block of a test, then it is no place, unless it is tangled too', () => {
    const file = 'test/a.test.ts';
    const found = facts({
      longFunctions: [
        { file, line: 1, value: 300 },
        { file, line: 9, value: 60 },
      ],
      cognitiveOver15: [{ file, line: 9, value: 16 }],
    });
    expect(placesIn(found, [])).toMatchObject([{ line: 9, lines: 60, isTest: true }]);
  });
});

describe('clones', () => {
  test('given pairs with a place in common, then they are one family', () => {
    const [family, ...others] = cloneFamilies([
      pair('a.ts', 1, 'b.ts', 1),
      pair('b.ts', 3, 'c.ts', 7, 80),
      pair('x.ts', 1, 'x.ts', 50),
    ]);
    expect(family).toEqual({
      kind: 'clones',
      passages: [
        { file: 'a.ts', start: 1, end: 10 },
        { file: 'b.ts', start: 1, end: 12 },
        { file: 'c.ts', start: 7, end: 16 },
      ],
      ...{ copies: 3, lines: 12, tokens: 160, isTest: false },
    });
    expect(others).toMatchObject([{ copies: 2, tokens: 60 }]);
  });

  test('given passages that hardly touch, then their families stay apart', () => {
    const found = cloneFamilies([pair('a.ts', 1, 'b.ts', 1), pair('b.ts', 9, 'c.ts', 1)]);
    expect(found.map(({ copies }) => copies)).toEqual([2, 2]);
  });

  test('given ten thousand alike files, then they are one family soon', () => {
    const pairs = Array.from({ length: 10_000 }, (_, n) => pair('a.ts', 1, `b${n}.ts`, 1));
    const [family] = cloneFamilies(pairs);
    expect(family).toMatchObject({ copies: 10_001, tokens: 600_000 });
    expect(family?.passages).toHaveLength(10);
  });
});

describe('cycles', () => {
  test('given a component, then a shortest way around is told', () => {
    const moduleGraph = {
      'a.ts': ['b.ts', 'x.ts'],
      'b.ts': ['c.ts'],
      'c.ts': ['a.ts', 'd.ts'],
      'd.ts': ['c.ts', 'd.ts'],
      'x.ts': [],
    };
    const members = ['a.ts', 'b.ts', 'c.ts', 'd.ts'];
    expect(cyclePlaces({ moduleGraph, cyclicComponents: [members] })).toEqual([
      { kind: 'cycle', members, size: 4, imports: 6, shortest: ['c.ts', 'd.ts'] },
    ]);
  });

  test('given one that types alone close, then it is marked', () => {
    const graph = { moduleGraph: { a: ['b'], b: ['a'] }, cyclicComponents: [['a', 'b']] };
    expect(cyclePlaces(graph, { b: ['a'] })).toMatchObject([{ isOfTypes: true }]);
    expect(cyclePlaces(graph)[0]).not.toHaveProperty('isOfTypes');
  });

  test('given a ring, then it is walked in the direction of the imports', () => {
    const moduleGraph = { 'a.ts': ['c.ts'], 'b.ts': ['a.ts'], 'c.ts': ['b.ts'] };
    const [place] = cyclePlaces({ moduleGraph, cyclicComponents: [['a.ts', 'b.ts', 'c.ts']] });
    expect(place?.shortest).toEqual(['a.ts', 'c.ts', 'b.ts']);
  });
});

test('given comments, then they are counted by file', () => {
  const comment = (file: string, line: number, term: string) => ({ file, line, term });
  const warningComments = [
    ...Array.from({ length: 12 }, (_, n) => comment('a.ts', n + 1, n % 3 ? 'todo' : 'hack')),
    comment('b.ts', 4, 'xxx'),
  ];
  expect(placesIn(facts({ warningComments }), [])).toMatchObject([
    { file: 'a.ts', lines: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], terms: { todo: 8, hack: 4 } },
    { file: 'b.ts', lines: [4], terms: { xxx: 1 } },
  ]);
});

test('given a file that cannot be parsed, then it is a place', () => {
  const fault = { file: 'a.ts', line: 3, message: 'Unexpected token.' };
  expect(placesIn(facts({}), [fault])).toEqual([{ kind: 'syntax', ...fault }]);
});
