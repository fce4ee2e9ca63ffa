/**
 * Teams on a faulty disk, in a process that has the library loaded: `node faulty.ts FOLDER` reads
 * lines `NAME WHEN FAULT` from standard input and answers each with a line of JSON. The file
 * named by `TROUPE_DISK_FAULT` is the fault: it is there while the trouble lasts.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endure, startIn } from './endure.ts';

const [folder = ''] = process.argv.slice(2);
const file = process.env.TROUPE_DISK_FAULT ?? '';

for await (const line of createInterface({ input: process.stdin })) {
  const [name = '', when = '', ...fault] = line.split(' ');
  const trouble = {
    arm: () => writeFileSync(file, fault.join(' ')),
    mend: () => rmSync(file, { force: true }),
  };
  const path = join(folder, `${name}.db`);
  const found = await (when === 'start' ? startIn(path, trouble) : endure(path, trouble));
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
