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
  /** The name of the lead's step. */
  readonly name: string;
  readonly kind: ChunkKind | 'survey' | 'duplication' | 'recheck' | 'report';
  /** Bytes of source that it looks at. */
  readonly bytes: number;
}

/** All pieces of work of an audit, and the files of each. */
export interface Plan {
  readonly root: string;
  readonly units: readonly Unit[];
  /** The files of each chunk; the analyses that are split share them. */
  readonly chunks: readonly FileList[];
  /** The files in which duplication is searched. */
  readonly searched: FileList;
  /** All files, in lists that fit into an order each; they are looked at once more at the end. */
  readonly rechecked: readonly FileList[];
  /** The files in which it is not, because there are too many. */
  readonly unsearched: readonly Skipped[];
}

/** The work that is there before anything is known of a folder. */
export const surveyUnit: Unit = { name: 'survey', kind: 'survey', bytes: 0 };

/** The work that comes last. */
export const reportUnit: Unit = { name: 'report', kind: 'report', bytes: 0 };

/** Plans an audit. */
export function planOf(survey: Pick<Survey, 'root' | 'files'>): Plan {
  const chunks = chunksOf(survey);
  const sizes = new Map(survey.files.map(({ file, bytes }) => [file, bytes]));
  const bytesOf = (files: Chunk['files']): number =>
    files.reduce((sum, { file }) => sum + (sizes.get(file) ?? 0), 0);
  const { searched, unsearched } = searchedOf(survey.files);
  const rechecked = listsOf(survey.files);
  return {
    root: survey.root,
    units: [
      surveyUnit,
      { name: 'duplication', kind: 'duplication', bytes: bytesOf(searched) },
      ...chunkKinds.flatMap((kind) =>
        chunks.map(({ files }, index) => ({
          name: chunkName(kind, index),
          kind,
          bytes: bytesOf(files),
        })),
      ),
      ...rechecked.map((files, index) => ({
        name: chunkName('recheck', index),
        kind: 'recheck' as const,
        bytes: bytesOf(files),
      })),
      reportUnit,
    ],
    chunks: chunks.map(({ files }) => fileListOf(files)),
    searched: fileListOf(searched),
    rechecked: rechecked.map(fileListOf),
    unsearched,
  };
}

/** The step's name for a chunk: `complexity-001` is the first. */
export const chunkName = (kind: ChunkKind | 'recheck', index: number): string =>
  `${kind}-${String(index + 1).padStart(3, '0')}`;

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
