/** Brings a journal to the newest format and ends itself in the middle: `FILE WHEN`. */
import { connect } from '../../src/journal/sqlite/connection.ts';
import { indexes } from '../../src/journal/sqlite/schema.ts';
import { upgrade } from '../../src/journal/sqlite/upgrade.ts';

const [file = '', when = ''] = process.argv.slice(2);
const kill = (): void => void process.kill(process.pid, 'SIGKILL');

upgrade(connect(file, 'own'), file, {
  1: (db) => {
    for (const [number, sql] of Object.values(indexes).entries()) {
      if (when === String(number)) kill();
      db.exec(sql);
    }
    if (when === 'end') kill();
  },
});
if (when === 'after') kill();
