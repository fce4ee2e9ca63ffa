/**
 * A module that is loaded may end the process, at once or later, or wait for what never comes. A
 * check that was not finished says so, and its exit code never says that all is well.
 */
import { troupeError } from '../../protocol/index.ts';
import { errorLine, exitCodes, type Terminal } from '../command.ts';

/** Runs a check; when the process ends meanwhile, that is told, and the exit code is 2. */
export async function finished(
  files: readonly string[],
  terminal: Terminal,
  run: () => Promise<number>,
): Promise<number> {
  const field = files.join(', ');
  const problem =
    'ends the process before the check is done; guard the start of a program by import.meta.main';
  const tell = (): void => {
    terminal.err(errorLine(troupeError('BAD_OPTION', { where: 'troupe check', field, problem })));
    process.exitCode = exitCodes.badInput;
  };
  process.on('exit', tell);
  try {
    const code = await run();
    await terminal.flush();
    return code;
  } finally {
    process.off('exit', tell);
  }
}

/** Waits for something; undefined when nothing is left that could bring it. */
export async function settled<Value>(value: Promise<Value>): Promise<Value | undefined> {
  const idle = Promise.withResolvers<undefined>();
  const tell = (): void => idle.resolve(undefined);
  process.once('beforeExit', tell);
  try {
    return await Promise.race([value, idle.promise]);
  } finally {
    process.off('beforeExit', tell);
  }
}
