/**
 * What is logged: all of it is in the catalogue, which is documented, and the team's doings are
 * told to an app that wants them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createTroupe,
  defineApproval,
  defineBot,
  type Logger,
  memoryJournal,
} from '../../src/index.ts';
import { events } from '../../src/telemetry/index.ts';

const root = new URL('../../', import.meta.url).pathname;
const page = readFileSync(`${root}docs/LOG.md`, 'utf8');

test('each event is documented with its level, its text and its facts, and no other', () => {
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| (\w+) \| (.*?) \| (.*?) \|$/gm)];
  const documented = rows.map(([, name, level, text, facts]) => [name, level, text, facts]);
  const there = Object.entries(events).map(([name, { level, text, facts }]) => {
    const names = facts.map((fact) => `\`${fact}\``).join(', ');
    return [name, level, text, names];
  });
  expect(documented.toSorted()).toEqual(there.toSorted());
  for (const { facts } of Object.values(events)) {
    for (const fact of facts) expect(page, fact).toMatch(new RegExp(`^- \`${fact}\``, 'm'));
  }
});

test('nothing is logged but what is in the catalogue', () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !/^(telemetry|cli)\//.test(file));
  const strays = sources.filter((file) =>
    /\blog\??\.(debug|info|warn|error)\(|\blog\[/.test(readFileSync(`${root}src/${file}`, 'utf8')),
  );
  expect(strays).toEqual([]);
});

interface Told {
  readonly level: string;
  readonly text: string;
  readonly facts: unknown;
}

function listening(): { readonly log: Logger; readonly told: Told[] } {
  const told: Told[] = [];
  const note = (level: string) => (text: string, facts: unknown) =>
    void told.push({ level, text, facts });
  const [debug, info, warn, error] = ['debug', 'info', 'warn', 'error'].map(note);
  const quiet = (): void => {};
  const log = {
    debug: debug ?? quiet,
    info: info ?? quiet,
    warn: warn ?? quiet,
    error: error ?? quiet,
  };
  return { log, told };
}

const finder = defineBot({
  id: 'finder',
  input: z.string(),
  work: ({ input }) => `found ${input}`,
});
const sleeper = defineBot({ id: 'sleeper', work: ({ sleep }) => sleep('nap', '1d') });
const yes = defineApproval({ id: 'yes', input: z.string() });

test("given an app's logger, then it hears of the team's doings with actor and facts", async () => {
  const { log, told } = listening();
  const troupe = await createTroupe({ definitions: [finder, sleeper, yes], log });
  await troupe.run(finder, 'bees', { id: 'q-1' });
  const nap = await troupe.start(sleeper, undefined, { id: 's-1' });
  await nap.cancel('enough');
  const asked = await troupe.start(yes, 'spend it', { id: 'a-1' });
  await troupe.approvals.decide('yes/a-1', { approve: true, by: 'ann' });
  await asked.result();
  const { logged } = troupe.metrics();
  await troupe.stop();
  expect(told.every(({ level }) => level === 'debug')).toBe(true);
  const lines = told.map(({ text, facts }) => [text, facts]);
  const of = (actor: string, definition: string) => ({ actor, definition });
  expect(lines).toEqual(
    expect.arrayContaining([
      ['the team is running', { live: 0, parked: 0 }],
      ['a run was started', of('run/finder/q-1', 'finder')],
      ['a task was assigned to a bot', { actor: 'run/finder/q-1', bot: 'finder' }],
      ['a run completed', of('run/finder/q-1', 'finder')],
      ['a run was cancelled', { ...of('run/sleeper/s-1', 'sleeper'), reason: 'enough' }],
      ['a person is asked', of('run/yes/a-1', 'yes')],
      ['a person has decided', { ...of('run/yes/a-1', 'yes'), approved: true, by: 'ann' }],
      ['the team has stopped', {}],
    ]),
  );
  // What sleeps is a step, with a run of its own.
  expect(logged).toMatchObject({ 'run.started': 3, 'run.completed': 2, 'run.cancelled': 2 });
});

test('given a logger that throws at everything, then all is done as without it', async () => {
  const boom = (): never => {
    throw new RangeError('the logger is broken');
  };
  const log: Logger = { debug: boom, info: boom, warn: boom, error: boom };
  const troupe = await createTroupe({ definitions: [finder], journal: memoryJournal(), log });
  expect(await troupe.run(finder, 'bees')).toBe('found bees');
  await troupe.stop();
});
