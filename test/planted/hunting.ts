/** Hunting: each hunt has a copy of the sources and a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { PlantedBug, TeamName } from './bugs/index.ts';
import { Copy } from './copy.ts';
import type { Hunted } from './hunt.ts';

const run = promisify(execFile);

/** Hunts a bug, or plays what has none. */
export async function hunted(prey: PlantedBug | TeamName, scripts: number): Promise<Hunted> {
  const isBug = typeof prey !== 'string';
  using copy = new Copy(isBug ? prey : undefined);
  const script = join(copy.folder, 'test/planted/hunt.ts');
  const given = [script, isBug ? prey.name : prey, String(scripts)];
  const hunt = run(process.execPath, given, { cwd: copy.folder });
  onTestFinished(() => void hunt.child.kill('SIGKILL'));
  return JSON.parse((await hunt).stdout);
}
