/** Places for tests, each with defaults, so that what a test sets is what it is about. */
import type {
  ClonePlace,
  CyclePlace,
  Evidence,
  FunctionPlace,
  LeftoverPlace,
  Place,
} from '../../../src/specialists/report/places.ts';

/** A function over no threshold yet. */
export const aFunction = (fields: Partial<FunctionPlace> = {}): FunctionPlace => ({
  ...{ kind: 'function', file: 'a.ts', line: 1, fanIn: 0, isTest: false },
  ...fields,
});

/** Two alike passages. */
export const someClones = (fields: Partial<ClonePlace> = {}): ClonePlace => ({
  kind: 'clones',
  passages: [
    { file: 'a.ts', start: 1, end: 9 },
    { file: 'b.ts', start: 11, end: 19 },
  ],
  ...{ copies: 2, lines: 9, tokens: 60, isTest: false },
  ...fields,
});

/** Two modules that import each other. */
export const aCycle = (fields: Partial<CyclePlace> = {}): CyclePlace => ({
  kind: 'cycle',
  ...{ members: ['a.ts', 'b.ts'], size: 2, imports: 2, shortest: ['a.ts', 'b.ts'] },
  ...fields,
});

/** One comment that puts work off. */
export const aLeftover = (fields: Partial<LeftoverPlace> = {}): LeftoverPlace => ({
  kind: 'leftovers',
  ...{ file: 'a.ts', lines: [3], terms: { todo: 1 }, fanIn: 0 },
  ...fields,
});

const none = { count: 0, first: [] };

/** Evidence of nothing but these places. */
export const evidence = (places: Place[], fields: Partial<Evidence> = {}): Evidence => ({
  ...{ root: '/code', files: 2, lines: { code: 1_000, comment: 10, blank: 1 }, topFanIn: [] },
  kinds: [{ kind: 'ts', audited: true, files: 2, lines: 1_011 }],
  totals: {
    ...{ code: 1_000, comment: 10, blank: 1, functions: 40, parseErrors: 0 },
    ...{ complexityHistogram: {}, maxComplexity: 12, over10: 1, over20: 0, cognitiveOver15: 0 },
    ...{ warningComments: 0, byTerm: {}, functionsOver50Lines: 0, functionsOver5Params: 0 },
    ...{ depthOver4: 0, clones: 0, duplicatedLines: 0, duplicationPercent: 0, moduleEdges: 1 },
    ...{ cyclicComponents: 0, modulesInCycles: 0 },
  },
  places,
  placesFound: places.length,
  notes: {
    ...{ changed: none, skipped: none, syntaxFaults: none, unresolved: none },
    ...{ invalidUtf8: none, leftOut: none },
  },
  ...fields,
});
