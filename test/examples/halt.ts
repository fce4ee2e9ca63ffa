/**
 * For `node --import`: lets a program stand still right after a line that it prints, the
 * `HALT_AT`th, so that it can be killed there; it tells with a line `HALT`. Without `HALT_AT` it
 * changes nothing.
 */
import { writeSync } from 'node:fs';
import { format } from 'node:util';

const at = Number(process.env.HALT_AT);
let printed = 0;

if (at > 0) {
  console.log = (...values) => {
    writeSync(1, `${format(...values)}\n`);
    printed += 1;
    if (printed < at) return;
    writeSync(1, 'HALT\n');
    for (;;);
  };
}
