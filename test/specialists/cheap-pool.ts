/**
 * A pool without threads whose analyses cost next to nothing: what it finds follows from the texts
 * alone and fits the schemas, and that is all a test of the team needs. The survey is the real one.
 */
import { posix } from 'node:path';
import { troupeError } from '../../src/protocol/index.ts';
import { type Notes, recheck, textsOf } from '../../src/specialists/analysers/disk.ts';
import type {
  Chunk,
  Job,
  JobOptions,
  Pool,
  SurveyRequest,
} from '../../src/specialists/analysers/index.ts';
import { survey } from '../../src/specialists/analysers/sources.ts';

/** A job as a hook sees it: its name, and what it is given. */
export interface Begun {
  readonly job: string;
  /** The first file of a chunk, the path of a survey. */
  readonly of: string;
  readonly files: number;
}

/** Is called before a job begins; what it throws is the job's failure. */
export type Hook = (begun: Begun, signal: AbortSignal | undefined) => void | Promise<void>;

/** A pool of cheap analyses. */
export function cheapPool(before: Hook = () => {}): Pool {
  return {
    size: 2,
    async run<In, Out>(job: Job<In, Out>, input: In, options: JobOptions = {}): Promise<Out> {
      const { signal, onProgress } = options;
      const given = job.input.parse(input) as Chunk & SurveyRequest;
      const files = given.files?.length ?? 0;
      await before({ job: job.name, of: given.files?.[0]?.file ?? given.path, files }, signal);
      signal?.throwIfAborted();
      onProgress?.(0, files);
      const found = await works[job.name]?.(given);
      onProgress?.(files, files);
      const refused = found as { refused: 'AUDIT_FOLDER_EMPTY'; data: never } | undefined;
      if (refused?.refused) throw troupeError(refused.refused, refused.data);
      return job.output.parse(found);
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

const works: Readonly<Record<string, (input: Chunk & SurveyRequest) => Promise<unknown>>> = {
  survey: (request) => survey(request),
  complexity: (chunk) =>
    found(chunk, 'functionsOver10', ({ file, text }) => [
      { file, line: 2, endLine: 2, what: 'Function', complexity: 11 + (text.length % 30) },
    ]),
  recheck: (chunk) => recheck(chunk),
  leftovers: (chunk) =>
    found(chunk, 'warningComments', ({ file, text }) =>
      text.includes('todo') ? [{ file, line: 2, term: 'todo' }] : [],
    ),
  modules: async (chunk) => {
    const { imports } = await found(chunk, 'imports', ({ file, text }) => {
      const targets = [...text.matchAll(/from '(.*)'/g)].map(([, to = '']) => to);
      return [[file, targets.map((to) => posix.join(posix.dirname(file), to))]];
    });
    return { imports: Object.fromEntries(imports as []), unresolved: [], skipped: [] };
  },
  duplication: (chunk) =>
    found(chunk, 'clones', ({ file, text }) =>
      text.length % 3 > 0
        ? []
        : [{ a: file, aStart: 1, aEnd: 9, b: file, bStart: 11, bEnd: 19, lines: 9, tokens: 60 }],
    ),
};

interface Text {
  readonly file: string;
  readonly text: string;
}

/** What is found in each text, in one list under a name, among fields that are empty. */
async function found(
  chunk: Chunk,
  list: string,
  find: (text: Text) => readonly unknown[],
): Promise<Record<string, unknown>> {
  const notes: Notes = { changed: [], skipped: [] };
  const items: unknown[] = [];
  let files = 0;
  for await (const text of textsOf(chunk, notes)) {
    items.push(...find(text));
    files += 1;
  }
  return {
    ...{ files, functions: files, maxComplexity: 40, complexityHistogram: {}, depthOver4: 0 },
    ...{ functionsOver10: [], cognitiveOver15: [], longFunctions: [], manyParams: [] },
    ...{ syntaxFaults: [], duplicatedLines: 9, duplicationPercent: 1 },
    ...notes,
    [list]: items,
  };
}
