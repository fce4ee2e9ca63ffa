/**
 * The command line: picks the command, gives it a terminal, and turns what it throws into one line
 * and an exit code. A command is loaded when it is asked for.
 */
import { readFileSync } from 'node:fs';
import { asking } from './asking.ts';
import {
  type Command,
  delivered,
  errorLine,
  exitCodes,
  isBadInput,
  type Terminal,
} from './command.ts';

/** Width of text that goes to a file or a pipe. */
const COLUMNS_WITHOUT_SCREEN = 100;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  audit: async () => (await import('./audit.ts')).auditCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  journal: async () => (await import('./journal.ts')).journalCommand,
};

/** Runs the command of the arguments; the result is the exit code. */
export async function main(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const [name = '--help', ...args] = argv;
  if (name === '--help' || name === '-h' || name === 'help') return showHelp(terminal);
  if (name === '--version') {
    terminal.out(`${version()}\n`);
    return exitCodes.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const known = Object.keys(commands).join(', ');
    terminal.err(`[BAD_OPTION] There is no command ${name}. Use one of ${known}, or --help.\n`);
    return exitCodes.badInput;
  }
  return runCommand(await load(), args, terminal);
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(`troupe ${command.usage}\n\n${command.summary}\n\n${command.help}\n`);
    return exitCodes.done;
  }
  try {
    const code = await command.run(args, terminal);
    await delivered(terminal, command.name);
    return code;
  } catch (error) {
    if (isParseError(error)) {
      terminal.err(
        `[BAD_OPTION] ${error.message.split(/[.\n]/)[0]}. See troupe ${command.name} --help.\n`,
      );
      return exitCodes.badInput;
    }
    terminal.err(errorLine(error));
    return isBadInput(error) ? exitCodes.badInput : exitCodes.failed;
  }
}

async function showHelp(terminal: Terminal): Promise<number> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  terminal.out('troupe: teams of supervised bots, durable and checked\n\n');
  for (const { usage, summary } of all) terminal.out(`  troupe ${usage}\n      ${summary}\n`);
  terminal.out('\n  troupe COMMAND --help tells more. Exit codes: 0 done, 1 the work failed,');
  terminal.out(' 2 bad arguments or input,\n  3 a person has to decide first,');
  terminal.out(' 130 after Ctrl-C, 143 after SIGTERM.\n');
  return exitCodes.done;
}

const isParseError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('ERR_PARSE_ARGS');

function version(): string {
  const sources = new URL('../../package.json', import.meta.url);
  const compiled = new URL('../../../package.json', import.meta.url);
  const file = import.meta.url.endsWith('.ts') ? sources : compiled;
  const { version: found }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return found;
}

function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let taken = Promise.resolve();
  let problem: string | undefined;
  // Each failed write tells its callback; as an event it would end the process.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  return {
    out: (text) => {
      const written = Promise.withResolvers<void>();
      taken = taken.then(() => written.promise);
      stdout.write(text, (error) => {
        if (error && !('code' in error && error.code === 'EPIPE')) problem ??= error.message;
        written.resolve();
      });
    },
    err: (text) => void stderr.write(text),
    flush: async () => {
      await taken;
      return problem;
    },
    ask: asking(),
    isScreen: stderr.isTTY === true,
    isStyled: stdout.isTTY === true && stdout.hasColors(),
    get columns() {
      return stderr.columns ?? stdout.columns ?? COLUMNS_WITHOUT_SCREEN;
    },
    onInterrupt: (then) => {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      const listeners = signals.map((signal) => [signal, () => then(signal)] as const);
      for (const [signal, listener] of listeners) process.on(signal, listener);
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener);
      };
    },
  };
}
