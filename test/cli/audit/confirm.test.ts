/**
 * `troupe audit --confirm`: a person approves the plan before the long work begins. Only a yes is a
 * yes: without one the plan waits, whatever happens to the process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { openReader } from '../../../src/journal/index.ts';
import { folderWith, writeInto } from '../../specialists/analysers/folder.ts';
import { sample } from '../../specialists/sample.ts';
import { type Ended, session } from '../session.ts';
import { type FakeTerminal, fakeTerminal } from '../terminal.ts';

const script = fileURLToPath(new URL('asking-process.ts', import.meta.url));

const newJournal = (): string => join(folderWith({}), 'audit.db');

/** A terminal at which somebody answers; what they were asked is counted. */
function answering(answer: string | undefined): FakeTerminal & { readonly asked: string[] } {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer;
  };
  return Object.assign(fakeTerminal({ ask }), { asked });
}

/** The name of the plan that a call left waiting. */
const planIn = ({ err }: Ended): string => /to plan ([0-9a-f]{12}) /.exec(err)?.[1] ?? '';

/** Analyses that began, but for the survey. */
const longWork = ({ begun }: Ended) => begun.filter(({ job }) => job !== 'survey');

/** An audit whose plan waits in a journal. */
async function waiting() {
  const root = folderWith(sample);
  const journal = newJournal();
  const first = await session(root, ['--confirm', '--journal', journal]);
  expect(first).toMatchObject({ code: 3, out: '' });
  expect(longWork(first)).toEqual([]);
  const plan = planIn(first);
  const again = (...args: readonly string[]) => session(root, ['--journal', journal, ...args]);
  return { root, journal, plan, first, again };
}

describe('at a terminal', () => {
  test.each(['y', 'Y', ' yes ', 'YES'])('given %o, then it goes on to the report', async (yes) => {
    const root = folderWith(sample);
    const terminal = answering(yes);
    const { code, out, err } = await session(root, ['--confirm'], { terminal });
    expect(code).toBe(0);
    expect(terminal.asked).toEqual(['Go on? [y/N] ']);
    expect(err).toContain(`The plan of audit 1 of ${root}:\n  files   25 files (ts 25)\n`);
    expect(err).toMatch(/, in \d+ chunks\n.*\n {10}.* \d+ steps\n {2}time {4}about \d+ s with 2 /s);
    expect(out).toContain('The worst places first');
  });

  test.each(['', 'n', 'no', 'yy', 'why', 'yes please'])('given %o, then it is a no', async (no) => {
    const ended = await session(folderWith(sample), ['--confirm'], { terminal: answering(no) });
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toMatch(/\[REJECTED\] The plan was rejected; nothing was analysed\.\n$/);
    expect(longWork(ended)).toEqual([]);
  });

  test('given a closed input and no journal, then it is no yes', async () => {
    const terminal = answering(undefined);
    const ended = await session(folderWith(sample), ['--confirm'], { terminal });
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(longWork(ended)).toEqual([]);
  });

  test('given Ctrl-C while it asks, then the plan waits, and it asks again', async () => {
    const root = folderWith(sample);
    const args = ['--confirm', '--journal', newJournal()];
    const ended: boolean[] = [];
    const terminal: FakeTerminal = fakeTerminal({
      ask: (_, signal) => {
        terminal.interrupt('SIGINT');
        ended.push(signal.aborted);
        return Promise.resolve(undefined);
      },
    });
    const first = await session(root, args, { terminal });
    expect(first).toMatchObject({ code: 130, out: '' });
    expect(ended).toEqual([true]);
    expect(first.err).toMatch(/1 of \d+ steps are done; go on with: npx troupe audit --confirm /);
    const second = await session(root, args, { terminal: answering('y') });
    expect(second).toMatchObject({ code: 0 });
    expect(second.begun.map(({ job }) => job)).not.toContain('survey');
  });

  test('given --json, then the plan is shown beside the object of any audit', async () => {
    const root = folderWith(sample);
    const calm = await session(root, ['--json']);
    const asked = await session(root, ['--json', '--confirm'], { terminal: answering('y') });
    const [a, b] = [calm, asked].map(({ out }) => ({ ...JSON.parse(out), audit: 1 }));
    expect(b).toEqual(a);
    expect(asked.err).toContain('The plan of audit 1');
  });

  test('given no --confirm, then nobody is asked', async () => {
    const terminal = answering('n');
    expect(await session(folderWith(sample), [], { terminal })).toMatchObject({ code: 0 });
    expect(terminal.asked).toEqual([]);
  });
});

describe('where nobody can be asked', () => {
  test('given no journal, then it is refused before anything begins', async () => {
    const terminal = fakeTerminal();
    expect(await main(['audit', folderWith(sample), '--confirm'], terminal)).toBe(2);
    expect(terminal.shown.err).toContain('--confirm needs a terminal, or --journal FILE');
  });

  test('given a plan that waits, then it says how to decide, and waits on', async () => {
    const { journal, plan, first, again } = await waiting();
    const command = `npx troupe audit --confirm --journal ${journal}`;
    expect(first.err).toContain(`  ${command} --approve ${plan}\n  ${command} --reject ${plan}\n`);
    const reader = await openReader(journal);
    const open = reader.actors({ kind: 'approval', done: false });
    reader.close();
    expect(open).toHaveLength(1);
    // Without --confirm too: what was begun with it stays so.
    const second = await again();
    expect(second).toMatchObject({ code: 3, out: '', begun: [] });
    expect(planIn(second)).toBe(plan);
  });

  test('given --approve with its name, then it goes on to the report of any audit', async () => {
    const { root, plan, again } = await waiting();
    const calm = await session(root, []);
    const ended = await again('--approve', plan);
    expect(ended).toMatchObject({ code: 0, out: calm.out });
    expect(ended.begun.map(({ job }) => job)).not.toContain('survey');
    expect(ended.err).toContain('Approved\n');
  });

  test('given --reject with its name, then it ends, and the next one begins', async () => {
    const { plan, again } = await waiting();
    const ended = await again('--reject', plan);
    expect(ended).toMatchObject({ code: 1, out: '', begun: [] });
    expect(ended.err).toContain('[REJECTED] The plan was rejected; nothing was analysed.\n');
    expect((await again()).out).toContain('Audit 2 of');
  });

  test('given a file that changes meanwhile, then the report names it', async () => {
    const { root, plan, again } = await waiting();
    writeInto(root, { 'src/file-00.ts': 'changed();\n', 'src/new.ts': 'new();\n' });
    const { code, out } = await again('--approve', plan);
    expect(code).toBe(0);
    expect(out).toContain('25 files');
    expect(out).toContain('1 file that changed during the audit');
  });
});

test('given a kill while it asks, then it asks again, and a yes goes on', async () => {
  const root = folderWith(sample);
  const journal = newJournal();
  for (let kills = 0; kills < 2; kills += 1) {
    const child = spawn(process.execPath, [script, root, journal], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const lines = createInterface({ input: child.stdout });
    expect(await once(lines, 'line')).toEqual(['asked']);
    child.kill('SIGKILL');
    expect(await closed).toEqual([null, 'SIGKILL']);
  }
  const terminal = answering('y');
  const ended = await session(root, ['--journal', journal], { terminal });
  expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('Audit 1 of') });
  expect(terminal.asked).toHaveLength(1);
  expect(ended.begun.map(({ job }) => job)).not.toContain('survey');
});

describe('decisions that do not fit change nothing', () => {
  const refused = (ended: Promise<Ended>, problem: RegExp) =>
    expect(ended).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(problem),
    });

  test('given no plan, another name, or a part of it, then each is refused', async () => {
    const { plan, again } = await waiting();
    const other = plan.startsWith('0') ? '1'.repeat(12) : '0'.repeat(12);
    // Of a digest more may be given than its name; what is no hex digit can't be part of it.
    for (const name of [other, plan.slice(0, 4), `${plan}x`, 'yes']) {
      await refused(again('--approve', name), /--approve names \S+, but the plan of audit 1 is /);
      await refused(again('--reject', name), /--reject names \S+, but the plan of audit 1 is /);
    }
    expect(await again()).toMatchObject({ code: 3, begun: [] });
    const fresh = session(folderWith(sample), ['--journal', newJournal(), '--approve', plan]);
    await refused(fresh, /--approve finds no plan that waits/);
  });

  test('given an approved audit that was stopped, then only a yes goes on', async () => {
    const { root, journal, plan, again } = await waiting();
    const terminal = fakeTerminal();
    const stopped = await session(root, ['--journal', journal, '--approve', plan], {
      terminal,
      before: ({ job }) => {
        if (job === 'duplication') terminal.interrupt('SIGINT');
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/go on with: npx troupe audit --journal \S+\n$/);
    await refused(again('--reject', plan), /--reject comes too late: .* was approved already/);
    expect(await again('--approve', plan)).toMatchObject({ code: 0 });
  });

  test('given an audit that was begun without it, then --confirm comes too late', async () => {
    const root = folderWith(sample);
    const args = ['--journal', newJournal()];
    const terminal = fakeTerminal();
    const before = () => void terminal.interrupt('SIGINT');
    expect(await session(root, args, { terminal, before })).toMatchObject({ code: 130 });
    await refused(session(root, [...args, '--confirm']), /--confirm comes too late/);
    expect(await session(root, args)).toMatchObject({ code: 0 });
  });

  test.each([
    [['--approve', 'a', '--reject', 'b', '--journal', 'x.db'], 'contradicts --approve'],
    [['--approve', 'a'], '--journal is missing'],
    [['--reject', '', '--journal', 'x.db'], '--reject is empty'],
  ])('given %j, then %s', async (args, problem) => {
    const terminal = fakeTerminal();
    expect(await main(['audit', folderWith(sample), ...args], terminal)).toBe(2);
    expect(terminal.shown.err).toContain(problem);
  });
});
