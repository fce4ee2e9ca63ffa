/** What `troupe audit` refuses: one clear line with a code and a remedy, before the long work. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkAnalysers, reportFile } from '../../../src/cli/audit/arguments.ts';
import { main } from '../../../src/cli/main.ts';
import { createTroupe } from '../../../src/index.ts';
import { openJournal } from '../../../src/journal/index.ts';
import { availability } from '../../../src/specialists/index.ts';
import { refusal } from '../../refusal.ts';
import { folderWith } from '../../specialists/analysers/folder.ts';
import { fakeTerminal } from '../terminal.ts';

async function audit(...args: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await main(['audit', ...args], terminal);
  return { code, ...terminal.shown };
}

/** One line, the code first; nothing on standard output. */
async function expectRefusal(code: string, ...args: readonly string[]): Promise<void> {
  const { code: exit, out, err } = await audit(...args);
  const lines = err.trimEnd().split('\n');
  const last = lines.pop();
  expect({ exit, out, last }).toEqual({ exit: 2, out: '', last: expect.stringMatching(/\.$/) });
  expect(last?.startsWith(`[${code}] `), last).toBe(true);
  expect(lines.filter((line) => !/^(Auditing | {2}surveying)/.test(line))).toEqual([]);
}

test('given a path that is missing or no folder, then it is refused', async () => {
  const root = folderWith({ 'a.ts': '1' });
  await expectRefusal('AUDIT_PATH_MISSING', join(root, 'none'));
  await expectRefusal('AUDIT_PATH_NOT_FOLDER', join(root, 'a.ts'));
  await expectRefusal('AUDIT_PATH_NOT_FOLDER', join(root, 'a.ts', 'b'));
});

test('given a folder without sources, then it is refused, and so it is the next time', async () => {
  const root = folderWith({ 'readme.md': '# none' });
  const journal = join(folderWith({}), 'a.db');
  await expectRefusal('AUDIT_FOLDER_EMPTY', root);
  await expectRefusal('AUDIT_FOLDER_EMPTY', root, '--journal', journal);
  await expectRefusal('AUDIT_FOLDER_EMPTY', root, '--journal', journal);
});

test('given nothing but a source that is left aside, then the reason is told', async () => {
  const root = folderWith({ 'a.js': 'x'.repeat(2_000_000), 'b.md': '' });
  const { err } = await audit(root);
  expect(err).toContain(
    ' (1 file of other kinds; left aside: a.js (too large: 2000000 bytes, at most 1048576)). Pass',
  );
});

test('given a report that can not be written, then it is refused before the work', async () => {
  const root = folderWith({ 'a.ts': '1', 'folder/b.ts': '2' });
  await expectRefusal('BAD_OPTION', root, '--report', join(root, 'folder'));
  await expectRefusal('BAD_OPTION', root, '--report', join(root, 'none', 'report.md'));
  await expectRefusal('BAD_OPTION', root, '--report', join(root, 'a.ts', 'report.md'));
  expect(readdirSync(root)).toEqual(['a.ts', 'folder']);
});

test('given a report over a journal, a source or any other file, then it stays', async () => {
  const root = folderWith({ 'a.ts': '1', 'readme.md': '# Mine', 'notes.txt': 'words' });
  const place = folderWith({});
  const [journal, other] = [join(place, 'z.db'), join(place, 'other.db')];
  (await openJournal(other)).close();
  symlinkSync(journal, join(place, 'link.db'));
  const kept = [other, join(root, 'a.ts'), join(root, 'readme.md'), join(root, 'notes.txt')];
  const before = kept.map((file) => readFileSync(file));
  const beside = ['', '-wal', '-shm', '-lock'].map((end) => `${place}/./z.db${end}`);
  for (const report of [...kept, ...beside, join(place, 'new.mjs')])
    await expectRefusal('BAD_OPTION', root, '--journal', journal, '--report', report);
  await expectRefusal('BAD_OPTION', root, '--journal', join(place, 'link.db'), '--report', other);
  expect(kept.map((file) => readFileSync(file))).toEqual(before);
  expect(readdirSync(place).filter((name) => name.startsWith('z.db'))).toEqual([]);
});

test('given a file that appears where the report goes, then that is kept', async () => {
  const file = join(folderWith({}), 'report.md');
  const report = await reportFile(file);
  writeFileSync(file, '# Mine');
  await expect(report.write('# Audit of x')).rejects.toMatchObject({ code: 'BAD_OPTION' });
  expect(readFileSync(file, 'utf8')).toBe('# Mine');
});

test('given a journal of something else, then it is refused and left as it is', async () => {
  const root = folderWith({ 'a.ts': '1' });
  const place = folderWith({ 'foreign.db': 'something else, for sure' });
  await expectRefusal('JOURNAL_FOREIGN', root, '--journal', join(place, 'foreign.db'));
  mkdirSync(join(place, 'folder.db'));
  await expectRefusal('JOURNAL_UNREADABLE', root, '--journal', join(place, 'folder.db'));
  await expectRefusal('JOURNAL_UNREADABLE', root, '--journal', join(place, 'foreign.db', 'a.db'));
});

test('given a journal in use, or of another team, then it is refused', async () => {
  const root = folderWith({ 'a.ts': '1' });
  const place = folderWith({});
  const path = join(place, 'a.db');
  const owner = await openJournal(path);
  await expectRefusal('JOURNAL_IN_USE', root, '--journal', path);
  owner.close();
  const ours = await createTroupe({ journal: join(place, 'b.db') });
  await ours.stop();
  await expectRefusal('JOURNAL_WORKSPACE', root, '--journal', join(place, 'b.db'));
});

test('given a damaged journal, then it is refused', async () => {
  const root = folderWith({ 'a.ts': '1' });
  const path = join(folderWith({}), 'a.db');
  writeFileSync(path, `SQLite format 3\0${'?'.repeat(4_080)}`);
  const { code, out, err } = await audit(root, '--journal', path);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('[JOURNAL_DAMAGED]');
});

test('given analysers that are missing, then the error names them and the command', () => {
  const none = availability(() => undefined);
  expect(refusal(() => checkAnalysers(none))).toMatchObject({
    code: 'ANALYSER_MISSING',
    missing: expect.arrayContaining(['eslint', 'jscpd', 'dependency-cruiser']),
    command: expect.stringMatching(/^npm install --save-dev eslint@/),
  });
  expect(() => checkAnalysers()).not.toThrow();
});
