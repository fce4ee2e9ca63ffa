/**
 * `defineTask`: exactly one way to find who does it, and every field by its name.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler } from '../../src/bots/index.ts';
import { defineTask } from '../../src/tasks/define-task.ts';
import { defineWorkflow } from '../../src/workflows/index.ts';
import { refusal } from '../refusal.ts';

const bot = defineBot({ id: 'finder', work: () => 1 });
const trader = defineBot({ id: 'trader', on: { quote: handler(z.string(), () => 1) } });
const declared = (options: unknown) => Reflect.apply(defineTask, undefined, [options]);

test.each<[object, string]>([
  [{}, 'bot'],
  [{ bot: undefined, domain: undefined }, 'bot'],
  [{ bot, capability: 'web-search' }, 'capability'],
  [{ capability: 'web-search', domain: 'news' }, 'domain'],
  [{ bot, choose: () => 'finder' }, 'choose'],
  [{ bot: 'finder' }, 'bot'],
  [{ bot: trader }, 'bot'],
  [{ bot: defineWorkflow({ id: 'flow' }) }, 'bot'],
  [{ capability: 'web-search@1' }, 'capability'],
  [{ capability: 'web-search@1.2.0@2.0.0' }, 'capability'],
  [{ capability: '' }, 'capability'],
  [{ domain: '' }, 'domain'],
  [{ choose: 'finder' }, 'choose'],
  [{ choose: async () => 'finder' }, 'choose'],
  [{ bot, priority: 11 }, 'priority'],
  [{ bot, priority: 0.5 }, 'priority'],
  [{ bot, requirements: 'fast' }, 'requirements'],
  [{ bot, constraints: ['cheap', ''] }, 'constraints[1]'],
  [{ bot, input: {} }, 'input'],
  [{ bot, output: 'text' }, 'output'],
  [{ bot, retry: { tries: 1 } }, 'retry.tries'],
  [{ bot, timeout: 'soon' }, 'timeout'],
  [{ bot, work: () => 1 }, 'work'],
  [{ bot, when: () => true }, 'when'],
])('%j is refused by its field', (options, field) => {
  expect(refusal(() => declared({ id: 'find', ...options }))).toMatchObject({
    code: 'BAD_OPTION',
    where: 'task find',
    field,
  });
});

test('a bad id is refused', () => {
  expect(refusal(() => declared({ bot }))).toMatchObject({ code: 'BAD_ID', what: 'task id' });
});

test('the least there is gets every default', () => {
  expect(defineTask({ id: 'find', bot })).toEqual({
    kind: 'task',
    id: 'find',
    version: '1',
    retry: { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 },
    route: { by: 'bot', bot },
    requirements: [],
    constraints: [],
  });
});

test('each way to find the bot is told by name', () => {
  const choose = () => 'finder';
  expect(defineTask({ id: 'a', capability: 'web-search' }).route).toEqual({
    by: 'capability',
    capability: 'web-search',
  });
  expect(defineTask({ id: 'a', domain: 'news' }).route).toEqual({ by: 'domain', domain: 'news' });
  expect(defineTask({ id: 'a', choose }).route).toEqual({ by: 'choose', choose });
});

test('everything that is given is there, the options are not kept, the task is frozen', () => {
  const options = {
    id: 'find',
    version: '3',
    title: 'Find',
    description: 'Find it',
    input: z.string(),
    output: z.array(z.string()),
    domain: 'news',
    retry: false,
    timeout: 1_500,
    priority: 8,
    requirements: ['two sources'],
    constraints: ['no paywall'],
  } as const;
  const requirements = [...options.requirements];
  const task = defineTask({ ...options, requirements });
  Reflect.apply(Array.prototype.push, requirements, ['more']);
  const { domain, timeout, ...kept } = options;
  expect(task).toEqual({
    ...kept,
    kind: 'task',
    route: { by: 'domain', domain },
    retry: { attempts: 1, backoffMs: 200, backoffMsMax: 30_000 },
    timeoutMs: timeout,
  });
  for (const part of [task, task.route, task.retry, task.requirements, task.constraints])
    expect(Object.isFrozen(part)).toBe(true);
});
