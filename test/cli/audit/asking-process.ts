/**
 * An audit that asks, in a process of its own, so that it can be killed while it waits:
 * `node asking-process.ts FOLDER JOURNAL`. It tells `asked` on standard output when it does.
 */
import { writeSync } from 'node:fs';
import { session } from '../session.ts';
import { fakeTerminal } from '../terminal.ts';

const [root = '', journal = ''] = process.argv.slice(2);
const ask = () => {
  writeSync(1, 'asked\n');
  // Waiting for input keeps the process, as at a terminal.
  return new Promise<undefined>((resolve) => process.stdin.resume().once('end', resolve));
};
await session(root, ['--confirm', '--journal', journal], { terminal: fakeTerminal({ ask }) });
