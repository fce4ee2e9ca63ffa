/**
 * A process on a journal, so that it can be killed: `node voyage-process.ts PATH FROM HOW MOST`.
 * `sail` sends a voyage on its way and, with each of its commits, numbers from FROM on to a counter
 * (one line when one is acknowledged); `end` ends the counter. Each report is one line on standard
 * output, written at once, after what it reports. After MOST lines it kills itself, should the
 * killer be too slow to disturb it.
 */
import { writeSync } from 'node:fs';
import { createTroupe } from '../../../src/index.ts';
import { counter, voyageThat } from './voyage.ts';

const [path = '', from = '', how = '', most = ''] = process.argv.slice(2);
let reported = 0;
function report(line: string): void {
  writeSync(1, `${line}\n`);
  reported += 1;
  if (reported === Number(most)) process.kill(process.pid, 'SIGKILL');
}

const voyage = voyageThat((promise, key) => report(`ran ${promise} ${key}`));
await using troupe = await createTroupe({ definitions: [voyage, counter], journal: path });
const feed = await troupe.start(counter, undefined, { id: 'c' });
if (how === 'end') {
  await troupe.send(feed, { type: 'END' });
  report(`counted ${JSON.stringify(await feed.result())}`);
} else {
  let next = Number(from);
  const run = await troupe.start(voyage, undefined, { id: 'v' });
  run.actor.subscribe((snapshot) => {
    report(`state ${JSON.stringify(snapshot.value)}`);
    const n = next;
    next += 1;
    void troupe.send(feed, { type: 'ADD', n }).then(() => report(`acknowledged ${n}`));
  });
  report(`done ${JSON.stringify(await run.result())}`);
}
