/** Runs an example as a user does, in a process of its own, and looks into its journal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openReader } from '../../src/journal/index.ts';

const alias = new URL('../docs/source-alias.ts', import.meta.url).href;
const halt = new URL('halt.ts', import.meta.url).href;

/** What an example printed, line by line, and how it ended. */
export interface Played {
  readonly lines: readonly string[];
  readonly isKilled: boolean;
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs an example; with `killAt` it is killed right after its line of that number. */
export async function play(
  example: string,
  args: readonly string[] = [],
  killAt = 0,
): Promise<Played> {
  const file = fileURLToPath(new URL(`../../examples/${example}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', alias, '--import', halt, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HALT_AT: String(killAt) },
  });
  const closed = once(child, 'close');
  const stderr = text(child.stderr);
  const lines: string[] = [];
  let isKilled = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'HALT') isKilled = child.kill('SIGKILL');
    else lines.push(line);
  }
  const [code] = await closed;
  return { lines, isKilled, code, stderr: await stderr };
}

/** The paths of all work that a journal has as completed: of runs, and of steps inside work. */
export async function recordedIn(journal: string): Promise<ReadonlySet<string>> {
  const reader = await openReader(journal);
  try {
    const tasks = reader.actors({ kind: 'task' });
    const runs = tasks.filter(({ status }) => status === 'COMPLETED');
    const steps = tasks.flatMap(({ actor, address }) =>
      reader.steps(actor).map(({ step }) => `${address}/${encodeURIComponent(step)}`),
    );
    return new Set([...runs.map(({ address }) => address), ...steps].map(decodeURIComponent));
  } finally {
    reader.close();
  }
}
