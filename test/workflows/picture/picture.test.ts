/** Pictures of workflows: what is drawn, that tools can open it, and that all of it can happen. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  createActor,
  createMachine,
  getMicrosteps,
  type StateNode,
} from 'xstate';
import { defineBot, defineTask, defineWorkflow, graph, type Workflow } from '../../../src/index.ts';
import { limits } from '../../../src/protocol/index.ts';
import { describeStep } from '../../../src/workflows/picture/texts.ts';
import { alphabetOf, workflowsOf } from './drawn.ts';
import { Picture } from './picture.ts';

const nothing = () => undefined;
const finder = defineBot({ id: 'finder', work: nothing });
const writer = defineTask({ id: 'writer', capability: 'write' });

const answer = defineWorkflow({ id: 'answer', title: 'Answers a question', concurrency: 2 })
  .step('find', finder)
  .step('draft', writer, { fallback: finder, after: ['find'] })
  .step('check', () => true, { after: ['find'], when: () => true })
  .step('publish', () => 'url', { after: ['draft', 'check'], undo: nothing })
  .step('announce', () => 'sent');

/** What the picture did not take on the way. */
function refusedOn(machine: AnyStateMachine, way: readonly string[]): readonly string[] {
  const actor = createActor(machine).start();
  return way.filter((type) => {
    if (!actor.getSnapshot().can({ type })) return true;
    actor.send({ type });
    return false;
  });
}

test('given a workflow, then its picture takes what a run can do, in its order', () => {
  const way = ['BEGIN', 'START find', 'COMPLETE find', 'START check', 'START draft'];
  const ends = ['FAIL draft', 'SKIP check', 'COMPLETE draft', 'START publish', 'COMPLETE publish'];
  expect(refusedOn(answer.toMachine(), [...way, ...ends])).toEqual([]);
  const picture = createActor(answer.toMachine()).start();
  for (const type of [...way, ...ends, 'START announce', 'FAIL announce']) picture.send({ type });
  expect(picture.getSnapshot().value).toMatchObject({
    IN_PROGRESS: { plan: { stopping: 'undoing' }, steps: { publish: 'UNDOING' } },
  });
  picture.send({ type: 'UNDO publish' });
  expect(picture.getSnapshot()).toMatchObject({ value: 'FAILED', status: 'done' });
});

test.each([
  ['a step before what it waits for', ['BEGIN', 'START draft']],
  ['the end of a step that has not begun', ['BEGIN', 'COMPLETE find']],
  ['anything else while a step may begin', ['BEGIN', 'CANCEL']],
  ['a step twice', ['BEGIN', 'START find', 'START find']],
  ['the skipping of a step without a condition', ['BEGIN', 'START find', 'SKIP find']],
  ['a time-out where there is none', ['BEGIN', 'START find', 'TIMEOUT']],
  ['the undoing of what was not done', ['BEGIN', 'START find', 'UNDO publish']],
  ['steps of other workflows', ['BEGIN', 'START find', 'COMPLETE lunch']],
])('a picture does not take %s', (_, way) => {
  expect(refusedOn(answer.toMachine(), way)).toEqual(way.slice(-1));
});

test('what is said of a step stands in its region, for people and as data', () => {
  const regions = answer.toMachine().config.states?.IN_PROGRESS?.states?.steps?.states;
  expect(regions?.draft).toMatchObject({
    description: 'task writer\nafter find\nelse bot finder',
    meta: {
      step: 'draft',
      work: { kind: 'task', id: 'writer', version: '1' },
      after: ['find'],
      fallback: [{ kind: 'bot', id: 'finder' }],
    },
  });
  expect(regions?.publish?.description).toBe('a function\nafter draft, check\ncan be undone');
  expect(answer.toMachine().config.description).toBe(
    'Answers a question\nAt most 2 steps at once.',
  );
});

test('all that can be said of a step is said', () => {
  const { steps } = graph('flow', {
    one: { work: nothing },
    two: { work: 'by-id', optional: true, cost: 3, estimate: '2s', timeout: 500, after: ['one'] },
    three: {
      work: finder,
      after: ['one', 'two'],
      runsWhen: { any: ['one', { all: [{ step: 'two', is: ['FAILED', 'OMITTED'] }, 'one'] }] },
    },
    four: {
      work: finder,
      after: ['three'],
      input: () => [],
      runsWhen: 'always',
      each: { need: 2 },
    },
  });
  expect(steps.slice(1).map((step) => describeStep(step).split('\n'))).toEqual([
    [
      'work by-id',
      'after one',
      'its failure is fine',
      '500 ms for an attempt',
      'takes about 2000 ms',
      'may cost 3',
    ],
    [
      'bot finder',
      'after one, two',
      'when one is fine or (two is FAILED or OMITTED and one is fine)',
    ],
    ['for each item: bot finder, 2 results are enough', 'after three', 'when they have ended'],
  ]);
});

test('property: a picture is JSON, and the same machine again when it is made of that', () => {
  fc.assert(
    fc.property(workflowsOf(5), fc.array(fc.nat(1_000), { maxLength: 30 }), (workflow, picks) => {
      const machine = workflow.toMachine();
      const copy = JSON.parse(JSON.stringify(machine.config));
      expect(copy).toEqual(machine.config);
      const { guards, actions } = machine.implementations;
      const again = createMachine(copy).provide({ guards, actions } as never);
      const two = [new Picture(workflow, machine), new Picture(workflow, again)] as const;
      for (const pick of picks) {
        const [enabled, other] = [two[0].enabled(), two[1].enabled()];
        expect(other).toEqual(enabled);
        const event = enabled[pick % enabled.length];
        if (event === undefined) return;
        for (const picture of two) picture.send(event);
      }
    }),
    { numRuns: 50 },
  );
});

test('every state of a picture can be reached', () => {
  const all = graph(
    'all',
    {
      first: { work: finder, undo: nothing },
      other: { work: writer, fallback: finder, after: ['first'], optional: true },
      last: { work: nothing, after: ['first'], when: () => true },
      after: { work: nothing, after: ['last'] },
    },
    { timeout: '1m', concurrency: 1 },
  );
  expect(unreached(all)).toEqual([]);
});

/** States that no way through the picture enters, in short. */
function unreached(workflow: Workflow): readonly string[] {
  const machine = workflow.toMachine();
  const initial = new Picture(workflow, machine);
  const entered = new Set<StateNode>(initial.snapshot._nodes);
  const seen = new Set<string>();
  const open = [initial];
  for (const picture of open) {
    const { value, context } = picture.snapshot;
    const key = JSON.stringify([value, context]);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const type of picture.enabled()) {
      for (const [{ _nodes }] of getMicrosteps(machine, picture.snapshot, { type }))
        for (const node of _nodes) entered.add(node);
      const next = picture.copy();
      next.send(type);
      open.push(next);
    }
  }
  return [...nodesIn(machine.root)]
    .filter((node) => !entered.has(node))
    .map((node) => node.path.slice(1).join('.'));
}

function* nodesIn(node: StateNode): Generator<StateNode> {
  yield node;
  for (const child of Object.values(node.states)) yield* nodesIn(child);
}

test('names that mean something in states and events are drawn under others', () => {
  const names = ['a.b', 'a', 'a_b', '*', 'x.*', 'x.y', '#', 'a b', 'constructor', '7', 'COMPLETED'];
  const steps = names.map((name) => [name, { work: nothing }] as const);
  const machine = graph('odd.name', Object.fromEntries(steps)).toMachine();
  const regions = machine.config.states?.IN_PROGRESS?.states?.steps?.states ?? {};
  expect(
    Object.values(regions)
      .map(({ meta }) => meta?.step)
      .toSorted(),
  ).toEqual(names.toSorted());
  const keys = Object.keys(regions);
  const way = ['START', 'COMPLETE'].flatMap((what) => keys.map((key) => `${what} ${key}`));
  const batch = keys.length - limits.concurrency;
  expect(batch).toBe(1);
  const [last] = keys.slice(-1);
  const ordered = way.filter((event) => !event.endsWith(` ${last}`));
  const end = [`START ${last}`, `COMPLETE ${last}`, 'FINISH'];
  const first = ordered.slice(0, limits.concurrency + 1);
  const rest = ordered.slice(limits.concurrency + 1);
  expect(refusedOn(machine, ['BEGIN', ...first, end[0] ?? '', ...rest, ...end.slice(1)])).toEqual(
    [],
  );
});

test('each call makes a picture anew, also without its workflow at hand', () => {
  expect(answer.toMachine()).not.toBe(answer.toMachine());
  expect(answer.toMachine().id).toBe('answer');
  expect(answer.toMachine().version).toBe('1');
  const { toMachine } = answer;
  expect(toMachine().config).toEqual(answer.toMachine().config);
});

test('a workflow without steps has a picture', () => {
  const machine = defineWorkflow({ id: 'empty' }).toMachine();
  expect(refusedOn(machine, ['BEGIN', 'FINISH'])).toEqual([]);
  expect(refusedOn(machine, ['BEGIN', 'FAIL'])).toEqual([]);
});

const chainOf = (length: number, width = 1): Workflow => {
  const steps = Array.from({ length }, (_, index) => {
    const after = index < width ? [] : [`s${index - width}`];
    return [`s${index}`, { work: nothing, after }] as const;
  });
  return graph('long', Object.fromEntries(steps));
};

test('given 50 steps, each has a region; given one more, its waves are drawn', () => {
  const regions = chainOf(50).toMachine().config.states?.IN_PROGRESS?.states?.steps?.states;
  expect(Object.keys(regions ?? {})).toHaveLength(50);
  const wide = chainOf(51, 17).toMachine();
  const waves = wide.config.states?.IN_PROGRESS?.states ?? {};
  expect(Object.keys(waves)).toEqual(['wave 1', 'wave 2', 'wave 3']);
  expect(waves['wave 2']?.meta?.steps).toEqual(Array.from({ length: 17 }, (_, i) => `s${i + 17}`));
  const way = ['BEGIN', 'COMPLETE wave 1', 'COMPLETE wave 2', 'COMPLETE wave 3'];
  expect(refusedOn(wide, way)).toEqual([]);
  expect(JSON.parse(JSON.stringify(wide.config))).toEqual(wide.config);
});

test('given a plan of thousands of steps, then its picture is small and lists them all', () => {
  const { config } = chainOf(2_122, 3).toMachine();
  const waves = Object.values(config.states?.IN_PROGRESS?.states ?? {});
  expect(waves.length).toBeLessThanOrEqual(limits.pictureSteps);
  expect(waves.flatMap(({ meta }) => meta?.steps)).toHaveLength(2_122);
  expect(waves[0]?.description).toMatch(/and \d+ more$/);
});

test('whatever can happen in pictures is in their alphabet', () => {
  fc.assert(
    fc.property(workflowsOf(5), (workflow) => {
      expect(alphabetOf(workflow)).toEqual(expect.arrayContaining(workflow.toMachine().events));
    }),
  );
});
