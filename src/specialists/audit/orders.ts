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
export const FilesOrder = z.object({ root: z.string(), files: FileList, ...page });
export type FilesOrder = z.infer<typeof FilesOrder>;

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
export function chunkOf({ root, files }: FilesOrder): Chunk {
  const unpacked = files.flatMap(({ folder, files: inside }) =>
    inside.map(([name, sha256]) => ({ file: folder === '' ? name : `${folder}/${name}`, sha256 })),
  );
  return { root, files: unpacked };
}
