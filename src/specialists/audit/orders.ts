/**
 * What the lead asks of the bots, and what they answer: plain JSON with a schema for each.
 *
 * A large folder gives large answers, and a journal keeps small rows; so every answer comes in
 * pages. The first says how many there are and carries a mark, the hash of the whole: pages of one
 * mark belong together, whoever made them and whenever.
 */
import { z } from 'zod';
import {
  type Chunk,
  Complexity,
  Duplication,
  Leftovers,
  Modules,
  Recheck,
  Survey,
} from '../analysers/index.ts';

/** What to audit. */
export const AuditRequest = z.object({
  /** The folder's path; absolute, so that a run means the same wherever it goes on. */
  path: z.string().min(1),
  /** Whether a person approves the plan before the long work begins (default false). */
  confirm: z.boolean().optional(),
});
export type AuditRequest = z.infer<typeof AuditRequest>;

const page = {
  /** Which page of the answer, from 1. */
  page: z.int().min(1),
  /** Mark of the first page; left out when that is asked for. */
  mark: z.string().optional(),
};

/** Which page of an answer is asked for. */
export type PageOrder = { readonly page: number; readonly mark?: string | undefined };

/** Asks for one page of a survey. */
export const SurveyOrder = z.object({ path: z.string(), ...page });
export type SurveyOrder = z.infer<typeof SurveyOrder>;

/**
 * Files with the beginning of their hash, folder by folder: a third of the size of a list of paths,
 * and 64 bits are plenty to notice a change.
 */
export const FileList = z.array(
  z.object({ folder: z.string(), files: z.array(z.tuple([z.string(), z.string()])) }),
);
export type FileList = z.infer<typeof FileList>;

/** Asks for one page of what an analyst finds in some files of the folder `root`. */
export const FilesOrder = z.object({
  root: z.string(),
  files: FileList,
  /** The work's name in the plan. */
  unit: z.string(),
  ...page,
  /** Bytes of source in them. */
  bytes: z.int().min(0).optional(),
  /** Most characters of a page; default `pageChars`. */
  chars: z.int().min(1).optional(),
});
export type FilesOrder = z.infer<typeof FilesOrder>;

/** Asks for the first page of all that is measured chunk by chunk, of the chunks of one fork. */
export const ForkOrder = z.object({
  root: z.string(),
  chunks: z.array(
    z.object({
      index: z.int().min(0),
      files: FileList,
      bytes: z.int().min(0),
      chars: z.int().min(1),
    }),
  ),
});
export type ForkOrder = z.infer<typeof ForkOrder>;

const count = z.int().min(0);

/** What a person approves before the long work begins: the plan in figures. */
export const AuditPlan = z.object({
  path: z.string(),
  files: count,
  bytes: count,
  /** Lines of code. */
  code: count,
  /** Files by kind, the most first. */
  kinds: z.array(z.object({ kind: z.string(), files: count })),
  /** Files, folders and links that can't be audited. */
  skipped: count,
  chunks: count,
  /** Pieces of work. */
  steps: count,
  /** How long all of it takes in one thread, in milliseconds. */
  workMs: count,
  /** Hash of the files' names and contents: the plan is about these and no others. */
  sources: z.string(),
});
export type AuditPlan = z.infer<typeof AuditPlan>;

const pageOf = <Part extends z.ZodType>(part: Part) =>
  z.object({ part, pages: z.int().min(1), mark: z.string() });

/** One page of an answer. */
export interface Page<Part> {
  readonly part: Part;
  readonly pages: number;
  readonly mark: string;
}

/** The answers by the kind of work. */
export const answers = {
  survey: pageOf(Survey),
  complexity: pageOf(Complexity),
  leftovers: pageOf(Leftovers),
  modules: pageOf(Modules),
  duplication: pageOf(Duplication),
  recheck: pageOf(Recheck),
} as const;

/** Digits of a hash that are kept in a list: 64 bits. */
const hashDigits = 16;

/** Packs files into a list; their order stays. */
export function fileListOf(files: Chunk['files']): FileList {
  const list: FileList = [];
  for (const { file, sha256 } of files) {
    const at = file.lastIndexOf('/');
    const folder = at < 0 ? '' : file.slice(0, at);
    if (list.at(-1)?.folder !== folder) list.push({ folder, files: [] });
    list.at(-1)?.files.push([file.slice(at + 1), sha256.slice(0, hashDigits)]);
  }
  return list;
}

/** Unpacks an order into what the analysers take. */
export function chunkOf({ root, files }: Pick<FilesOrder, 'root' | 'files'>): Chunk {
  const unpacked = files.flatMap(({ folder, files: inside }) =>
    inside.map(([name, sha256]) => ({ file: folder === '' ? name : `${folder}/${name}`, sha256 })),
  );
  return { root, files: unpacked };
}
