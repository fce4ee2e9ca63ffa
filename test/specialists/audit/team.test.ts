/** The team on small folders, as a user's program runs it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createTroupe,
  type Journal,
  memoryJournal,
  RunError,
  type Troupe,
} from '../../../src/index.ts';
import {
  type AuditEvent,
  type AuditTeam,
  auditTeam,
  createPool,
  type Pool,
  readAudit,
  standingOf,
} from '../../../src/specialists/index.ts';
import { type Files, folderWith, writeInto } from '../analysers/folder.ts';
import { cheapPool, type Hook } from '../cheap-pool.ts';
import { sample, sampleFiles } from '../sample.ts';

interface Running {
  readonly team: AuditTeam;
  readonly troupe: Troupe;
  readonly journal: Journal;
  readonly events: AuditEvent[];
}

async function running(pool: Pool): Promise<Running> {
  const events: AuditEvent[] = [];
  const team = auditTeam({ pool, watch: (event) => void events.push(event) });
  const journal = memoryJournal();
  const troupe = await createTroupe({ definitions: team.definitions, journal });
  onTestFinished(async () => {
    await troupe.stop({ deadline: 0 });
    await pool.close();
  });
  return { team, troupe, journal, events };
}

describe('with the real analysers', () => {
  const files: Files = {
    'src/a.ts': `import './b.ts';\n// todo: less\n${'if (a) b();\n'.repeat(9)}`,
    'src/b.ts': [
      "import './a.ts';\nfunction b(a, c, d, e, f, g) {",
      ...Array.from({ length: 60 }, () => '  if (a) c();'),
      '}\n',
    ].join('\n'),
    'src/bad.ts': 'function (\n',
    'src/lost.ts': "import './gone.ts';\n",
    'readme.md': '# a',
  };

  test('given a folder with something of each kind, then it is all in the report', async () => {
    const path = folderWith(files);
    const { team, troupe, journal } = await running(createPool());
    const report = await troupe.run(team.audit, { path }, { id: 'a' });
    expect(report.priorities.map(({ where, what }) => `${where} ${what}`)).toEqual([
      "src/b.ts:2 Function 'b'",
      'src/bad.ts:1 A file that cannot be parsed',
      'src/b.ts:3 61 lines that repeat themselves',
      'src/a.ts:3 9 lines that repeat themselves',
      'src/a.ts A cycle of 2 modules',
      'src/a.ts:2 1 comment that puts work off',
    ]);
    expect(report.priorities[0]?.why).toEqual([
      'complexity 61 (limit 10)',
      'cognitive complexity 60 (limit 15)',
      '62 lines (limit 50)',
      '6 parameters (limit 5)',
      'imported by 1 module',
    ]);
    expect(report.notes.syntaxFaults.first).toMatchObject([{ file: 'src/bad.ts', line: 1 }]);
    const record = await readAudit(journal, 'a', path);
    expect(record.facts.totals).toEqual(report.totals);
    expect(record.unresolved).toEqual([{ file: 'src/lost.ts', module: './gone.ts' }]);
    expect(record.kinds).toContainEqual(expect.objectContaining({ kind: 'md', audited: false }));
  });
});

describe('with cheap ones', () => {
  test('given an audit, then events tell of every step, and all are recorded', async () => {
    const path = folderWith(sample);
    const { team, troupe, journal, events } = await running(cheapPool());
    await troupe.run(team.audit, { path }, { id: 'a' });
    const planned = events.flatMap((event) => (event.type === 'planned' ? [event] : []));
    expect(planned).toMatchObject([{ run: 'audit/a', files: sampleFiles }]);
    const units = planned[0]?.plan.units.map(({ name }) => name) ?? [];
    const done = events.flatMap((event) => (event.type === 'done' ? [event.unit] : []));
    expect([...done, 'report'].sort()).toEqual([...units].sort());
    expect(await standingOf(journal, 'a', path)).toEqual({
      done: units.length,
      total: units.length,
      units,
    });
  });

  test('given an audit that is not there, then nothing of it is done', async () => {
    const journal = memoryJournal();
    expect(await standingOf(journal, 'a', 'x')).toMatchObject({ done: 0, total: undefined });
    await expect(readAudit(journal, 'a', 'x')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
  });

  test('given limits of concurrency, then no more analyses run at once than threads', async () => {
    const path = folderWith(sample);
    const open = new Map<string, number>();
    const most = new Map<string, number>();
    const pool = cheapPool();
    const counting: Pool = {
      ...pool,
      run: async (job, input, options) => {
        open.set(job.name, (open.get(job.name) ?? 0) + 1);
        most.set(job.name, Math.max(most.get(job.name) ?? 0, open.get(job.name) ?? 0));
        try {
          return await pool.run(job, input, options);
        } finally {
          open.set(job.name, (open.get(job.name) ?? 0) - 1);
        }
      },
    };
    const { team, troupe } = await running(counting);
    await troupe.run(team.audit, { path });
    expect(Object.fromEntries(most)).toEqual({
      ...{ survey: 1, complexity: 2, leftovers: 2, modules: 2, duplication: 1 },
      recheck: 1,
    });
  });

  test('given a file that changes after the survey, then the record names it', async () => {
    const path = folderWith(sample);
    const before: Hook = ({ job }) => {
      if (job === 'duplication')
        writeInto(path, { 'src/file-00.ts': 'changed();\n', 'src/new.ts': 'new();\n' });
    };
    const { team, troupe, journal } = await running(cheapPool(before));
    const report = await troupe.run(team.audit, { path }, { id: 'a' });
    expect(report.notes.changed).toEqual({ count: 1, first: ['src/file-00.ts'] });
    const { changed, facts } = await readAudit(journal, 'a', path);
    expect(changed).toEqual(['src/file-00.ts']);
    expect(facts.files).toBe(sampleFiles);
  });

  test('given files that change when all else was measured, then they are named', async () => {
    const path = folderWith(sample);
    const [edited = '', gone = ''] = Object.keys(sample).filter((file) => file.endsWith('.ts'));
    const before: Hook = ({ job }) => {
      if (job !== 'recheck') return;
      writeInto(path, { [edited]: 'changed();\n' });
      rmSync(join(path, gone), { force: true });
    };
    const { team, troupe } = await running(cheapPool(before));
    const { notes } = await troupe.run(team.audit, { path });
    expect(notes.changed).toEqual({ count: 1, first: [edited] });
    expect(notes.skipped.first).toEqual([{ file: gone, reason: 'vanished' }]);
  });

  test('given a folder without sources, then the run fails with the code at its root', async () => {
    const { team, troupe } = await running(cheapPool());
    const path = join(folderWith({ 'a.md': '' }));
    const error: unknown = await troupe.run(team.audit, { path }).catch((thrown) => thrown);
    if (!(error instanceof RunError)) return expect.fail(String(error));
    expect(JSON.stringify(error.outcome)).toContain('AUDIT_FOLDER_EMPTY');
  });
});
