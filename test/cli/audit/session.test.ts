/** `troupe audit` on cheap analyses: numbers, going on, what is shown where, and exit codes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auditJournal } from '../../../src/cli/audit/arguments.ts';
import { main } from '../../../src/cli/main.ts';
import { type Clock, systemClock } from '../../../src/index.ts';
import type { ActorRecord } from '../../../src/journal/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import { Facts, Priority } from '../../../src/specialists/index.ts';
import { folderWith, writeInto } from '../../specialists/analysers/folder.ts';
import type { Hook } from '../../specialists/cheap-pool.ts';
import { sample, sampleFiles } from '../../specialists/sample.ts';
import { session } from '../session.ts';
import { type FakeTerminal, fakeTerminal } from '../terminal.ts';

const Printed = z.object({
  audit: z.object({ path: z.string(), id: z.string(), number: z.number() }).loose(),
  facts: Facts,
  priorities: z.array(Priority),
  changed: z.array(z.string()),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
});

const newJournal = (): string => join(folderWith({}), 'audit.db');

/** Interrupts before the analysis of that name; from then on none begins. */
function interruptAt(terminal: FakeTerminal, job: string): Hook {
  return ({ job: name }, signal) => {
    if (name !== job) return undefined;
    terminal.interrupt('SIGINT');
    const { promise, reject } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  };
}

describe('a whole audit', () => {
  test('given no journal, then the report is on standard output, the rest is not', async () => {
    const root = folderWith(sample);
    const { code, out, err } = await session(root, []);
    expect(code).toBe(0);
    expect(out).toContain(`Audit 1 of ${root}\n`);
    expect(out).toContain('The worst places first\n\n 1. ');
    expect(out.split('\n').every((line) => line.length <= 80 || !line.includes('  '))).toBe(true);
    expect(err.split('\n')[0]).toBe(`Auditing ${root}`);
    expect(err).toMatch(/ 0 % {2}1 of \d+ steps, about \d+ s left · 25 files, /);
    expect(err).toMatch(/Finished in \d+\.\d s\n\n$/);
  });

  test('given --json, then one object is printed and nothing else anywhere', async () => {
    const root = folderWith(sample);
    const { code, out, err } = await session(root, ['--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed = Printed.parse(JSON.parse(out));
    expect(printed.audit).toMatchObject({ path: root, number: 1, journal: null });
    expect(printed.facts.files).toBe(sampleFiles);
    expect(printed.facts.functionsOver10).toHaveLength(sampleFiles);
    expect(printed.priorities.map(({ rank }) => rank)).toEqual(
      printed.priorities.map((_, index) => index + 1),
    );
  });

  test('given --report, then Markdown takes the place of what was there', async () => {
    const root = folderWith(sample);
    const place = folderWith({ 'report.md': '# Audit of /old\n' });
    const file = join(place, 'report.md');
    const { code, err } = await session(root, ['--report', file]);
    expect(code).toBe(0);
    expect(err).toContain(`The report is in ${file}\n`);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Audit of .*\n\nAudit 1, finished 20/);
    expect(readdirSync(place)).toEqual(['report.md']);
  });

  test('given a journal, when an audit has finished, then the next one begins', async () => {
    const root = folderWith(sample);
    const args = ['--journal', newJournal()];
    const first = await session(root, args);
    const second = await session(root, args);
    expect(first.out).toContain('Audit 1 of');
    expect(second.out.replace('Audit 2', 'Audit 1')).toBe(first.out);
    expect(second.begun).toHaveLength(first.begun.length);
    const other = await session(folderWith(sample), args);
    expect(other.out).toContain('Audit 1 of');
  });

  test('given a file that changes under the audit, then the report says so', async () => {
    const root = folderWith(sample);
    const { out } = await session(root, [], {
      before: ({ job }) => {
        if (job === 'duplication') writeInto(root, { 'src/file-00.ts': 'changed();\n' });
      },
    });
    expect(out).toContain('1 file that changed during the audit');
    expect(out).toContain('src/file-00.ts');
  });
});

describe('an interrupted audit', () => {
  test('given a journal, then it says how to go on, goes on, and does nothing twice', async () => {
    const root = folderWith(sample);
    const calm = await session(root, ['--json']);
    const args = ['--json', '--journal', newJournal()];
    const terminal = fakeTerminal();
    const first = await session(root, args, { terminal, before: interruptAt(terminal, 'modules') });
    expect(first).toMatchObject({ code: 130, out: '' });
    expect(first.err).toMatch(
      /1\. \d+ of \d+ steps are done; go on with: npx troupe audit --json --journal \S+\n$/,
    );
    const second = await session(root, args);
    expect(second.code).toBe(0);
    const printed = [calm, second].map(({ out }) => ({ ...JSON.parse(out), audit: 1 }));
    expect(printed[1]).toEqual(printed[0]);
    const recorded = Number(/(\d+) of/.exec(first.err)?.[1]);
    expect(recorded).toBeGreaterThan(0);
    expect(second.begun).toHaveLength(calm.begun.length - recorded);
  });

  test('given one that goes on, then it says how far it was', async () => {
    const root = folderWith(sample);
    const args = ['--journal', newJournal()];
    const terminal = fakeTerminal();
    await session(root, args, { terminal, before: interruptAt(terminal, 'complexity') });
    const { err } = await session(root, args);
    expect(err).toMatch(/^Going on with audit 1 of .*: \d+ of \d+ steps are done\n/);
  });

  test('given an interruption in the survey, then no step is done, and it goes on', async () => {
    const root = folderWith(sample);
    const args = ['--journal', newJournal()];
    const terminal = fakeTerminal();
    const first = await session(root, args, { terminal, before: interruptAt(terminal, 'survey') });
    expect(first.err).toContain('Stopped audit 1. Nothing is done; go on with');
    const { code, err } = await session(root, args);
    expect(code).toBe(0);
    expect(err).toMatch(/^Going on with audit 1 of .*: no step is done\n/);
  });

  test('given no journal, then it says that nothing was kept', async () => {
    const root = folderWith(sample);
    const terminal = fakeTerminal();
    const before = interruptAt(terminal, 'complexity');
    const { code, out, err } = await session(root, ['--'], { terminal, before });
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(
      /Stopped; nothing was kept\. .*: npx troupe audit --journal \.troupe\/audit\.db --\n$/,
    );
  });

  test('given one Ctrl-C that comes twice, then it counts once; a later one does not', async () => {
    const root = folderWith(sample);
    const terminal = fakeTerminal();
    const clock = systemClock();
    const taken: boolean[] = [];
    let pass: (() => void) | undefined;
    const after: Clock['after'] = (ms, run) => {
      if (ms === 300) pass = run;
      return clock.after(ms / 50, run);
    };
    const before: Hook = ({ job }, signal) => {
      const waiting = interruptAt(terminal, 'modules')({ job, of: '', files: 0 }, signal);
      if (job !== 'modules' || taken.length > 0) return waiting;
      taken.push(terminal.interrupt('SIGINT'));
      pass?.();
      taken.push(terminal.interrupt('SIGINT'));
      return waiting;
    };
    const { code } = await session(root, [], { terminal, before, clock: { ...clock, after } });
    expect({ code, taken }).toEqual({ code: 130, taken: [true, false] });
  });

  test('given a report nobody saw, then the next call shows it and measures nothing', async () => {
    const root = folderWith(sample);
    const args = ['--journal', newJournal()];
    const terminal = fakeTerminal({ flush: async () => 'ENOSPC: no space left on device' });
    await expect(session(root, args, { terminal })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    const { code, out, err, begun } = await session(root, args);
    expect({ code, out, begun }).toEqual({ code: 0, out: terminal.shown.out, begun: [] });
    expect(err).toMatch(/^Audit 1 of .* was finished but not shown:\n/);
    expect((await session(root, args)).out).toContain('Audit 2 of');
  });
});

test('given an unfinished audit of another folder, then both end well', async () => {
  const [root, other] = [folderWith(sample), folderWith(sample)];
  const args = ['--journal', newJournal()];
  const terminal = fakeTerminal();
  await session(root, args, { terminal, before: interruptAt(terminal, 'complexity') });
  const between = await session(other, args);
  expect(between).toMatchObject({ code: 0, out: expect.stringContaining(`Audit 1 of ${other}`) });
  expect(between.err).toContain('An unfinished audit of other folders on this journal');
  const last = await session(root, args);
  expect(last).toMatchObject({ code: 0, out: expect.stringContaining(`Audit 1 of ${root}`) });
  expect(last.out.replaceAll(root, other)).toBe(between.out);
});

describe('failures', () => {
  test('given an analysis that fails for good, then the exit code is 1', async () => {
    const root = folderWith(sample);
    const journal = newJournal();
    const { code, out, err } = await session(root, ['--journal', journal], {
      before: ({ job }) => {
        if (job === 'modules') throw troupeError('ANALYSER_FAILED', { job, reason: 'it broke' });
      },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/\[ANALYSER_FAILED\] The analysis modules failed: it broke\. .*\n$/);
    expect((await session(root, ['--journal', journal])).out).toContain('Audit 2 of');
  });

  test('given missing analysers, then it is not tried again and the exit code is 2', async () => {
    const root = folderWith(sample);
    const { code, err, begun } = await session(root, [], {
      before: ({ job }) => {
        const missing = { missing: ['jscpd'], command: 'npm install --save-dev jscpd@4' };
        if (job === 'duplication') throw troupeError('ANALYSER_MISSING', missing);
      },
    });
    expect(code).toBe(2);
    expect(err).toContain(
      '[ANALYSER_MISSING] The audit needs jscpd; add what is missing with `npm install',
    );
    expect(begun.filter(({ job }) => job === 'duplication')).toHaveLength(1);
  });

  test('given a thread that dies, then the work is tried again', async () => {
    const root = folderWith(sample);
    let deaths = 0;
    const { code, begun } = await session(root, [], {
      before: ({ job }) => {
        if (job !== 'duplication' || deaths === 2) return;
        deaths += 1;
        throw troupeError('ANALYSER_DIED', { job, reason: 'out of memory' });
      },
    });
    expect(code).toBe(0);
    expect(begun.filter(({ job }) => job === 'duplication')).toHaveLength(3);
  });
});

describe('a screen', () => {
  test('given a narrow one, then one line is drawn anew and taken off', async () => {
    const root = folderWith(sample);
    const terminal = fakeTerminal({ isScreen: true, columns: 50 });
    const { err } = await session(root, ['--json'], { terminal });
    const drawn = err.split('\r\u001b[2K').slice(1);
    expect(drawn.length).toBeGreaterThan(1);
    expect(drawn.slice(0, -1).every((line) => line.length <= 46 && !line.includes('\n'))).toBe(
      true,
    );
    expect(drawn.at(-1)).toBe('');
  });

  test('given one that shows styles, then names stand out', async () => {
    const terminal = fakeTerminal({ isStyled: true });
    const { out } = await session(folderWith(sample), [], { terminal });
    expect(out).toContain('\u001b[1mThe worst places first\u001b[22m');
  });
});

test('given a journal in a folder that is missing, then the folder is made', async () => {
  const root = folderWith({ 'readme.md': 'no sources' });
  const journal = join(folderWith({}), 'new/folder/audit.db');
  await main(['audit', root, '--journal', journal], fakeTerminal());
  expect(existsSync(journal)).toBe(true);
});

type Change = (audit: ActorRecord) => Partial<ActorRecord>;

/** As if an older version had begun it. */
const older: Change = ({ input }) => ({
  ...{ version: '1', structure: 'old' },
  input: input.replace('"version":"2"', '"version":"1"'),
});

/** Changes the record of the audit in a journal, which then was of other definitions. */
async function rewrite(path: string, change: Change): Promise<void> {
  const journal = await auditJournal(path);
  const [audit] = journal.actors({ definition: 'audit' });
  const [system] = journal.actors({ kind: 'system' });
  if (audit === undefined || system === undefined) return expect.fail('no audit');
  journal.begin();
  const none = { rows: [], waiting: [], taken: [], steps: [], timersArmed: [], timersCleared: [] };
  const input = JSON.stringify({ ...JSON.parse(system.input), definitions: 'others' });
  const actors = [
    { ...audit, ...change(audit) },
    { ...system, input },
  ];
  journal.commit({ ...none, dead: [], at: audit.updatedAt, actors });
  journal.close();
}

test.each<[string, Change]>([
  ['an older version', older],
  ['other steps', () => ({ structure: 'old' })],
])('given an open audit of %s, then it is given up and the next one begins', async (_, change) => {
  const root = folderWith(sample);
  const path = newJournal();
  const terminal = fakeTerminal();
  const before = interruptAt(terminal, 'complexity');
  await session(root, ['--journal', path], { terminal, before });
  await rewrite(path, change);
  const { code, err } = await session(root, ['--journal', path]);
  expect(code).toBeUndefined();
  expect(err).toContain('Audit 1 was begun by another version of Troupe and is given up.');
  expect((await session(root, ['--journal', path])).out).toContain('Audit 2 of');
});

test('given an audit of another version that nobody saw, then the next one begins', async () => {
  const root = folderWith(sample);
  const path = newJournal();
  const terminal = fakeTerminal({ flush: async () => 'ENOSPC: no space left on device' });
  await expect(session(root, ['--journal', path], { terminal })).rejects.toThrow('ENOSPC');
  await rewrite(path, older);
  const { code, out } = await session(root, ['--journal', path]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Audit 2 of') });
});
