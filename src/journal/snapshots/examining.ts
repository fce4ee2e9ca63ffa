/** Examines the copy of a snapshot: a small one here, a large one in a process beside this one. */
import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { limits } from '../../protocol/index.ts';
import { problemOf } from './examine.ts';

/** The first thing that is wrong with a copy; undefined when nothing is. */
export async function examined(
  path: string,
  { hereBytes = limits.startBytes }: { readonly hereBytes?: number } = {},
): Promise<string | undefined> {
  if (statSync(path).size <= hereBytes) return problemOf(path);
  const answer = await besides(path);
  // Where no process can be had it is examined all the same.
  return answer === undefined ? problemOf(path) : answer || undefined;
}

/** What a process says: an empty text when nothing is wrong; undefined when it says nothing. */
function besides(path: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = fork(ownProcess(), [path], {
    execArgv: [],
    // What the app has Node load is none of this process's.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.on('message', (said) => {
    const problem: unknown = typeof said === 'object' ? Reflect.get(said, 'problem') : undefined;
    resolve(typeof problem === 'string' ? problem : undefined);
  });
  child.on('error', () => resolve(undefined));
  child.on('exit', () => resolve(undefined));
  return promise;
}

/** Beside this source inside the repository; in the package this code lies in a shared chunk. */
function ownProcess(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? './process.ts' : '../src/journal/snapshots/process.js';
  return new URL(file, import.meta.url);
}
