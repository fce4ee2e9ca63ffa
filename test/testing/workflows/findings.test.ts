/**
 * Faults planted in sample workflows are found, by name, place and shortest story; the same
 * workflow without the fault has none.
 */
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  escalation,
  graph,
  handler,
  parallel,
  repeat,
  scatterGather,
  sequence,
  type Workflow,
} from '../../../src/index.ts';
import type { Definition } from '../../../src/protocol/index.ts';
import type { Bounds, CheckOptions } from '../../../src/testing/check.ts';
import { check } from '../../../src/testing/checking/index.ts';

const finder = defineBot({ id: 'finder', capabilities: ['search@1.2.0'], work: () => ['a'] });
const listener = defineBot({ id: 'listener', on: { hear: handler(z.string(), () => 1) } });
const person = defineBot({ id: 'person' });
const editor = defineApproval({ id: 'editor' });
const search = (capability: string) => defineTask({ id: 'search', capability });

/** Code, place and story of each finding. */
const found = (definitions: Definition | readonly Definition[], options: CheckOptions = {}) =>
  check(definitions, options).findings.map(
    ({ code, definition, place, witness }) =>
      `${code} ${definition}: ${place}${witness.map((line) => ` / ${line}`).join('')}`,
  );

const messages = (definition: Definition) =>
  check(definition).findings.map(({ message }) => message);

const flow = (id = 'flow') => defineWorkflow({ id });

test('a step whose work is registered nowhere', () => {
  const byName = graph('flow', { find: { work: 'finder' }, other: { work: 'findr' } });
  expect(found(byName, { definitions: [finder] })).toEqual(['step-nobody-can-do flow: step other']);
  expect(found([byName, finder])).toEqual(['step-nobody-can-do flow: step other']);
  expect(messages(byName)[0]).toContain('finder, which is registered nowhere (there is flow)');
  const onFallback = graph('flow', { find: { work: finder, fallback: ['findr'] } });
  expect(found(onFallback)).toEqual(['step-nobody-can-do flow: step find']);
});

test.for([
  ['search', 'finder', true],
  ['search@1.2.0', 'finder', true],
  ['search@1.0.0', 'finder', true],
  ['search@1.3.0', 'finder', false],
  ['search@2.0.0', 'finder', false],
  ['find', 'finder', false],
] as const)('a task that wants %s of %s is done: %s', ([wanted, , isDone]) => {
  const one = flow().step('find', search(wanted));
  const expected = isDone ? [] : ['step-nobody-can-do flow: step find'];
  expect(found(one, { definitions: [finder] })).toEqual(expected);
});

test('a task that nobody of the team takes', () => {
  const domain = defineTask({ id: 'law', domain: 'law' });
  const choosing = defineTask({ id: 'any', choose: () => 'x' });
  const one = flow().step('law', domain).step('any', choosing);
  expect(found(one, { definitions: [listener] })).toEqual([
    'step-nobody-can-do flow: step law',
    'step-nobody-can-do flow: step any',
  ]);
  expect(found(domain)).toEqual(['step-nobody-can-do law: task law']);
  const lawyer = defineBot({ id: 'lawyer', domain: 'law', work: () => 1 });
  expect(found([one, domain, lawyer])).toEqual([]);
  expect(found(flow().step('a', lawyer).step('law', domain))).toEqual([]);
});

test('a bot that only handles messages, and an option that does not fit', () => {
  const bad = graph(
    'flow',
    {
      hear: { work: listener },
      ask: { work: 'editor', timeout: '1h' },
    },
    { timeout: '1d' },
  );
  expect(found(bad, { definitions: [editor] })).toEqual([
    'step-nobody-can-do flow: step hear',
    'step-nobody-can-do flow: step ask',
  ]);
});

test('a machine that is refused when it is run', () => {
  const states = { on: { invoke: { src: 'nothing' } }, off: { type: 'final' as const } };
  const bare = createMachine({ id: 'bare', initial: 'on', states });
  expect(found(flow().step('run', bare))).toEqual(['step-nobody-can-do flow: step run']);
});

test('a nested workflow, a pattern, a fan-out and a loop are looked into', () => {
  const inner = flow('inner').step('find', search('nothing'));
  const lost = ['step-nobody-can-do inner: step find'];
  expect(found(flow().step('a', inner))).toEqual(lost);
  expect(
    found(
      flow()
        .step('list', () => [1])
        .step('a', inner, () => [undefined], { each: true }),
    ),
  ).toEqual(lost);
  expect(found(repeat('again', inner, { until: () => true, max: 2 }))).toEqual(lost);
  expect(found(parallel('both', { inner, finder }))).toEqual(lost);
  expect(found(scatterGather('all', [finder, inner]))).toEqual(lost);
});

test('a step that no run comes to, with what only waits for it', () => {
  const one = flow()
    .step('a', () => 1)
    .step('b', () => 1, { runsWhen: { step: 'a', is: ['SKIPPED'] } })
    .step('c', () => 1, { runsWhen: 'b' })
    .step('d', () => 1, { after: ['a'] });
  const { findings, coverage } = check(one);
  expect(findings).toMatchObject([{ code: 'step-unreachable', place: 'step b' }]);
  expect(findings[0]?.message).toBe(
    'no run comes to it: it begins when a is SKIPPED, and that never comes together (possible: a ' +
      'COMPLETED, FAILED, CANCELLED). What waits for it is not reached either: c.',
  );
  expect(coverage.find(({ place }) => place === 'b COMPLETED')).toMatchObject({ hits: 0 });
  const withWhen = flow()
    .step('a', () => 1, { when: () => Math.random() > 2 })
    .step('b', () => 1, { runsWhen: { step: 'a', is: ['SKIPPED'] } });
  expect(found(withWhen)).toEqual([]);
});

test('conditions that exclude each other, also along two ways', () => {
  const one = flow()
    .step('a', () => 1)
    .step('mend', () => 1, { runsWhen: 'failed' })
    .step('all', () => 1, { after: ['a', 'mend'] });
  expect(found(one)).toEqual(['step-unreachable flow: step all']);
});

test('a step that costs more than the whole may', () => {
  const priced = (cost: number) =>
    defineWorkflow({ id: 'flow', budget: 5 })
      .step('a', () => 1)
      .step('b', () => 1, { cost });
  expect(found(priced(5))).toEqual([]);
  expect(found(priced(6))).toEqual(['step-unreachable flow: step b']);
  expect(messages(priced(6))[0]).toContain('it costs 6, and the budget of the whole is 5');
});

const Order = z.object({ isUrgent: z.boolean(), size: z.enum(['s', 'm']), text: z.string() });
const order = defineWorkflow({ id: 'flow', input: Order });

test.for([
  ['is false', order.step('a', () => 1, { when: () => false }), true],
  [
    'contradicts an enum',
    order.step('a', () => 1, {
      when: ({ input }) => input.isUrgent && JSON.stringify(input.size) === '"l"',
    }),
    true,
  ],
  ['reads booleans', order.step('a', () => 1, { when: ({ input }) => input.isUrgent }), false],
  [
    'looks for a text',
    order.step('a', () => 1, { when: ({ input }) => input.text === 'one of many' }),
    false,
  ],
  [
    'asks for a setting',
    order.step('a', () => 1, { when: () => process.env.NOT_THERE === '1' }),
    false,
  ],
  [
    'looks at a list',
    flow()
      .step('a', finder)
      .step('b', () => 1, { when: ({ a }) => a.length > 99 }),
    false,
  ],
] as const)('a `when` that %s', ([, workflow, isFound]) => {
  const place = workflow.steps.at(-1)?.name;
  const expected = isFound ? [`step-unreachable flow: step ${place}`] : [];
  expect(found(workflow)).toEqual(expected);
});

test('a `when` is free where not all that it reads was seen', () => {
  const lists = defineBot({ id: 'l', output: z.array(z.boolean()), work: () => [] });
  const long = flow()
    .step('a', lists)
    .step('b', () => 1, { when: ({ a }) => a.length > 99 });
  expect(found(long)).toEqual([]);
  const sure = defineBot({ id: 's', output: z.literal(true), work: () => true as const });
  const when = ({ a }: { a: unknown }) => a !== true;
  expect(
    found(
      flow()
        .step('a', sure)
        .step('b', () => 1, { when }),
    ),
  ).toEqual(['step-unreachable flow: step b']);
  const perhaps = flow().step('a', sure, { optional: true });
  expect(found(perhaps.step('b', () => 1, { when }))).toEqual([]);
  const names = [...'abcdefghij'];
  const flags = z.object(Object.fromEntries(names.map((name) => [name, z.boolean()])));
  const every = defineWorkflow({ id: 'flow', input: flags }).step('a', () => 1, {
    when: ({ input }) => names.every((name) => input[name] === true),
  });
  expect(found(every)).toEqual([]);
});

test('an approval that nobody need answer', () => {
  const asking = flow()
    .step('draft', () => 'x')
    .step('release', editor);
  const story = ' / draft COMPLETED / release STARTED';
  expect(found(asking)).toEqual([`approval-unanswered flow: step release${story}`]);
  const timely = defineApproval({ id: 'timely', expiresIn: '2d' });
  expect(found(flow().step('release', timely))).toEqual([]);
  const timed = defineWorkflow({ id: 'timed', timeout: '3d' });
  expect(found(timed.step('release', editor))).toEqual([]);
  expect(found(timed.step('a', asking))).toEqual([]);
  expect(found([asking, timed.step('a', asking)])).toEqual([]);
  expect(found(flow('outer').step('a', asking, { timeout: '1d' }))).toEqual([]);
  expect(found(flow('outer').step('a', asking))).toEqual([
    `approval-unanswered flow: step release / a STARTED${story}`,
  ]);
  expect(found(flow('outer').step('a', timed.step('release', editor)))).toEqual([]);
  const help = { severity: 'SEV1', issue: 'no way on' } as const;
  expect(found(flow().step('help', escalation, () => help))).toEqual([
    'approval-unanswered flow: step help / help STARTED',
  ]);
  const several = flow().step('ask', editor, () => [undefined], { each: true });
  expect(found(several)).toEqual(['approval-unanswered flow: step ask / ask STARTED']);
});

test('work by hand, and a machine without an end', () => {
  const waits = (step: string) => [`failure-never-ends flow: step ${step} / ${step} STARTED`];
  expect(found(flow().step('do', person))).toEqual(waits('do'));
  expect(found(flow().step('do', defineTask({ id: 'task', bot: person })))).toEqual(waits('do'));
  const offering = defineBot({ id: 'offering', capabilities: ['search'] });
  expect(found(flow().step('do', search('search')), { definitions: [offering] })).toEqual(
    waits('do'),
  );
  expect(found(defineWorkflow({ id: 'flow', timeout: '1h' }).step('do', person))).toEqual([]);
  const light = createMachine({ id: 'light', initial: 'on', states: { on: { on: { GO: 'on' } } } });
  expect(
    found(
      flow()
        .step('do', light)
        .step('then', () => 1),
    ),
  ).toEqual(['step-unreachable flow: step then', ...waits('do')]);
  const done = createMachine({
    id: 'done',
    initial: 'on',
    states: { on: { on: { GO: 'off' } }, off: { type: 'final' } },
  });
  expect(
    found(
      flow()
        .step('do', done)
        .step('then', () => 1),
    ),
  ).toEqual([]);
});

test('a machine ends by a final state at its top, in each of its regions', () => {
  const end = { type: 'final' as const };
  const ending = { initial: 'a', states: { a: { on: { GO: 'b' } }, b: end } };
  const endless = { initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } };
  const machineOf = (config: object) => createMachine({ id: 'machine', ...config });
  const codesOf = (config: object) =>
    check(flow().step('do', machineOf(config))).findings.map(({ code }) => code);
  expect(codesOf(ending)).toEqual([]);
  expect(codesOf(endless)).toEqual(['failure-never-ends']);
  expect(codesOf({ initial: 'in', states: { in: ending } })).toEqual(['failure-never-ends']);
  expect(codesOf({ type: 'parallel', states: { x: ending, y: ending } })).toEqual([]);
  expect(codesOf({ type: 'parallel', states: { x: ending, y: endless } })).toEqual([
    'failure-never-ends',
  ]);
});

test('an external bot by itself', () => {
  expect(found(person)).toEqual(['failure-never-ends person: bot person']);
  expect(found([finder, listener, editor])).toEqual([]);
  expect(found(defineBot({ id: 'person', heartbeat: '1m' }))).toEqual([]);
  expect(found(defineBot({ id: 'person', timeout: '1m' }))).toEqual([]);
  const timed = defineWorkflow({ id: 'flow', timeout: '1h' }).step('do', person);
  expect(found([timed, person])).toEqual([]);
});

test('what a nested workflow did is undone by nobody', () => {
  const inner = flow('inner').step('book', () => 1, { undo: () => {} });
  expect(
    found(
      flow()
        .step('trip', inner)
        .step('pay', () => 1),
    ),
  ).toEqual(['undo-nobody-can-do flow: undo of step trip / trip COMPLETED / pay FAILED']);
  expect(
    found(
      flow()
        .step('trip', inner, { undo: () => {} })
        .step('pay', () => 1),
    ),
  ).toEqual([]);
  expect(
    found(
      flow()
        .step('pay', () => 1)
        .step('trip', inner),
    ),
  ).toEqual([]);
  expect(
    found(
      flow()
        .step('trip', inner)
        .step('pay', () => 1, { optional: true }),
    ),
  ).toEqual([]);
});

test('works of a pattern take no undo: the remedy is another way to declare the plan', () => {
  const inner = flow('inner').step('book', () => 1, { undo: () => {} });
  const payer = defineBot({ id: 'payer', input: z.number(), work: (cents) => cents });
  const [finding] = check([sequence('trips', inner, payer)]).findings;
  expect(finding).toMatchObject({ code: 'undo-nobody-can-do', place: 'undo of step inner' });
  expect(finding?.message).toContain('declare such a plan with `defineWorkflow` or `graph`.');
});

test('what some items did is undone by nobody when another one fails', () => {
  const each = (onFailure?: 'best-effort') =>
    flow().step(
      'book',
      () => 1,
      () => [1, 2],
      {
        each: onFailure === undefined ? true : { onFailure },
        undo: () => {},
      },
    );
  expect(found(each())).toEqual([
    'undo-nobody-can-do flow: undo of step book / item 1 COMPLETED / item 2 FAILED / book FAILED',
  ]);
  expect(found(each('best-effort'))).toEqual([]);
});

test('an undo that reads a result which is never there', () => {
  const silent = defineBot({ id: 'silent', output: z.undefined(), work: () => undefined });
  const chart = createMachine({ id: 'chart', initial: 'end', states: { end: { type: 'final' } } });
  const undo = ({ result }: { result: unknown }) => void result;
  const place = ['undo-without-result flow: undo of step a'];
  expect(found(flow().step('a', silent, { undo }))).toEqual(place);
  expect(found(flow().step('a', chart, { undo }))).toEqual(place);
  expect(found(flow().step('a', flow('inner').step('x', silent), { undo }))).toEqual(place);
  expect(found(flow().step('a', silent, { undo: () => {} }))).toEqual([]);
  expect(found(flow().step('a', finder, { undo }))).toEqual([]);
  expect(found(graph('flow', { a: { work: silent, fallback: finder, undo } }))).toEqual([]);
  const perhaps = defineBot({ id: 'p', output: z.literal('x').optional(), work: () => undefined });
  expect(found(flow().step('a', perhaps, { undo }))).toEqual([]);
});

test('an undo that may hang', () => {
  const undo = async () => {};
  const hanging = (workflow: Workflow) => found(workflow).map((line) => line.split(' / ')[0]);
  const timed = defineWorkflow({ id: 'flow', timeout: '1h' });
  expect(hanging(timed.step('a', () => 1, { undo }).step('b', () => 1))).toEqual([
    'failure-never-ends flow: undo of step a',
  ]);
  expect(hanging(timed.step('a', () => 1, { undo, timeout: '1m' }).step('b', () => 1))).toEqual([]);
});

test('a ring of workflows that name each other is looked at once', () => {
  const one = graph('one', { a: { work: 'two' }, ask: { work: 'editor' } });
  const two = graph('two', { b: { work: 'one' } });
  expect(found([one, two, editor])).toEqual(['approval-unanswered one: step ask / ask STARTED']);
});

test('given a large plan, then what is not sure is no finding, and what is sure is one', () => {
  const wide: Record<string, Parameters<typeof graph>[1][string]> = {};
  for (let at = 0; at < 30; at += 1) wide[`s${at}`] = { work: () => 1, optional: true };
  const after = Object.keys(wide);
  wide.last = { work: () => 1, after };
  wide.never = { work: () => 1, after: ['last'], runsWhen: { step: 'last', is: ['SKIPPED'] } };
  const bounds: Partial<Bounds> = { states: 200, walks: 3 };
  const result = check(graph('wide', wide), { bounds });
  expect(result.bounds).toEqual({ states: 200, depth: 50, walks: 3, seed: 1, isExhausted: false });
  expect(result.findings.map(({ place }) => place)).toEqual(['step never']);
  expect(result.coverage.find(({ place }) => place === 'last COMPLETED')?.hits).toBeGreaterThan(0);
});
