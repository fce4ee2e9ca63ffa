/** The preload library, compiled where there is a C compiler, and processes that have it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const source = fileURLToPath(new URL('./preload.c', import.meta.url));

/** Why there is no library; the reason of a skip. */
export interface Missing {
  readonly missing: string;
}

/** Compiles the library into a folder that the caller removes. */
export function compile(folder: string): { readonly library: string } | Missing {
  if (process.platform !== 'linux') return { missing: 'LD_PRELOAD is tried on Linux alone' };
  const library = join(folder, 'preload.so');
  const given = ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source, '-ldl'];
  const { error, status, stderr } = spawnSync('cc', given, { encoding: 'utf8' });
  if (error !== undefined) return { missing: 'there is no C compiler (cc)' };
  return status === 0 ? { library } : { missing: `cc failed: ${stderr}` };
}

/** A folder of a test, by its name without links. */
export function tracedFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'troupe-disk-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What the library is told; see `preload.c`. */
export interface Watched {
  readonly library: string;
  readonly folder: string;
  readonly trace?: string;
  readonly fault?: string;
  /** Root of a copy of the sources that runs in their place. */
  readonly copy?: string | undefined;
}

/** Starts a script of this folder with the library before libc. */
export function startWith(watched: Watched, script: string, ...given: string[]): ChildProcess {
  const own = fileURLToPath(new URL('./', import.meta.url));
  const { copy } = watched;
  const path = join(copy === undefined ? own : join(copy, 'test/disk/kit'), script);
  const child = spawn(process.execPath, [path, ...given], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: watched.library,
      TROUPE_DISK_FOLDER: watched.folder,
      TROUPE_DISK_TRACE: watched.trace,
      TROUPE_DISK_FAULT: watched.fault,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
