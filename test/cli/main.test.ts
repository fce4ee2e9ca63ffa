/** The command line's own words: help, version, and what it refuses. */
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeTerminal } from './terminal.ts';

async function call(...argv: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await main(argv, terminal);
  return { code, ...terminal.shown };
}

test('given nothing or --help, then every command is listed', async () => {
  const { code, out, err } = await call();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('troupe audit [PATH]');
  expect(out).toContain('troupe check FILE');
  expect(out).toContain('troupe journal FILE');
  expect(await call('--help')).toEqual({ code, out, err });
  expect(out).toContain('130 after Ctrl-C, 143 after SIGTERM');
});

test.for(['audit', 'check', 'journal'])(
  'given %s --help, then it tells of its options',
  async (name) => {
    const { code, out, err } = await call(name, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('--json');
    expect(await call(name, '-h')).toEqual({ code, out, err });
  },
);

test('given --version, then it is that of the package', async () => {
  const { out } = await call('--version');
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.for([
  ['toString'],
  ['adit'],
  ['audit', '--jsn'],
  ['audit', '.', 'extra'],
  ['audit', '--report'],
  ['audit', '--journal='],
  ['audit', ''],
  ['journal'],
  ['journal', '--limit', '0', 'x'],
  ['journal', 'x', 'show'],
  ['journal', 'x', 'show', 'a', 'b'],
  ['journal', 'x', 'actors', 'b'],
])('given %j, then one line says what is wrong', async (argv) => {
  const { code, out, err } = await call(...argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^\[BAD_OPTION\] .*\n$/);
});
