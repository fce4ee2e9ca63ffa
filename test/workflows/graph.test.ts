/**
 * `graph`: a workflow from data. Whatever can't be run is refused when it is declared.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import { type GraphStep, graph, planOf } from '../../src/workflows/index.ts';
import { refusal } from '../refusal.ts';

const bot = defineBot({ id: 'finder', input: z.string(), work: ({ input }) => [input] });
const declared = (...given: unknown[]) => Reflect.apply(graph, undefined, given);

describe('refused', () => {
  test.each([[undefined], [''], [{}]])('the id %j', (id) => {
    expect(refusal(() => declared(id, {})).code).toBe('BAD_ID');
  });

  test.each([
    [undefined, undefined, 'steps'],
    [[], undefined, 'steps'],
    [{}, { id: 'g' }, 'id'],
    [{}, { when: true }, 'when'],
    [{}, { concurrency: -1 }, 'concurrency'],
    [{}, { output: 'all' }, 'output'],
    [{}, { output: async () => 1 }, 'output'],
    [{}, null, 'options'],
  ])('steps %j with options %j', (steps, options, field) => {
    expect(refusal(() => declared('g', steps, options))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'workflow g',
      field,
    });
  });

  test.each<[unknown, string]>([
    [undefined, 'options'],
    ['finder', 'options'],
    [{}, 'work'],
    [{ work: 3 }, 'work'],
    [{ work: bot, afterwards: [] }, 'afterwards'],
    [{ work: bot, after: 'b' }, 'after'],
    [{ work: bot, after: ['b', 'b'] }, 'after'],
    [{ work: bot, retry: 'often' }, 'retry'],
    [{ work: bot, timeout: {} }, 'timeout'],
    [{ work: bot, input: async () => 'x' }, 'input'],
    [{ work: () => 1, input: 'x' }, 'input'],
    [{ work: () => 1, input: () => 'x' }, 'input'],
  ])('the step %j', (step, field) => {
    expect(refusal(() => declared('g', { a: step, b: { work: bot } }))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'workflow g, step a',
      field,
    });
  });

  test('an id of registered work that is none', () => {
    expect(refusal(() => graph('g', { a: { work: '' } }))).toMatchObject({
      code: 'BAD_ID',
      what: 'work of workflow g, step a',
    });
  });

  test('an input that is no JSON, with its path', () => {
    const input = { when: new Date(0) };
    expect(refusal(() => declared('g', { a: { work: bot, input } }))).toMatchObject({
      code: 'NOT_JSON',
      what: 'input of workflow g, step a',
      path: '.when',
    });
  });

  test.each(['input', 'key', '__proto__'])('the reserved name %s, from JSON too', (name) => {
    const steps = JSON.parse(`{"${name}":{"work":"finder"}}`);
    expect(refusal(() => graph('g', steps))).toMatchObject({ field: `step ${name}` });
  });

  test('an empty name', () => {
    expect(refusal(() => graph('g', { '': { work: bot } })).code).toBe('BAD_ID');
  });

  test.each(['c', 'toString', '__proto__'])('waiting for %s, which is no step', (unknown) => {
    const steps = { a: { work: bot }, b: { work: bot, after: ['a', unknown] } };
    expect(refusal(() => graph('g', steps))).toEqual({
      code: 'UNKNOWN_STEP',
      workflow: 'g',
      step: 'b',
      unknown,
    });
  });

  test('a cycle, naming its members in order', () => {
    const steps = {
      start: { work: bot },
      a: { work: bot, after: ['start', 'c'] },
      b: { work: bot, after: ['a'] },
      c: { work: bot, after: ['b'] },
      end: { work: bot, after: ['c'] },
    };
    expect(refusal(() => graph('g', steps))).toEqual({
      code: 'STEP_CYCLE',
      workflow: 'g',
      members: ['a', 'c', 'b'],
    });
  });

  test('a step that waits for itself', () => {
    expect(refusal(() => graph('g', { a: { work: bot, after: ['a'] } }))).toMatchObject({
      code: 'STEP_CYCLE',
      members: ['a'],
    });
  });

  test('more steps than a plan holds', () => {
    const steps = Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [`s${at}`, null]));
    expect(refusal(() => declared('g', steps))).toMatchObject({ field: 'steps' });
  });
});

test('no steps are a workflow that does nothing', () => {
  expect(graph('g', {})).toMatchObject({ kind: 'workflow', id: 'g', version: '1', steps: [] });
});

test('steps may wait for later ones, and hold work, ids, functions and JSON', () => {
  const given = { list: [1], none: undefined };
  const makeInput = ({ b }: Readonly<Record<string, unknown>>) => String(b);
  const work = () => 2;
  const workflow = graph(
    'g',
    {
      a: { work: bot, input: makeInput, after: ['b'], retry: false, timeout: '1s' },
      b: { work },
      c: { work: 'elsewhere', input: given },
      d: { work: bot },
      e: { work: 'elsewhere', input: null },
    },
    { retry: { attempts: 9 }, concurrency: 2 },
  );
  given.list.push(2);
  expect(workflow.concurrency).toBe(2);
  expect(workflow.steps).toMatchObject([
    { name: 'a', input: makeInput, after: ['b'], retry: { attempts: 1 }, timeoutMs: 1_000 },
    { name: 'b', work, after: [], input: undefined, retry: { attempts: 9 } },
    { name: 'c', work: 'elsewhere', input: { json: { list: [1] } }, retry: undefined },
    { name: 'd', work: bot, input: undefined },
    { name: 'e', input: { json: null } },
  ]);
  for (const part of [workflow, workflow.steps, workflow.steps[2], workflow.steps[2]?.input])
    expect(Object.isFrozen(part)).toBe(true);
});

test('its own output function makes the result', () => {
  const output = () => 'all';
  expect(graph('g', { a: { work: bot } }, { output }).result).toBe(output);
});

/** Graphs as a user writes them: names in any order, each waiting for some of those before it. */
const acyclic = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{2,4}$/), { maxLength: 12 })
  .filter((names) => !names.includes('key'))
  .chain((names) =>
    fc.tuple(...names.map((_, rank) => fc.subarray(names.slice(0, rank)))).map((after) => {
      const steps = names.map((name, at): [string, GraphStep] => [
        name,
        { work: 'elsewhere', after: after[at] ?? [] },
      ]);
      return Object.fromEntries(steps.toReversed());
    }),
  );

test('property: the plan says by number what the steps say by name', () => {
  fc.assert(
    fc.property(acyclic, (steps) => {
      const workflow = graph('g', steps);
      const plan = planOf(workflow);
      const named = plan.steps.map(({ name, after }) => [
        name,
        after.map((index) => plan.steps[index]?.name),
      ]);
      expect(Object.fromEntries(named)).toEqual(
        Object.fromEntries(Object.entries(steps).map(([name, { after }]) => [name, after])),
      );
      expect(plan).toEqual(JSON.parse(JSON.stringify(plan)));
    }),
  );
});

test('property: given an edge back, the graph is refused with a real cycle', () => {
  fc.assert(
    fc.property(acyclic, fc.nat(), (steps, pick) => {
      const edges = Object.entries(steps).flatMap(([name, { after = [] }]) =>
        after.map((before) => [before, name] as const),
      );
      fc.pre(edges.length > 0);
      const [before = '', behind = ''] = edges[pick % edges.length] ?? [];
      const closed = [...(steps[before]?.after ?? []), behind];
      const tied = { ...steps, [before]: { work: 'elsewhere', after: closed } };
      const { code, members } = refusal(() => graph('g', tied));
      expect(code).toBe('STEP_CYCLE');
      const names = z.array(z.string()).min(2).parse(members);
      for (const [at, name] of names.entries())
        expect(tied[name]?.after).toContain(names[(at + 1) % names.length]);
    }),
  );
});
