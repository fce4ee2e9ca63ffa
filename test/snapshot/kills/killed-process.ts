/**
 * A team that takes a snapshot, or restores one, and kills itself before one of the calls by which
 * it touches the disk: `node killed-process.ts DIR CALL DEED`. Without being killed it prints how
 * many such calls there were.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { folderOf, teamIn } from './killed-team.ts';

const [dir = '', at = '0', deed = ''] = process.argv.slice(2);
let calls = 0;
let isCounting = false;

function counted(): void {
  if (!isCounting) return;
  calls += 1;
  // Nothing else may happen until the signal is there.
  if (calls === Number(at)) for (;;) process.kill(process.pid, 'SIGKILL');
}

/** Counts the calls of functions of a module or a class. */
function count(holder: object, names: readonly string[]): void {
  for (const name of names) {
    const real: unknown = Reflect.get(holder, name);
    if (typeof real !== 'function') continue;
    Reflect.set(holder, name, function (this: unknown, ...given: unknown[]) {
      counted();
      return Reflect.apply(real, this, given);
    });
  }
}

count(fs, ['rmSync', 'linkSync', 'renameSync', 'openSync', 'closeSync', 'writeSync', 'fsyncSync']);
count(fs, ['fdatasyncSync']);
count(fs.promises, ['open', 'copyFile', 'chmod']);
count(DatabaseSync.prototype, ['exec', 'close']);
syncBuiltinESMExports();

const { troupe } = await teamIn(dir);
const { snapshot, saved } = folderOf(dir);
isCounting = true;
if (deed === 'snapshot') await troupe.snapshot(saved);
else await troupe.restore(snapshot, { deadline: 0 });
isCounting = false;
process.stdout.write(`${calls}\n`);
// It is killed as it stands, too.
process.kill(process.pid, 'SIGKILL');
