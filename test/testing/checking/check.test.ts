/** `check` itself: what it takes and refuses, lists, excuses, its report, the line for tests. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, createMachine, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
} from '../../../src/index.ts';
import {
  assertChecked,
  check,
  definitionsIn,
  reportText,
} from '../../../src/testing/checking/index.ts';
import { errorOf } from '../../refusal.ts';

const finder = defineBot({ id: 'finder', work: () => 1 });
const lost = graph('lost', { a: { work: 'nobody' }, b: { work: 'nowhere', after: ['a'] } });
const flow = defineWorkflow({ id: 'flow' }).step('find', finder);

const wrong = (given: unknown): never => given as never;

test.for([
  [[], 'definitions are none'],
  [{}, 'definitions must be'],
  [[finder, 1], 'definitions must be'],
  [undefined, 'definitions must be'],
] as const)('given %j to check, then it is refused', ([given, problem]) => {
  expect(errorOf(() => check(wrong(given)))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(problem),
  });
});

test.for([
  [{ alow: [] }, 'alow is no option here (options: allow'],
  [{ definitions: [1] }, 'definitions[0] must be a definition'],
  [{ bounds: { states: 0 } }, 'bounds.states must be a whole number of at least 1'],
  [{ bounds: { seed: 0.5 } }, 'bounds.seed must be a whole number'],
  [{ mutate: 1 }, 'mutate must be true or false'],
  [{ input: 1 }, 'input must be a schema'],
  [{ events: 1 }, 'events must be values'],
  [{ invariants: { a: 1 } }, 'invariants.a must be a function'],
  [{ allow: [1] }, 'allow[0] must be a text'],
  [{ allow: ['step-unreachble'] }, 'there is no finding step-unreachble'],
  [{ allow: ['step-unreachable'] }, 'which excuses nothing (found: nothing)'],
] as const)('given the options %j, then they are refused', ([options, problem]) => {
  expect(errorOf(() => check(flow, wrong(options)))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(problem),
  });
});

test('given two definitions of one id and version, then they are refused', () => {
  const other = defineBot({ id: 'finder', work: () => 2 });
  expect(errorOf(() => check([finder, other]))).toMatchObject({
    code: 'DUPLICATE_DEFINITION',
  });
});

test('a finding is excused by its code, or by its code and place', () => {
  const all = check(lost);
  expect(all).toMatchObject({ ok: false, excused: [] });
  expect(all.findings).toHaveLength(2);
  const some = check(lost, { allow: ['step-nobody-can-do:step a'] });
  expect(some).toMatchObject({ ok: false, findings: [{ place: 'step b' }] });
  expect(some.excused).toMatchObject([{ place: 'step a' }]);
  expect(check(lost, { allow: ['step-nobody-can-do'] })).toMatchObject({ ok: true, findings: [] });
});

test('an excuse that is not needed any more is refused, with what was found', () => {
  const allow = ['step-nobody-can-do', 'step-nobody-can-do:step c'];
  expect(errorOf(() => check(lost, { allow }))).toMatchObject({
    message: expect.stringContaining(
      'allow[1] names step-nobody-can-do:step c, which excuses nothing (found: ' +
        'step-nobody-can-do:step a, step-nobody-can-do:step b)',
    ),
  });
});

test('property: a list sums what its definitions say, whatever their order', () => {
  const asking = defineWorkflow({ id: 'asking' }).step('a', defineApproval({ id: 'who' }));
  const law = defineTask({ id: 'law', domain: 'law' });
  const all = [flow, lost, asking, law];
  const places = (definitions: readonly (typeof all)[number][]) => {
    const { findings, coverage } = check(definitions);
    const names = findings.map(({ definition, place, code }) => `${code} ${definition} ${place}`);
    const hits = coverage.map(({ definition, place, hits }) => `${definition} ${place} ${hits}`);
    return { names: names.sort(), hits: hits.sort() };
  };
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 1 }), (list) => {
      const each = list.map((one) => places([one]));
      expect(places(list)).toEqual({
        names: each.flatMap(({ names }) => names).sort(),
        hits: each.flatMap(({ hits }) => hits).sort(),
      });
    }),
  );
});

test('the report tells what was found, what was reached and how far it looked', () => {
  const result = check([lost, flow], { allow: ['step-nobody-can-do:step b'] });
  const [first, message = '', ...rest] = reportText(result).split('\n');
  expect(first).toBe('step-nobody-can-do  lost: step a');
  expect(message).toContain('  its work is nobody, which is registered nowhere (there is lost, ');
  expect(rest).toEqual([
    '',
    'DEFINITION  KIND  REACHED  NOT REACHED',
    'lost        step  7 of 7',
    'flow        step  3 of 3',
    '',
    '1 finding; 1 excused by name.',
    'Bounds: 5000 states of each chart and plan, 50 events of a plan or a random story; ' +
      'there was nothing left to look at.',
  ]);
});

test('the line for tests gives the result, or fails with the report', () => {
  expect(assertChecked(flow)).toMatchObject({ ok: true });
  expect(assertChecked([flow, finder])).toMatchObject({ ok: true });
  expect(assertChecked({ flow, other: 1, finder })).toMatchObject({ ok: true });
  const failure = errorOf(() => assertChecked({ lost }));
  expect(failure).toMatchObject({ code: 'CHECK_FAILED', data: { findings: 2 } });
  expect(failure.message).toContain('step-nobody-can-do  lost: step a\n');
  expect(errorOf(() => assertChecked({ nothing: 1 }))).toMatchObject({ code: 'BAD_OPTION' });
  expect(errorOf(() => assertChecked(wrong(undefined)))).toMatchObject({
    code: 'BAD_OPTION',
  });
});

test('definitions in a module: each once, in lists and records too, and nothing else', () => {
  const module = {
    flow,
    default: flow,
    list: [finder, lost],
    record: { finder },
    mixed: [defineBot({ id: 'mixed', work: () => 1 }), 1],
    number: 1,
    main: () => {},
    nothing: null,
  };
  expect(definitionsIn(module)).toEqual([flow, finder, lost]);
  expect(definitionsIn({})).toEqual([]);
});

test('given a module with what `property` is given, then its definitions are found', () => {
  const team = { definitions: [flow, lost], scenario: () => undefined, runs: 3 };
  expect(definitionsIn({ finder, team, other: { definitions: [1] } })).toEqual([
    finder,
    flow,
    lost,
  ]);
  expect(definitionsIn({ flow, team })).toEqual([flow, lost]);
  expect(definitionsIn({ team: { definitions: [] } })).toEqual([]);
});

test('mutants of machines are tried when asked for, and counted', () => {
  const states = { open: { on: { CLOSE: 'shut' } }, shut: { type: 'final' as const } };
  const door = createMachine({ id: 'door', initial: 'open', states });
  expect(check([door, flow])).not.toHaveProperty('mutants');
  const { mutants } = check([door, flow], { mutate: true });
  expect(mutants).toMatchObject({ tried: mutants?.all });
  expect(mutants?.all).toBeGreaterThan(0);
  expect(mutants?.killed).toBeGreaterThan(0);
  const own = check([door, flow], { of: { door: { mutate: true } } });
  expect(own.mutants).toEqual(mutants);
  expect(reportText(own)).toContain(`${mutants?.all} mutant`);
  expect(check(flow, { mutate: true })).not.toHaveProperty('mutants');
});

test('options of one definition hold for it alone, and need it', () => {
  const states = { open: { on: { CLOSE: 'shut' } }, shut: { type: 'final' as const }, no: {} };
  const machineOf = (id: string) => createMachine({ id, initial: 'open', states });
  const doors = [machineOf('a'), machineOf('b')];
  const places = (options: Parameters<typeof check>[1]) =>
    check(doors, options).findings.map(({ definition, code }) => `${definition} ${code}`);
  expect(places({})).toEqual(['a unreachable-state', 'b unreachable-state']);
  const allow = ['unreachable-state'];
  expect(places({ of: { a: { allow } } })).toEqual(['b unreachable-state']);
  const stranger = errorOf(() => check(doors, { of: { c: {} } }));
  expect(stranger.message).toContain('of.c is none of what is checked (a, b)');
  const stale = errorOf(() => check([...doors, flow], { of: { flow: { allow } } }));
  expect(stale.message).toContain(
    'of.flow.allow[0] names unreachable-state, which excuses nothing',
  );
  const module = { doors, check: { a: { allow }, b: { allow } } };
  expect(assertChecked(module)).toMatchObject({ ok: true, excused: [{}, {}] });
  expect(errorOf(() => assertChecked(module, { of: { b: {} } })).code).toBe('CHECK_FAILED');
});

test('a list was looked at whole when each of its definitions was', () => {
  const bounds = { states: 3, walks: 1 };
  const isWhole = (...given: Parameters<typeof check>) => check(...given).bounds.isExhausted;
  const door = createMachine({ id: 'door', initial: 'x', states: { x: { type: 'final' } } });
  const long = flow.step('two', () => 1).step('three', () => 1);
  expect(isWhole(door, { bounds })).toBe(true);
  expect(isWhole(long, { bounds })).toBe(false);
  expect(isWhole([door, long], { bounds })).toBe(false);
});

test('progress hears of each machine, then of all else', () => {
  const heard: string[] = [];
  const door = createMachine({ id: 'door', initial: 'x', states: { x: { type: 'final' } } });
  check([flow, door, finder], { progress: (what) => heard.push(what) });
  expect(heard).toEqual(['door', 'flow, finder']);
});

test('progress hears how many mutants were tried', () => {
  const heard: string[] = [];
  const states = { open: { on: { CLOSE: 'shut' } }, shut: { type: 'final' as const } };
  const door = createMachine({ id: 'door', initial: 'open', states });
  check(door, { mutate: true, progress: (what) => heard.push(what) });
  expect(heard).toEqual(['door', 'door: 1 of 1 mutants']);
});

test('bounds of a single definition are told beside those of the others', () => {
  const door = createMachine({ id: 'door', initial: 'x', states: { x: { type: 'final' } } });
  const long = flow.step('two', () => 1).step('three', () => 1);
  const own = { states: 3, depth: 2, walks: 0 };
  const result = check([door, long], {
    of: { door: { bounds: { depth: 7 } }, flow: { bounds: own } },
  });
  expect(result.bounds).toEqual({
    ...{ states: 5000, depth: 50, walks: 200, seed: 1, isExhausted: false },
    of: {
      door: { states: 5000, depth: 7, walks: 200, seed: 1, isExhausted: true },
      flow: { ...own, seed: 1, isExhausted: false },
    },
  });
  expect(reportText(result).split('\n').slice(-3)).toEqual([
    'Bounds: 5000 states of each chart and plan, 50 events of a plan or a random story, but for ' +
      'what has bounds of its own:',
    '  door: 5000 states, 7 events; there was nothing left to look at.',
    '  flow: 3 states, 2 events; the rest was sampled by 0 random stories (seed 1).',
  ]);
  expect(check([door, long], { of: { door: { input: [1] } } }).bounds).not.toHaveProperty('of');
});

test('the report says which mutants were left out, and why', () => {
  const door = createMachine({
    id: 'door',
    initial: 'open',
    states: {
      open: { exit: () => {}, on: { CLOSE: 'shut' } },
      shut: { type: 'final' },
      never: { on: { OPEN: 'open' } },
    },
  });
  expect(reportText(check(door, { mutate: true }))).toContain(
    '3 mutants: 1 tried, 1 noticed by the check; left out: 1 without effects of which no state ' +
      'tells, 1 where the check never came.',
  );
});

describe('given values that fit nothing', () => {
  const machine = setup({ actors: { job: fromPromise(async () => 1) } }).createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { invoke: { src: 'job', id: 'one' }, on: { GO: { target: 'b' } } }, b: {} },
  });
  const problemOf = (options: object) => {
    const { code, message } = errorOf(() => check(machine, wrong(options)));
    expect(code).toBe('BAD_OPTION');
    return message;
  };
  const carried = (value: unknown) => ({ events: { GO: [{}, value] } });

  test.for([
    [
      { outputs: { jab: [1] } },
      'outputs.jab is no source and no id of an actor (there is job, one)',
    ],
    [{ of: { m: { outputs: { jab: [1] } } } }, 'of.m.outputs.jab is no source'],
    [carried(5), 'events.GO[1] is no object'],
    [carried(null), 'events.GO[1] is no object'],
    [carried('x'), 'events.GO[1] is no object'],
    [carried([]), 'events.GO[1] is no object'],
    [carried({ type: 'HA' }), 'events.GO[1] is an event of the type HA'],
    [{ events: { GO: z.string() } }, 'events.GO gives no object'],
    [{ events: (): number => 1 }, 'events gives no array of events in "a"'],
    [{ events: (): object[] => [{}] }, 'events gives no array of events in "a"'],
    [{ of: { m: { events: (): null[] => [null] } } }, 'of.m.events gives no array'],
  ] as const)('as in %j, then they are refused by their field', ([options, problem]) => {
    expect(problemOf(options)).toContain(problem);
  });

  test('as a function of events that throws, then it is refused', () => {
    const throwing = () => {
      throw new Error('no such place');
    };
    expect(problemOf({ events: throwing })).toContain('events throws no such place in "a"');
  });

  test('sources, ids and what is spawned by code are none of them', () => {
    const outputs = { job: [1], one: [2] };
    expect(check(machine, { outputs }).ok).toBe(check(machine).ok);
    expect(check(machine, { events: () => [{ type: 'GO' }] }).findings).toEqual(
      check(machine).findings,
    );
    const spawner = createMachine({
      id: 'n',
      entry: assign({
        two: ({ spawn }) =>
          spawn(
            fromPromise(async () => 1),
            { id: 'two' },
          ),
      }),
      on: { GO: {} },
    });
    expect(() => check([machine, spawner], { outputs: { two: [1] } })).not.toThrow();
  });
});

test('control characters of ids do not reach the terminal', () => {
  const states = { a: {}, 'b\u001b[2J\nc': {} };
  const text = reportText(check(createMachine({ id: 'm\u0007', initial: 'a', states })));
  expect(text).toContain('#m .b [2J c');
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
