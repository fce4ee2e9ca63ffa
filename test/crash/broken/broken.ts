/**
 * Copies of the sources with one mistake that a crash brings to light: the tests of this folder are
 * run in each, and must fail there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { bugs, type PlantedBug } from '../../planted/bugs/index.ts';
import { patched } from '../../planted/copy.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parts = ['src', 'machines', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

/** Which tests, by their files, find a mistake. */
type FoundBy = 'load' | 'points' | 'timers';

/** A mistake, and the tests that must find it. */
export interface Broken {
  readonly bug: PlantedBug;
  readonly by: FoundBy;
}

const own: readonly Broken[] = [
  {
    by: 'load',
    bug: {
      name: 'taken-mail-stays',
      sentence: 'A message that was applied stays in the inbox, and is applied again.',
      file: 'src/engine/group/group-letters.ts',
      from: '    if (mail.stored) this.#batch.taken.push(mail.number);',
      to: '',
      team: 'desk',
    },
  },
];

/** Planted elsewhere; `test/planted` hunts them by simulation. */
const known: Readonly<Record<string, FoundBy>> = {
  'acknowledged-before-commit': 'points',
  'outbox-keeps-the-first-alone': 'load',
  'recovery-reverses-mail': 'load',
  'recovery-forgets-timers': 'timers',
  'recovery-fires-timers-early': 'timers',
  'timer-fires-twice': 'points',
  'cleared-timer-stays': 'timers',
  'handlers-before-commit': 'points',
  'recovery-forgets-what-is-under-way': 'points',
  'step-without-result-done-again': 'points',
  'steps-answer-for-each-other': 'points',
  'settled-child-forgotten': 'points',
  'sent-again': 'points',
  'asked-again': 'points',
  'handlers-under-way-forgotten': 'points',
  'decided-steps-forgotten': 'points',
  'ordered-restart-forgotten': 'points',
};

/** All of them. */
export const broken: readonly Broken[] = [
  ...own,
  ...bugs.flatMap((bug) => {
    const by = known[bug.name];
    return by === undefined ? [] : [{ bug, by }];
  }),
];

/** What the tests say of a copy; undefined when they hold. */
export async function saidOf({ bug, by }: Broken): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-broken-'));
  try {
    for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, bug.file), patched(bug));
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const long = '--testTimeout=1200000';
    const args = [vitest, 'run', '--bail=1', '--no-color', long, `test/crash/${by}`];
    const env = { ...process.env, TROUPE_KILLS: '16' };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: [...stdio] });
    const closed = once(child, 'close');
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await closed;
    return code === 0 ? undefined : out + errors;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
