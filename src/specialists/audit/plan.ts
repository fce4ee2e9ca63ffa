/**
 * The plan of an audit: which pieces of work a survey is split into, under which names.
 * Pure: the same survey gives the same plan, so that an audit that goes on finds its steps again.
 */
import { type Chunk, chunksOf, type Skipped, type Survey } from '../analysers/index.ts';
import { type FileList, fileListOf } from './orders.ts';

/** The kinds of work that are split into chunks. */
export const chunkKinds = ['complexity', 'leftovers', 'modules'] as const;

/** A kind of work that is split into chunks. */
export type ChunkKind = (typeof chunkKinds)[number];

/** One piece of work. */
export interface Unit {
  readonly name: string;
  readonly kind: ChunkKind | 'survey' | 'duplication' | 'recheck' | 'report';
  /** Bytes of source that it looks at. */
  readonly bytes: number;
  /** How long it takes in one thread, in milliseconds. */
  readonly estimateMs: number;
}

/** How an audit goes on; for whoever watches, nothing depends on it. */
export type AuditEvent = {
  /** The run of the audit, such as `audit/mine-1`. */
  readonly run: string;
} & (
  | { readonly type: 'planned'; readonly plan: Plan; readonly files: number; readonly code: number }
  /** A piece of work is under way: how many of its files are done. */
  | {
      readonly type: 'working';
      readonly unit: string;
      readonly done: number;
      readonly total: number;
    }
  /** A piece of work is done, now or before. */
  | { readonly type: 'done'; readonly unit: string }
);

/** Is told how audits go on. */
export type Watch = (event: AuditEvent) => void;

/** Some chunks that are measured side by side in one run: a fork, and its join. */
export interface Fork {
  /** The name of the lead's step. */
  readonly name: string;
  readonly chunks: readonly ForkChunk[];
}

/** A chunk of a fork. */
export interface ForkChunk {
  /** Its place among all chunks, from 0. */
  readonly index: number;
  readonly files: FileList;
  readonly bytes: number;
  /** Characters of an answer's page: what the fork gives as a whole must fit into one result. */
  readonly chars: number;
}

/** All pieces of work of an audit, and the files of each. */
export interface Plan {
  readonly root: string;
  readonly units: readonly Unit[];
  /** The files of each chunk; the analyses that are split share them. */
  readonly chunks: readonly FileList[];
  /** The chunks again, as they are given out. */
  readonly forks: readonly Fork[];
  /** The files in which duplication is searched. */
  readonly searched: FileList;
  /** All files, in lists that fit into an order each; they are looked at once more at the end. */
  readonly rechecked: readonly FileList[];
  /** The files in which it is not, because there are too many. */
  readonly unsearched: readonly Skipped[];
}

/**
 * Milliseconds for a kilobyte of source in one thread, as measured on a machine of 2024. Mostly
 * their relations matter: what takes longest begins first.
 */
const msPerKb: Readonly<Record<Unit['kind'], number>> = {
  survey: 0,
  complexity: 10,
  duplication: 2.5,
  modules: 0.8,
  leftovers: 0.5,
  recheck: 0.01,
  report: 0,
};

/** What every piece of work costs, however small. */
const msPerUnit = 20;

const unit = (name: string, kind: Unit['kind'], bytes = 0): Unit => ({
  ...{ name, kind, bytes },
  estimateMs: msPerUnit + (bytes / 1_024) * msPerKb[kind],
});

/** The work that is there before anything is known of a folder. */
export const surveyUnit: Unit = unit('survey', 'survey');

/** The work that comes last. */
export const reportUnit: Unit = unit('report', 'report');

/** Plans an audit. */
export function planOf(survey: Pick<Survey, 'root' | 'files'>): Plan {
  const chunks = chunksOf(survey);
  const sizes = new Map(survey.files.map(({ file, bytes }) => [file, bytes]));
  const bytesOf = (files: Chunk['files']): number =>
    files.reduce((sum, { file }) => sum + (sizes.get(file) ?? 0), 0);
  const { searched, unsearched } = searchedOf(survey.files);
  const rechecked = listsOf(survey.files);
  const lists = chunks.map(({ files }) => ({ files: fileListOf(files), bytes: bytesOf(files) }));
  return {
    root: survey.root,
    units: [
      surveyUnit,
      unit('duplication', 'duplication', bytesOf(searched)),
      ...chunkKinds.flatMap((kind) =>
        lists.map(({ bytes }, index) => unit(chunkName(kind, index), kind, bytes)),
      ),
      ...rechecked.map((files, index) =>
        unit(chunkName('recheck', index), 'recheck', bytesOf(files)),
      ),
      reportUnit,
    ],
    chunks: lists.map(({ files }) => files),
    forks: forksOf(lists),
    searched: fileListOf(searched),
    rechecked: rechecked.map(fileListOf),
    unsearched,
  };
}

/** The name of the work on a chunk: `complexity-001` is the first. */
export const chunkName = (kind: ChunkKind | 'recheck', index: number): string =>
  `${kind}-${String(index + 1).padStart(3, '0')}`;

/** Bytes of source in one fork: its answers are a tenth of them, and fit into one result. */
const forkBytes = 2_097_152;

/** Characters of JSON of the lists of files in one fork; the limit of an input is 1 MiB. */
const forkChars = 600_000;

/** Characters of JSON that all answers of one kind in a fork may have together. */
const answerChars = 240_000;

/** Least characters of a page. */
const pageCharsMin = 2_000;

/** Groups chunks, in their order. */
function forksOf(lists: readonly Pick<ForkChunk, 'files' | 'bytes'>[]): Fork[] {
  const groups: Omit<ForkChunk, 'chars'>[][] = [];
  let [bytes, chars] = [0, 0];
  for (const [index, list] of lists.entries()) {
    const own = JSON.stringify(list.files).length;
    if (groups.length === 0 || bytes + list.bytes > forkBytes || chars + own > forkChars) {
      groups.push([]);
      [bytes, chars] = [0, 0];
    }
    groups.at(-1)?.push({ ...list, index });
    bytes += list.bytes;
    chars += own;
  }
  return groups.map((group, number) => ({
    name: `measure-${number + 1}`,
    chunks: group.map((one) => ({ ...one, chars: pageCharsOf(one, group) })),
  }));
}

/** The share of a chunk, by its bytes. */
function pageCharsOf({ bytes }: { bytes: number }, group: readonly { bytes: number }[]): number {
  const total = group.reduce((sum, one) => sum + one.bytes, 0);
  return Math.max(pageCharsMin, Math.floor((answerChars * bytes) / Math.max(1, total)));
}

/** Characters of JSON of the list of files that one search gets; the limit of an input is 1 MiB. */
const listChars = 900_000;

/**
 * Clones are found across files, so one search gets them all. The list of files must fit into one
 * input: that is 20,000 files and more, while the search itself ends at 24 million characters.
 */
function searchedOf(files: Survey['files']): { searched: Chunk['files']; unsearched: Skipped[] } {
  const [searched = [], ...rest] = listsOf(files);
  const detail = `duplication is searched in the first ${searched.length} files`;
  const unsearched = rest
    .flat()
    .map(({ file }): Skipped => ({ file, reason: 'too-large', detail }));
  return { searched, unsearched };
}

/** Splits files into lists that are as long as an input takes. */
function listsOf(files: Survey['files']): Chunk['files'][] {
  const lists: Chunk['files'][] = [];
  let chars = listChars;
  let folder: string | undefined;
  for (const { file, sha256 } of files) {
    const at = file.lastIndexOf('/');
    const above = file.slice(0, Math.max(0, at));
    const own = JSON.stringify(file.slice(at + 1)).length + 22;
    const heading = JSON.stringify(above).length + 25;
    chars += above === folder ? own : own + heading;
    if (chars > listChars) {
      lists.push([]);
      chars = own + heading;
    }
    folder = above;
    lists.at(-1)?.push({ file, sha256 });
  }
  return lists;
}
