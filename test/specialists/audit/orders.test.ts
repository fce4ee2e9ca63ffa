/** File lists, pages and plans: what keeps large folders within small rows. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Duplication,
  Modules,
  type Survey,
  Survey as SurveySchema,
} from '../../../src/specialists/analysers/index.ts';
import {
  chunkOf,
  fileListOf,
  type Page,
  type PageOrder,
} from '../../../src/specialists/audit/orders.ts';
import {
  allPages,
  joinedDuplication,
  joinedSurvey,
  pagesOf,
} from '../../../src/specialists/audit/pages.ts';
import { planOf } from '../../../src/specialists/audit/plan.ts';

const name = fc.stringMatching(/^[a-z]{1,4}$/);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);

/** A survey of so many files, of about 100 bytes each. */
function surveyOf(files: number): Survey {
  return {
    root: '/code',
    files: Array.from({ length: files }, (_, n) => ({
      file: `packages/part-${Math.floor(n / 50)}/src/module-${String(n).padStart(6, '0')}.ts`,
      ...{ kind: 'ts', bytes: 90 + (n % 20), sha256: `${n}`.padEnd(64, 'a') },
      lines: { code: 10, comment: 1, blank: 1 },
    })),
    kinds: [{ kind: 'ts', audited: true, files, bytes: 100 * files, lines: 12 * files }],
    skipped: Array.from({ length: files / 10 }, (_, n) => ({
      file: `link-${n}`,
      reason: 'link-broken',
    })),
    invalidUtf8: [],
    leftOut: ['node_modules'],
  };
}

test('property: a list of files unpacks to what was packed, but for the tail of the hash', () =>
  fc.assert(
    fc.property(fc.array(fc.record({ file: path, sha256 })), (files) => {
      const chunk = chunkOf({ root: '/r', files: fileListOf(files) });
      expect(chunk.files.map(({ file }) => file)).toEqual(files.map(({ file }) => file));
      for (const [index, file] of files.entries())
        expect(file.sha256.startsWith(chunk.files[index]?.sha256 ?? '-')).toBe(true);
    }),
  ));

describe('pages', () => {
  test('property: pages of any size join to the whole', () =>
    fc.assert(
      fc.property(
        fc.dictionary(path, fc.array(path, { maxLength: 3 })),
        fc.array(fc.record({ file: path, module: name })),
        fc.integer({ min: 1, max: 300 }),
        (imports, unresolved, chars) => {
          const whole = { imports, unresolved, skipped: [] };
          const pages = pagesOf(Modules, whole, chars);
          expect(Object.assign({}, ...pages.map(({ part }) => part.imports))).toEqual(imports);
          expect(pages.flatMap(({ part }) => part.unresolved)).toEqual(unresolved);
          expect(new Set(pages.map(({ mark }) => mark)).size).toBe(1);
          expect(pages.every((page) => page.pages === pages.length)).toBe(true);
        },
      ),
    ));

  test('given a survey and a duplication of several pages, then they join to the whole', () => {
    const survey = surveyOf(300);
    const parts = pagesOf(SurveySchema, survey, 5_000).map(({ part }) => part);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.every((part) => JSON.stringify(part).length < 5_500)).toBe(true);
    expect(joinedSurvey(parts)).toEqual(survey);
    const clone = { a: 'a', aStart: 1, aEnd: 9, b: 'b', bStart: 1, bEnd: 9, lines: 9, tokens: 60 };
    const duplication = {
      clones: Array.from({ length: 50 }, (_, n) => ({ ...clone, tokens: 60 + n })),
      ...{ duplicatedLines: 400, duplicationPercent: 12.34, changed: ['a'], skipped: [] },
    };
    const pages = pagesOf(Duplication, duplication, 900);
    expect(joinedDuplication(pages.map(({ part }) => part))).toEqual(duplication);
  });

  test('given an answer that changed between two pages, then all is asked for again', async () => {
    const asked: string[] = [];
    const ask = async (step: string, order: PageOrder) => {
      asked.push(`${step} ${order.page} ${order.mark ?? ''}`);
      const isNew = step.includes('again') || order.page > 1;
      const page: Page<string> = { part: step, pages: 3, mark: isNew ? 'new' : 'old' };
      return page;
    };
    const parts = await allPages('survey', ask);
    expect(parts).toEqual(['survey-again-2', 'survey-again-2-page-2', 'survey-again-2-page-3']);
    expect(asked).toEqual([
      'survey 1 ',
      'survey-page-2 2 old',
      'survey-page-3 3 old',
      'survey-again-2 1 ',
      'survey-again-2-page-2 2 new',
      'survey-again-2-page-3 3 new',
    ]);
  });
});

describe('plans', () => {
  test('given a survey, then each file is in one chunk, and all are searched', () => {
    const survey = surveyOf(2_000);
    const plan = planOf(survey);
    const files = survey.files.map(({ file }) => file);
    const filesIn = (list: (typeof plan)['searched']) =>
      chunkOf({ root: '', files: list }).files.map(({ file }) => file);
    expect(plan.chunks.flatMap(filesIn)).toEqual(files);
    expect(filesIn(plan.searched)).toEqual(files);
    expect(plan.unsearched).toEqual([]);
    expect(plan.units.map(({ name: unit }) => unit)).toEqual([
      ...['survey', 'duplication', 'complexity-001', 'complexity-002', 'complexity-003'],
      ...['complexity-004', 'leftovers-001', 'leftovers-002', 'leftovers-003', 'leftovers-004'],
      ...['modules-001', 'modules-002', 'modules-003', 'modules-004', 'recheck-001', 'report'],
    ]);
    expect(planOf(survey)).toEqual(plan);
  });

  test('given 20,000 files and more, then every order fits into a row of a journal', () => {
    const plan = planOf(surveyOf(60_000));
    expect(plan.chunks.length).toBeLessThanOrEqual(256);
    expect(plan.rechecked.flat().flatMap(({ files }) => files)).toHaveLength(60_000);
    for (const list of [...plan.chunks, plan.searched, ...plan.rechecked])
      expect(JSON.stringify(list).length).toBeLessThan(1_000_000);
    const searched = plan.searched.reduce((sum, { files }) => sum + files.length, 0);
    expect(searched).toBeGreaterThan(20_000);
    expect(searched + plan.unsearched.length).toBe(60_000);
    expect(plan.unsearched[0]).toMatchObject({ reason: 'too-large' });
  });
});
