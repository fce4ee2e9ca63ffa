/**
 * Loggers: what the default one prints, and that a broken one harms nobody.
 */
import { expect, test, vi } from 'vitest';
import { defineBot, type Logger } from '../../src/index.ts';
import { defaultLogger, guardedLogger } from '../../src/telemetry/index.ts';
import { teamOf } from '../troupe/team.ts';

/** What is printed while `deed` runs. */
function printed(deed: () => void): string[] {
  const lines: string[] = [];
  const warn = vi.spyOn(console, 'warn').mockImplementation((line) => void lines.push(`w ${line}`));
  const error = vi.spyOn(console, 'error').mockImplementation((line) => {
    lines.push(`e ${line}`);
  });
  deed();
  warn.mockRestore();
  error.mockRestore();
  return lines;
}

test('the default logger prints warnings and errors on standard error, nothing else', () => {
  const lines = printed(() => {
    defaultLogger.debug('fine');
    defaultLogger.info('fine too', { n: 1 });
    defaultLogger.warn('careful');
    defaultLogger.error('broken', { run: 'run/a/1', error: new Error('no'), n: [1, { a: null }] });
  });
  expect(lines).toEqual([
    'w troupe: careful',
    'e troupe: broken (run=run/a/1, error=no, n=[1,{"a":null}])',
  ]);
});

const circle: unknown[] = [];
circle.push(circle);

test.each([
  [undefined, 'undefined'],
  [7n, 'bigint'],
  [circle, 'object'],
  [() => 1, 'function'],
  [Symbol('s'), 'symbol'],
  ['', ''],
])('any fact has a text', (fact, text) => {
  expect(printed(() => defaultLogger.warn('x', { fact }))).toEqual([`w troupe: x (fact=${text})`]);
});

test.each([
  ['no\ntroupe: all is well', 'no\\ntroupe: all is well'],
  ['a\r\n\tb', 'a\\r\\n\\tb'],
  ['\u001b[2Jgone\u0000', '\\u001b[2Jgone\\u0000'],
  ['\u0085\u2028\u2029', '\\u0085\\u2028\\u2029'],
  ['Grüße, 蜂', 'Grüße, 蜂'],
])('given %j in a text, a fact or its name, then one line is printed', (text, shown) => {
  const facts = { error: new Error(text), text, list: [text.replace(/\P{Cc}/gu, '')], [text]: 1 };
  const lines = printed(() => defaultLogger.warn(text, facts));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  const [line = ''] = lines;
  expect(line.startsWith(`w troupe: ${shown} (error=${shown}, text=${shown}, `)).toBe(true);
  expect(line.endsWith(`, ${shown}=1)`)).toBe(true);
});

test('a guarded logger passes on text and facts, and swallows throws', () => {
  const seen: unknown[] = [];
  const note =
    (level: string) =>
    (...given: unknown[]) => {
      seen.push([level, ...given]);
      throw new Error('the disk is full');
    };
  const broken: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  };
  const guarded = guardedLogger(broken);
  guarded.debug('a');
  guarded.info('b', { n: 1 });
  guarded.warn('c');
  guarded.error('d');
  expect(seen).toEqual([
    ['debug', 'a', undefined],
    ['info', 'b', { n: 1 }],
    ['warn', 'c', undefined],
    ['error', 'd', undefined],
  ]);
});

test("work and handlers log by the app's logger", async () => {
  const bot = defineBot({ id: 'bot', work: ({ log }) => log.warn('from work', { n: 1 }) });
  const { troupe, logged } = await teamOf([bot]);
  await troupe.run(bot, undefined);
  expect(logged).toEqual([{ level: 'warn', text: 'from work', facts: { n: 1 } }]);
});

test('an ordinary life of a team is not worth a line', async () => {
  const bot = defineBot({ id: 'bot', work: ({ step }) => step('one', () => 1) });
  const { troupe, logged } = await teamOf([bot]);
  await troupe.run(bot, undefined);
  const run = await troupe.start(bot, undefined);
  await run.outcome();
  await troupe.stop();
  expect(logged).toEqual([]);
});
