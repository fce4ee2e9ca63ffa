/**
 * The survey: which files are audited, with their size, hash and lines, and what is left aside.
 *
 * The walk is breadth first over real folders. Links are never followed: what they point to inside
 * the folder is audited at its own place, what lies outside is no part of it; so no loop of links
 * can trap the walk. Every source file left aside is reported, but for those in folders left out.
 * Invariant: the same folder gives the same survey, byte for byte.
 */
import { join, sep } from 'node:path';
import { contentOf, type Disk, type Entry, nodeDisk, systemCode } from './disk.ts';
import type {
  Chunk,
  KindTotals,
  Progress,
  Refusal,
  Skipped,
  SourceFile,
  Survey,
  SurveyRequest,
} from './findings.ts';
import { linesOf } from './lines.ts';
import { gitIgnore } from './tools.ts';

/** Bounds of a survey. */
export const surveyLimits = {
  /** Bytes of one file: hand-written source stays below; ESLint takes seconds for more. */
  fileBytes: 1_048_576,
  /** Files and folders of one audit: with more, the survey itself is too large to hand around. */
  entries: 200_000,
  /** Files read at once. */
  reads: 32,
  /** From this size on, lines longer than that on average are taken for a machine's work. */
  minifiedBytes: 20_000,
  minifiedLineBytes: 500,
} as const;

/** Kinds that are audited; `.d.ts` files are declarations of sources that are elsewhere. */
export const auditedKinds: ReadonlySet<string> = new Set([
  ...['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'],
]);

/** Folders left out wherever they are. */
export const leftOutFolders: readonly string[] = [
  ...['node_modules', 'bower_components', 'jspm_packages', '.yarn', '.pnpm-store'],
  ...['.git', '.hg', '.svn', '.next', '.nuxt', '.output', '.svelte-kit', '.turbo', '.cache'],
  ...['.parcel-cache', '.vercel', '.netlify', '.docusaurus', '.nyc_output', '.troupe'],
];

/** Folders left out at the top and beside a `package.json`; elsewhere they may hold sources. */
export const buildFolders: readonly string[] = ['dist', 'build', 'out', 'coverage', 'vendor'];

/**
 * Surveys a folder: its source files, its lines by kind, and what is left aside with the reason.
 * @returns the survey; or, when there is nothing to audit, a refusal.
 */
export async function survey(
  request: SurveyRequest,
  progress?: Progress,
  disk: Disk = nodeDisk,
): Promise<Survey | Refusal> {
  const root = await rootOf(request.path, disk);
  if (typeof root !== 'string') return root;
  const tree: Tree = { files: [], links: [], skipped: [], leftOut: [] };
  const refused = await walk(root, request, tree, disk);
  if (refused) return refused;
  const read = await readAll(root, request.fileBytesMax, tree.files, progress, disk);
  const files = read.flatMap(({ source }) => source ?? []).sort(byFile);
  const skipped = [...tree.skipped, ...read.flatMap((found) => found.skipped ?? [])].sort(byFile);
  if (files.length === 0)
    return {
      refused: 'AUDIT_FOLDER_EMPTY',
      data: {
        path: request.path,
        otherFiles: read.filter(({ kind }) => !auditedKinds.has(kind)).length,
        skipped: reasonsOf(skipped),
      },
    };
  const invalidUtf8 = read.filter(({ validUtf8 }) => validUtf8 === false).map(({ file }) => file);
  const kinds = kindTotals(read);
  return { root, files, kinds, skipped, invalidUtf8: invalidUtf8.sort(), leftOut: tree.leftOut };
}

/**
 * Splits files into chunks of about `bytes` (default 64 KiB: a tenth of a second of ESLint), in
 * their order; of a large tree into at most `chunks` (default 256).
 */
export function chunksOf(
  { root, files }: Pick<Survey, 'root' | 'files'>,
  options: { readonly bytes?: number; readonly chunks?: number } = {},
): Chunk[] {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = options.chunks ?? 256;
  const target = Math.max(options.bytes ?? 65_536, Math.ceil(total / most));
  const chunks: Chunk[] = [];
  let filled = target;
  for (const { file, sha256, bytes } of files) {
    if (filled >= target && chunks.length < most) {
      chunks.push({ root, files: [] });
      filled = 0;
    }
    chunks.at(-1)?.files.push({ file, sha256 });
    filled += bytes;
  }
  return chunks;
}

/** Files named in an error. */
const namedMax = 3;

/** What was left aside and why, in words; of many the first. */
function reasonsOf(skipped: readonly Skipped[]): string[] {
  const words = skipped.slice(0, namedMax).map(({ file, reason, detail }) => {
    const why = reason.replace('-', ' ');
    return `${file} (${detail === undefined ? why : `${why}: ${detail}`})`;
  });
  const more = skipped.length - words.length;
  return more > 0 ? [...words, `${more} more`] : words;
}

interface Tree {
  readonly files: string[];
  readonly links: string[];
  readonly skipped: Skipped[];
  readonly leftOut: string[];
}

async function rootOf(path: string, disk: Disk): Promise<string | Refusal> {
  try {
    const root = await disk.real(path);
    if ((await disk.type(root)) === 'folder') return root;
    return { refused: 'AUDIT_PATH_NOT_FOLDER', data: { path } };
  } catch (error) {
    const reason = systemCode(error);
    return reason === 'ENOENT' || reason === 'ENOTDIR'
      ? { refused: 'AUDIT_PATH_MISSING', data: { path } }
      : { refused: 'AUDIT_PATH_UNREADABLE', data: { path, reason } };
  }
}

/** Fills `tree`; folders wait in a queue, so that no depth is too deep. */
async function walk(
  root: string,
  request: SurveyRequest,
  tree: Tree,
  disk: Disk,
): Promise<Refusal | undefined> {
  const { path } = request;
  const { entries: entriesMax } = surveyLimits;
  const leaves = await leaving(root, request, disk);
  const folders = [''];
  let seen = 0;
  for (const folder of folders) {
    const entries = await disk.entries(join(root, folder)).catch(systemCode);
    if (typeof entries !== 'string') {
      seen += entries.length;
      if (seen > entriesMax)
        return { refused: 'AUDIT_FOLDER_TOO_LARGE', data: { path, entriesMax } };
      for (const below of visit(folder, entries, leaves, tree)) folders.push(below);
    } else if (folder === '') {
      return { refused: 'AUDIT_PATH_UNREADABLE', data: { path, reason: entries } };
    } else tree.skipped.push({ file: folder, reason: 'unreadable', detail: entries });
  }
  for (const file of tree.links) tree.skipped.push(...(await linkFault(root, file, disk)));
  return undefined;
}

/** Sorts what is in one folder into `tree` and gives the folders that are to be visited. */
function visit(
  folder: string,
  entries: readonly Entry[],
  leaves: Leaves,
  tree: Tree,
): readonly string[] {
  const below: string[] = [];
  const besidePackage = folder === '' || entries.some(({ name }) => name === 'package.json');
  for (const entry of [...entries].sort(byName)) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (leaves(file, entry, besidePackage)) {
      if (entry.type === 'folder' || isAudited(file)) tree.leftOut.push(file);
    } else if (entry.type === 'folder') below.push(file);
    else if (entry.type === 'file') tree.files.push(file);
    else if (entry.type === 'link') tree.links.push(file);
    else tree.skipped.push({ file, reason: 'unreadable', detail: 'not a regular file' });
  }
  return below;
}

type Leaves = (file: string, entry: Entry, besidePackage: boolean) => boolean;

/** Whether something is left out by its name, or by the folder's `.gitignore`. */
async function leaving(root: string, request: SurveyRequest, disk: Disk): Promise<Leaves> {
  const names = new Set(request.leaveOut ?? leftOutFolders);
  const built = new Set(request.leaveOut ? [] : buildFolders);
  const rules = await disk.read(join(root, '.gitignore')).catch(() => undefined);
  const ignores = rules && gitIgnore(new TextDecoder().decode(rules));
  return (file, { name, type }, besidePackage) => {
    if (type !== 'folder') return ignores?.(file) === true;
    if (names.has(name) || (besidePackage && built.has(name))) return true;
    return ignores?.(`${file}/`) === true;
  };
}

/** A link into the folder is no fault: its target is audited where it is. */
async function linkFault(root: string, file: string, disk: Disk): Promise<Skipped[]> {
  const target = await disk.real(join(root, file)).catch(() => undefined);
  if (target === undefined) return [{ file, reason: 'link-broken' }];
  const inside = target === root || target.startsWith(root.endsWith(sep) ? root : root + sep);
  return inside ? [] : [{ file, reason: 'link-outside' }];
}

interface Read {
  readonly file: string;
  readonly kind: string;
  readonly bytes: number;
  readonly lines: number;
  readonly source?: SourceFile;
  readonly validUtf8?: boolean;
  readonly skipped?: Skipped;
}

async function readAll(
  root: string,
  fileBytesMax: number | undefined,
  files: readonly string[],
  progress: Progress | undefined,
  disk: Disk,
): Promise<Read[]> {
  const max = fileBytesMax ?? surveyLimits.fileBytes;
  const read: Read[] = [];
  for (let from = 0; from < files.length; from += surveyLimits.reads) {
    const some = files.slice(from, from + surveyLimits.reads);
    read.push(...(await Promise.all(some.map((file) => readOne(root, file, max, disk)))));
    progress?.(read.length, files.length);
  }
  return read;
}

async function readOne(root: string, file: string, max: number, disk: Disk): Promise<Read> {
  const none = { file, kind: kindOf(file), bytes: 0, lines: 0 };
  const audited = auditedKinds.has(none.kind);
  try {
    if (audited && /[.-]min\.[cm]?js$/.test(file))
      return { ...none, skipped: { file, reason: 'minified', detail: 'by its name' } };
    const path = join(root, file);
    const bytes = await disk.size(path);
    const detail = `${bytes} bytes, at most ${max}`;
    if (bytes > max)
      return { ...none, bytes, ...(audited && { skipped: { file, reason: 'too-large', detail } }) };
    const content = await disk.read(path);
    if (content.subarray(0, 8_000).includes(0))
      return { ...none, bytes, ...(audited && { skipped: { file, reason: 'binary' } }) };
    return { ...none, bytes, ...textFacts(none, audited, content) };
  } catch (error) {
    return { ...none, skipped: { file, reason: 'unreadable', detail: systemCode(error) } };
  }
}

function textFacts(
  { file, kind }: Pick<Read, 'file' | 'kind'>,
  audited: boolean,
  content: Uint8Array,
): Pick<Read, 'lines' | 'source' | 'validUtf8' | 'skipped'> {
  const { text, sha256, validUtf8 } = contentOf(content);
  const lines = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
  const bytes = content.length;
  if (!audited) return { lines };
  if (bytes > surveyLimits.minifiedBytes && bytes / lines > surveyLimits.minifiedLineBytes)
    return { lines, skipped: { file, reason: 'minified', detail: 'by its long lines' } };
  return { lines, validUtf8, source: { file, kind, bytes, sha256, lines: linesOf(text) } };
}

function kindTotals(read: readonly Read[]): KindTotals[] {
  const totals = new Map<string, KindTotals>();
  for (const { kind, bytes, lines } of read) {
    const sum = totals.get(kind) ?? { kind, audited: false, files: 0, bytes: 0, lines: 0 };
    sum.audited = auditedKinds.has(kind);
    sum.files += 1;
    sum.bytes += bytes;
    sum.lines += lines;
    totals.set(kind, sum);
  }
  return [...totals.values()].sort((a, b) => b.lines - a.lines || compare(a.kind, b.kind));
}

/** The kind of a file: its extension in lower case, `d.ts` for declarations, else `none`. */
function kindOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  if (/\.d\.[cm]?ts$/.test(name)) return 'd.ts';
  const dot = name.lastIndexOf('.');
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1) : 'none';
}

const isAudited = (file: string): boolean => auditedKinds.has(kindOf(file));
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const byName = (a: Entry, b: Entry): number => compare(a.name, b.name);
const byFile = (a: { file: string }, b: { file: string }): number => compare(a.file, b.file);
