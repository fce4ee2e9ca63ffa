/**
 * `troupe journal FILE verify`: whether a journal is as it was written. Exit code 0 when it is, 1
 * when it is not; what can't be verified is said.
 */
import { type Verification, verifyJournal } from '../journal/index.ts';
import { exitCodes, type Terminal } from './command.ts';

/** Rows between two lines that tell how far it is. */
const toldRows = 100_000;

/** Verifies and tells; the result is the exit code. */
export async function runVerify(file: string, json: boolean, terminal: Terminal): Promise<number> {
  let told = 0;
  const found = await verifyJournal(file, {
    onProgress({ what, rows }) {
      if (rows < told + toldRows) return;
      told = rows;
      terminal.err(`${rows} rows verified, at ${what}\n`);
    },
  });
  if (json) terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of lines(found)) terminal.out(`${line}\n`);
  return found.ok ? exitCodes.done : exitCodes.failed;
}

function lines({ path, ok, count, problems, rows, records, seal, notes }: Verification): string[] {
  const size = `${rows} rows of history and ${records} other rows`;
  const sealed = seal === 'intact' ? ', and every byte of the file' : '';
  const more = count - problems.length;
  return [
    ok ? `${path} is sound: ${size} verified${sealed}.` : `${path} is damaged: ${count} found.`,
    ...problems.map(({ table, key, problem }) => `  ${table} ${key}: ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...notes,
    ...(ok ? [] : ['Keep the file, put back a copy that is sound, and look at the disk.']),
  ];
}
