/**
 * Forks: chunks that are measured side by side, by workflows with a limit. What they take and give
 * fits into rows of a journal, the longest comes first, and no answer is cut.
 */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createTroupe, memoryJournal } from '../../../src/index.ts';
import type { Job, Pool } from '../../../src/specialists/analysers/index.ts';
import { planOf } from '../../../src/specialists/audit/plan.ts';
import { auditTeam, readAudit } from '../../../src/specialists/index.ts';
import { type Files, folderWith } from '../analysers/folder.ts';
import { cheapPool } from '../cheap-pool.ts';
import { sample } from '../sample.ts';

/** What a journal takes in one row. */
const rowChars = 1_048_576;

const sizes = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 300 });

const surveyOf = (bytes: readonly number[], name = 'module') => ({
  root: '/code',
  files: bytes.map((size, n) => ({
    ...{ file: `src/${Math.floor(n / 20)}/${name}-${n}.ts`, kind: 'ts', bytes: size },
    sha256: `${n}`.padEnd(64, 'a'),
    lines: { code: 1, comment: 0, blank: 0 },
  })),
});

test('property: each chunk is in one fork, in order; orders and answers fit into a row', () =>
  fc.assert(
    fc.property(sizes, (bytes) => {
      const { chunks, forks } = planOf(surveyOf(bytes));
      const given = forks.flatMap((fork) => fork.chunks);
      expect(given.map(({ index }) => index)).toEqual([...chunks.keys()]);
      expect(given.map(({ files }) => files)).toEqual(chunks);
      expect(new Set(forks.map(({ name }) => name)).size).toBe(forks.length);
      for (const fork of forks) {
        expect(JSON.stringify(fork).length).toBeLessThan(rowChars);
        const chars = fork.chunks.reduce((sum, one) => sum + one.chars, 0);
        expect(3 * chars).toBeLessThan(rowChars - 100_000);
        const source = fork.chunks.reduce((sum, one) => sum + one.bytes, 0);
        if (fork.chunks.length > 1) expect(source).toBeLessThanOrEqual(2 * rowChars);
      }
    }),
    { numRuns: 60 },
  ));

test('given very many files with long names, then forks are split by their lists too', () => {
  const { forks } = planOf(surveyOf(Array(30_000).fill(40), 'a-module-with-quite-a-long-name'));
  expect(forks.length).toBeGreaterThan(1);
  for (const fork of forks) expect(JSON.stringify(fork).length).toBeLessThan(rowChars);
});

/** Runs an audit of some files, and gives what it found. */
async function audited(files: Files, pool: Pool, journal = memoryJournal()) {
  const path = folderWith(files);
  const { audit, definitions } = auditTeam({ pool });
  const troupe = await createTroupe({ definitions, journal });
  onTestFinished(() => troupe.stop({ deadline: 0 }));
  await troupe.run(audit, { path }, { id: 'a' });
  return readAudit(journal, 'a', path);
}

test('given answers that are larger than a page of a fork, then none is cut', async () => {
  const plain = cheapPool();
  let analyses = 0;
  const talkative: Pool = {
    ...plain,
    async run<In, Out>(job: Job<In, Out>, input: In): Promise<Out> {
      const found = await plain.run(job, input);
      if (job.name !== 'leftovers') return found;
      analyses += 1;
      const file = 'src/file-00.ts';
      const warningComments = Array.from({ length: 6_000 }, (_, line) => ({
        ...{ file, line: line + 1, term: 'todo' },
      }));
      return job.output.parse({ ...found, warningComments });
    },
  };
  const journal = memoryJournal();
  const record = await audited(sample, talkative, journal);
  const chunks = analyses;
  expect(record.facts.warningComments).toHaveLength(6_000 * chunks);
  const pages = journal.actors({ definition: 'leftovers-finder', kind: 'task' });
  expect(pages.length).toBeGreaterThan(chunks);
});

test('given chunks of several sizes, then the largest of each kind begins first', async () => {
  const text = (lines: number): string => 'export const a = 1;\n'.repeat(lines);
  const files = { 'a.ts': text(4_000), 'b.ts': text(9_000), 'c.ts': text(30_000), 'd.ts': text(1) };
  const begun: Record<string, string[]> = {};
  const pool = cheapPool(({ job, of }) => {
    begun[job] = [...(begun[job] ?? []), of];
  });
  await audited(files, pool);
  for (const kind of ['complexity', 'leftovers', 'modules'])
    expect(begun[kind]).toEqual(['c.ts', 'b.ts', 'a.ts', 'd.ts']);
});

test('given many chunks, then a few of each kind are under way at once', async () => {
  const text = 'export const a = 1;\n'.repeat(4_000);
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`a-${n}.ts`, text]));
  const journal = memoryJournal();
  const most = { open: 0, seen: 0 };
  const pool = cheapPool(({ job }) => {
    if (job !== 'modules') return;
    most.open = Math.max(
      most.open,
      journal.actors({ definition: 'architect', done: false }).length,
    );
    most.seen += 1;
  });
  await audited(files, pool, journal);
  // The bot itself, and two orders for each of two threads.
  expect(most).toEqual({ open: 5, seen: 20 });
});
