/** Places: where in the user's source something is done, from the stack. */

/** A line of source. */
export interface SourcePlace {
  /** Who called: code of the user, the runtime itself, the test runner, or Node. */
  readonly by: 'user' | 'runtime' | 'runner' | 'node';
  /** `src/finder.ts:12`; undefined when no frame is the user's. */
  readonly text: string | undefined;
}

/** How many frames are looked at; libraries may lie between. */
const FRAMES = 40;

const FRAME = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/]|node:)[^()]*?):(\d+):\d+\)?$/;
const RUNNER = /\/node_modules\/(?:@vitest|vitest|vite|vite-node|fast-check|tinypool)\//;

/** Where this package lies; `specialists` and `cli` are programs on its public door. */
const ROOT = /^(.*\/(?:src|dist))\//.exec(pathOf(import.meta.url))?.[1] ?? '';
const PROGRAMS = [`${ROOT}/specialists/`, `${ROOT}/cli/`];

/** The place that calls `callee`. */
export function callerOf(callee: (...args: never) => unknown): SourcePlace {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const held: { stack?: unknown } = {};
  Error.captureStackTrace(held, callee);
  const text = String(held.stack);
  Error.stackTraceLimit = before;
  return placeIn(text);
}

/** The place that a stack's text tells of, its newest frame first. */
export function placeIn(stack: string): SourcePlace {
  const frames = stack.split('\n').flatMap((line) => {
    const match = FRAME.exec(line.trimEnd());
    return match?.[1] === undefined ? [] : [{ path: pathOf(match[1]), line: match[2] ?? '' }];
  });
  const newest = frames[0];
  const user = frames.filter(({ path }) => whose(path) === 'user');
  const own = user.find(({ path }) => !path.includes('/node_modules/')) ?? user[0];
  const text = own === undefined ? undefined : `${fromHere(own.path)}:${own.line}`;
  return { by: newest === undefined ? 'user' : whose(newest.path), text };
}

function whose(path: string): SourcePlace['by'] {
  if (path.startsWith('node:')) return 'node';
  if (RUNNER.test(path)) return 'runner';
  const isOurs = ROOT !== '' && path.startsWith(`${ROOT}/`);
  return isOurs && !PROGRAMS.some((program) => path.startsWith(program)) ? 'runtime' : 'user';
}

function pathOf(url: string): string {
  const path = url.startsWith('file://') ? decodeURIComponent(url.slice('file://'.length)) : url;
  const [plain = path] = path.split('?');
  return plain.replaceAll('\\', '/');
}

function fromHere(path: string): string {
  const here = `${process.cwd().replaceAll('\\', '/')}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
