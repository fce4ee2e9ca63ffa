/** `troupe journal`: looks into a journal while a team runs on it, and afterwards. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/main.ts';
import { createTroupe, defineBot, handler } from '../../src/index.ts';
import { folderWith } from '../specialists/analysers/folder.ts';
import { sample } from '../specialists/sample.ts';
import { session } from './session.ts';
import { fakeTerminal } from './terminal.ts';

async function look(...args: readonly string[]) {
  const terminal = fakeTerminal({ columns: 60 });
  const code = await main(['journal', ...args], terminal);
  return { code, ...terminal.shown };
}

async function rows(...args: readonly string[]) {
  const { code, out, err } = await look(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const newJournal = (): string => join(folderWith({}), 'audit.db');

test('given an audit under way, then its actors, tasks and runs can be seen', async () => {
  const path = newJournal();
  const seen: Record<string, unknown>[] = [];
  const { code } = await session(folderWith(sample), ['--journal', path], {
    before: async ({ job }) => {
      if (job !== 'duplication') return;
      const summary = await rows(path);
      const tasks = await rows(path, 'tasks');
      const [audit] = await rows(path, 'actors').then((actors) =>
        actors.filter(({ definition }: { definition: string }) => definition === 'audit'),
      );
      seen.push({ summary, tasks, details: await rows(path, 'show', audit.address) });
    },
  });
  expect(code).toBe(0);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.summary).toContainEqual({
    ...{ kind: 'workflow', status: 'IN_PROGRESS' },
    actors: expect.any(Number),
  });
  expect(seen[0]?.tasks).toContainEqual(
    expect.objectContaining({ assigned_to: 'surveyor', status: 'COMPLETED' }),
  );
  expect(seen[0]?.details).toMatchObject({ status: 'IN_PROGRESS', steps: [] });
});

describe('a finished audit', () => {
  test('then every table has its heading and no line is too long', async () => {
    const path = newJournal();
    await session(folderWith(sample), ['--journal', path]);
    for (const [what, heading] of Object.entries({
      actors: /^KIND +STATUS +CHANGED +ADDRESS\n/,
      tasks: /^STATUS +BOT +TRIES +MS +TASK/,
    })) {
      const { code, out } = await look(path, what);
      expect(code).toBe(0);
      expect(out).toMatch(heading);
      expect(out.split('\n').every((line) => line.length <= 60)).toBe(true);
    }
    expect((await look(path)).out).toMatch(/^KIND +STATUS +ACTORS\n/);
    const tasks = (await look(path, 'tasks')).out.trimEnd().split('\n').slice(1);
    expect(new Set(tasks.map((line) => line.slice(-16))).size).toBe(tasks.length);
    expect(tasks.some((line) => line.endsWith('/complexity/1'))).toBe(true);
    const { out, err } = await look(path, 'actors', '--limit', '3', '--json');
    expect(JSON.parse(out)).toHaveLength(3);
    expect(err).toMatch(/^\d+ more; --limit \d+ shows all\n$/);
    const limit = /--limit (\d+)/.exec(err)?.[1] ?? '';
    expect(await rows(path, 'actors', '--limit', limit)).toHaveLength(Number(limit));
    expect((await look(path, 'messages')).out).toBe('There are no messages.\n');
  });

  test('then a run is shown with its steps and its history', async () => {
    const path = newJournal();
    await session(folderWith(sample), ['--journal', path]);
    const [{ task }] = await rows(path, 'tasks').then((tasks) =>
      tasks.filter(({ assigned_to }: { assigned_to: string }) => assigned_to === 'audit-lead'),
    );
    const { out } = await look(path, 'show', String(task));
    expect(out).toContain('COMPLETED');
    expect(out).toContain('\nSteps\n');
    expect(out).toContain('\nHistory\n');
    const { steps, history } = await rows(path, 'show', String(task));
    expect(steps.map(({ step }: { step: string }) => step)).toContain('survey');
    expect(history.length).toBeGreaterThan(steps.length);
    expect((await look(path, 'show', 'surveyor')).out).toContain('bot/surveyor');
  });
});

test('given messages, then they are listed with what became of them', async () => {
  const path = newJournal();
  const desk = defineBot({
    id: 'desk',
    on: { note: handler(z.object({ text: z.string() }), () => {}) },
  });
  const troupe = await createTroupe({ definitions: [desk], journal: path });
  await troupe.send(desk, { type: 'note', payload: { text: 'line\none' } });
  await troupe.stop();
  const messages = await rows(path, 'messages');
  expect(messages).toEqual([
    expect.objectContaining({ type: 'note', payload: { text: 'line\none' } }),
  ]);
  expect((await look(path, 'messages')).out).toContain('note');
});

test('given what is no journal, or a run that is not there, then one line says so', async () => {
  const place = folderWith({ 'text.db': 'no journal at all' });
  const path = join(place, 'a.db');
  await (await createTroupe({ journal: path })).stop();
  const cases = [
    ['JOURNAL_UNREADABLE', join(place, 'none.db')],
    ['JOURNAL_FOREIGN', join(place, 'text.db')],
    ['BAD_OPTION', path, 'show', 'nobody'],
    ['BAD_OPTION', path, 'pictures'],
  ] as const;
  for (const [code, ...args] of cases) {
    const { code: exit, out, err } = await look(...args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(new RegExp(`^\\[${code}\\] .*\\n$`));
    if (args[1] === 'show') expect(err).toContain(`\`troupe journal ${path} actors\``);
  }
});
