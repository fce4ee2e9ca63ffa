/**
 * Arguments of `troupe audit`, and what is looked at before the long work begins, so that nobody
 * waits for an error that could have been told at once.
 */
import {
  access,
  constants,
  mkdir,
  open,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Journal, memoryJournal, openJournal } from '../../journal/index.ts';
import { troupeError } from '../../protocol/index.ts';
import { auditedKinds, availability, reportStart } from '../../specialists/index.ts';
import { refuseArgument } from '../command.ts';

/** What was asked for. */
export interface AuditArguments {
  /** The folder as it was written. */
  readonly path: string;
  readonly json: boolean;
  readonly report: string | undefined;
  readonly journal: string | undefined;
  /** Whether a person approves the plan first. */
  readonly confirm: boolean;
  /** The plan that is approved, or rejected, by its name. */
  readonly approve: string | undefined;
  readonly reject: string | undefined;
}

/** Reads the arguments. @throws TroupeError `BAD_OPTION`; the parser's error for an unknown one. */
export function auditArguments(args: readonly string[]): AuditArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      report: { type: 'string' },
      journal: { type: 'string' },
      confirm: { type: 'boolean', default: false },
      approve: { type: 'string' },
      reject: { type: 'string' },
    },
  });
  const [path = '.', extra] = positionals;
  if (extra !== undefined) refuseArgument('audit', extra, 'is one argument too many');
  const { json, report, journal, confirm, approve, reject } = values;
  for (const [name, value] of Object.entries({ path, report, journal, approve, reject })) {
    if (value === '') refuseArgument('audit', name === 'path' ? name : `--${name}`, 'is empty');
  }
  if (approve !== undefined && reject !== undefined)
    refuseArgument('audit', '--reject', 'contradicts --approve');
  const isDecision = approve !== undefined || reject !== undefined;
  if (isDecision && journal === undefined)
    refuseArgument('audit', '--journal', 'is missing: a plan waits in a journal');
  return { path, json, report, journal, confirm, approve, reject };
}

/**
 * The one absolute path of the folder to audit.
 * @throws TroupeError `AUDIT_PATH_MISSING`, `AUDIT_PATH_NOT_FOLDER`, `AUDIT_PATH_UNREADABLE`.
 */
export async function folderOf(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const reason = systemCode(error);
    if (reason === 'ENOENT') throw troupeError('AUDIT_PATH_MISSING', { path });
    if (reason !== 'ENOTDIR') throw troupeError('AUDIT_PATH_UNREADABLE', { path, reason });
  }
  throw troupeError('AUDIT_PATH_NOT_FOLDER', { path });
}

/** @throws TroupeError `ANALYSER_MISSING` with the command that adds what is missing. */
export function checkAnalysers(found = availability()): void {
  const { missing, command } = found;
  if (missing.length > 0) throw troupeError('ANALYSER_MISSING', { missing, command });
}

/** The workspace of audits: a journal of another team is refused, and its runs are left alone. */
export const auditWorkspace = 'audit';

/**
 * The journal in a file, whose folder is made when it is missing; without a file in memory.
 * @throws TroupeError `JOURNAL_…` for what can't be used.
 */
export async function auditJournal(path: string | undefined): Promise<Journal> {
  if (path === undefined) return memoryJournal();
  // What is wrong with the folder, opening the journal tells.
  await mkdir(dirname(resolve(path)), { recursive: true }).catch(() => undefined);
  return openJournal(path, { workspace: auditWorkspace });
}

/** A report that will be written: its content goes beside the file and takes its place at once. */
export interface ReportFile {
  write(text: string): Promise<void>;
}

/**
 * Looks whether a report can be written to a file, without touching the file. What is no report
 * keeps its place: a journal (`journal` is that of this audit), a source, whatever else is there.
 * @throws TroupeError `BAD_OPTION`.
 */
export async function reportFile(path: string, journal?: string): Promise<ReportFile> {
  const file = await realOf(path);
  const beside = `${file}.${process.pid}.tmp`;
  const refuse = (error: unknown): never => {
    const reason = reasons[systemCode(error)] ?? systemCode(error);
    return refuseArgument('audit', `--report ${path}`, `can't be written: ${reason}`);
  };
  if (await isOfJournal(file, journal)) refuse('it is the journal');
  if (auditedKinds.has(file.slice(file.lastIndexOf('.') + 1).toLowerCase())) refuse(sourceName);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) refuse({ code: 'EISDIR' });
  if (found !== undefined) await access(file, constants.W_OK).catch(refuse);
  // A device or a pipe is written to; put in its place, a file would take it away from others.
  if (found !== undefined && !found.isFile())
    return { write: (text) => writeFile(file, text).catch(refuse) };
  if (!(await isFree(file).catch(refuse))) refuse(otherFile);
  await writeFile(beside, '', { flag: 'wx' }).catch(refuse);
  await rm(beside);
  return {
    async write(text) {
      // Much can have been put there since.
      if (!(await isFree(file).catch(refuse))) refuse(otherFile);
      try {
        await writeFile(beside, text, { flush: true });
        await rename(beside, file);
      } catch (error) {
        await rm(beside, { force: true });
        refuse(error);
      }
    },
  };
}

const sourceName = 'its name is that of a source; end it with .md';
const otherFile = 'another file is there that is no report; delete it or choose another name';

/** The path with every link resolved; its file need not be there yet. */
async function realOf(path: string): Promise<string> {
  const whole = resolve(path);
  return realpath(whole).catch(async () => {
    const folder = await realpath(dirname(whole)).catch(() => dirname(whole));
    return join(folder, basename(whole));
  });
}

/** Whether a file is the journal, or one of those that SQLite and the lock keep beside it. */
async function isOfJournal(file: string, journal: string | undefined): Promise<boolean> {
  if (journal === undefined) return false;
  const own = await realOf(journal);
  return ['', '-wal', '-shm', '-journal', '-lock'].some((end) => file === own + end);
}

/** Whether a report may take the place of a file: there is none, or an empty one, or a report. */
async function isFree(file: string): Promise<boolean> {
  const handle = await open(file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return true;
  await using _ = handle;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(reportStart.length));
  return bytesRead === 0 || buffer.toString('latin1', 0, bytesRead) === reportStart;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
};

function systemCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}
