/**
 * A team under load in a process of its own: `node writer.ts PATH DURABILITY COUNT`. Each line of
 * the file `acknowledged` beside the journal was written when the promise of its call had
 * resolved: `NAME NUMBER`. It says `working` after 60 of each ledger; after `COUNT` of each it
 * stops the team and says `done`.
 */
import { openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { names, sendOn, troupeOn } from './ledger.ts';

/** How many are acknowledged before it may be killed. */
const enough = 60 * names.length;

const [path = '', durability = '', count = ''] = process.argv.slice(2);
const file = openSync(join(dirname(path), 'acknowledged'), 'a');
const troupe = await troupeOn(path, durability === 'process' ? 'process' : 'power');
let acknowledged = 0;
await Promise.all(
  names.map((id) =>
    sendOn(troupe, id, {
      count: Number(count),
      acknowledged: (n) => {
        writeSync(file, `${id} ${n}\n`);
        acknowledged += 1;
        if (acknowledged === enough) writeSync(1, 'working\n');
      },
    }),
  ),
);
await troupe.stop();
writeSync(1, 'done\n');
