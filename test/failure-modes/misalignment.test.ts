/** Failure modes of bots that don't fit together: FM-2.1 to FM-2.6. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  escalation,
  handler,
  type Troupe,
} from '../../src/index.ts';
import { check, property, type RunView, simulate } from '../../src/testing/index.ts';

const Text = z.object({ text: z.string() });

describe('FM-2.1 conversation reset', () => {
  const expert = defineBot({
    id: 'expert',
    on: { question: handler(Text, ({ payload }) => `about ${payload.text}`) },
  });
  const asker = defineBot({
    id: 'asker',
    async work({ ask, step }) {
      const first = await ask(expert, { type: 'question', payload: { text: 'tea' } });
      await step('note', () => first);
      const second = await ask(expert, { type: 'question', payload: { text: first } });
      return [first, second];
    },
  });

  test('given a restart at any moment, then the conversation goes on where it was', async () => {
    const found = await property({
      definitions: [asker, expert],
      scenario: (troupe: Troupe) => troupe.start(asker, undefined, { id: '1' }),
      faults: ['crash', 'disk-full', 'reorder'],
      eventually: {
        'both answers are there': (view) =>
          view.runs(asker).every(({ result }) => result?.[1] === 'about about tea'),
      },
      runs: 60,
    });
    expect(found.runs).toBe(60);
  });
});

describe('FM-2.2 fail to ask for clarification', () => {
  const helper = defineBot({
    id: 'helper',
    input: Text,
    work: ({ input, step }) =>
      step('ask a person', escalation, {
        severity: 'SEV3',
        issue: `what is meant by ${input.text}?`,
      }),
  });

  test('given a bot that asks, then it waits, holding nothing, for the answer', async () => {
    const people = { escalation: () => undefined };
    await using sim = await simulate({ definitions: [helper], people });
    const run = await sim.troupe.start(helper, { text: 'it' });
    await sim.advance('3d');
    expect(sim.view.runs(helper)[0]?.status).toBe('BLOCKED');
    const [open] = await sim.troupe.escalations.list({ status: 'OPEN' });
    await sim.troupe.escalations.resolve(open?.id ?? '', { answer: 'the tea', by: 'ann' });
    expect(await run.result()).toBe('the tea');
  });

  test('given a question that could wait for ever, then `check` finds it', () => {
    const editor = defineApproval({ id: 'editor', input: Text });
    const flow = defineWorkflow({ id: 'flow', input: Text }).step(
      'release',
      editor,
      ({ input }) => input,
    );
    const { ok, findings } = check(flow);
    expect(ok).toBe(false);
    expect(findings.map(({ code, place }) => [code, place])).toContainEqual([
      'approval-unanswered',
      'step release',
    ]);
  });

  test('given silence, then it is no yes: the question expires', async () => {
    const editor = defineApproval({ id: 'editor', input: Text, expiresIn: '1d' });
    const people = { editor: () => undefined };
    await using sim = await simulate({ definitions: [editor], people });
    const run = await sim.troupe.start(editor, { text: 'x' });
    expect(await run.outcome()).toMatchObject({ error: { code: 'APPROVAL_EXPIRED' } });
  });
});

describe('FM-2.3 task derailment', () => {
  test('given a step that gives no sign of life, then it is ended', async () => {
    const digger = defineBot({
      id: 'digger',
      retry: false,
      work: ({ step }) => step('dig', () => 'gold', { heartbeat: '30s' }),
    });
    const faults = [{ fault: 'drop', call: { of: 'digger.dig', nth: 1 } }] as const;
    await using sim = await simulate({ definitions: [digger], faults });
    const run = await sim.troupe.start(digger, undefined);
    expect(await run.outcome()).toMatchObject({ error: { code: 'HEARTBEAT_LOST' } });
  });

  test('given work that costs more than it may, then no further step begins', async () => {
    const spender = defineBot({
      id: 'spender',
      input: z.number(),
      async work({ input, report }) {
        await report({ cost: 5 });
        return input + 1;
      },
    });
    const project = defineWorkflow({ id: 'project', input: z.number(), budget: 8 })
      .step('one', spender, ({ input }) => input)
      .step('two', spender, ({ one }) => one)
      .step('three', spender, ({ two }) => two);
    await using sim = await simulate({ definitions: [project] });
    const run = await sim.troupe.start(project, 0);
    expect(await run.outcome()).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' } });
    expect(sim.view.calls('spender').length).toBeLessThan(3);
  });
});

describe('FM-2.4 information withholding', () => {
  const Findings = z.object({ facts: z.array(z.string()).min(1), source: z.string() });
  const writer = defineBot({ id: 'writer', input: Findings, work: ({ input }) => input.source });
  const finder = defineBot({ id: 'finder', work: () => ({ facts: ['a'], source: 'a book' }) });
  const report = defineWorkflow({ id: 'report' })
    .step('find', finder)
    .step('write', writer, ({ find }) => find);

  test.each([
    [{ facts: ['a'] }, 'source'],
    [{ facts: [], source: 'a book' }, 'facts'],
  ])('given %j handed on, then it is refused, naming what is missing', async (value, field) => {
    const faults = [{ fault: 'malformed', call: { of: 'finder', nth: 1 }, value }] as const;
    await using sim = await simulate({ definitions: [report], faults });
    const run = await sim.troupe.start(report, undefined);
    const { error } = Object(await run.outcome());
    expect(JSON.stringify(error)).toContain('INVALID');
    expect(JSON.stringify(error)).toContain(field);
    expect(sim.view.calls('writer')).toEqual([]);
  });
});

describe('FM-2.5 ignored input from another agent', () => {
  const deaf = defineBot({
    id: 'deaf',
    retry: { attempts: 2, backoff: '1s' },
    on: {
      advice: handler(Text, (): never => {
        throw new RangeError('not now');
      }),
      hint: handler(Text),
    },
  });

  test('given a handler that never takes it, then it is a dead letter', async () => {
    await using sim = await simulate({ definitions: [deaf] });
    await sim.troupe.send(deaf, { type: 'advice', payload: { text: 'look left' } });
    await sim.rest();
    expect(sim.view.calls('deaf.advice')).toHaveLength(2);
    expect(sim.view.deadLetters).toMatchObject([{ to: 'bot/deaf', reason: 'failed' }]);
  });

  test('given a message that nobody fetches, then it expires into a dead letter', async () => {
    await using sim = await simulate({ definitions: [deaf] });
    const message = { type: 'hint', payload: { text: 'look left' }, expiresIn: '1h' } as const;
    await sim.troupe.send(deaf, message);
    await sim.advance('2h');
    expect(await sim.troupe.inbox(deaf).count()).toBe(0);
    expect(await sim.troupe.inbox(deaf).receive({ timeout: '1s' })).toBeUndefined();
    expect(sim.view.deadLetters).toMatchObject([{ reason: 'expired' }]);
  });

  test('given any faults, then no message that was accepted vanishes', async () => {
    const heard = defineBot({ id: 'heard', on: { hint: handler(Text, () => undefined) } });
    const { laws } = await property({
      definitions: [heard],
      scenario: async (troupe: Troupe) => {
        for (const text of ['a', 'b', 'c'])
          await troupe.send(heard, { type: 'hint', payload: { text } });
      },
      runs: 60,
    });
    expect(laws).toContain('accepted = handled + failed + dead + waiting + under way');
  });
});

describe('FM-2.6 mismatch of reasoning and action', () => {
  const editor = defineApproval({ id: 'editor', input: Text, expiresIn: '1d' });
  const pressOf = (isSame: boolean) =>
    defineWorkflow({ id: 'press', input: Text })
      .step('draft', ({ input }) => input.text)
      .step('release', editor, ({ draft }) => ({ text: draft }))
      .step('publish', ({ draft }) => (isSame ? draft : `${draft}, and more`), {
        after: ['draft', 'release'],
      });
  const teamOf = (isSame: boolean) => {
    const press = pressOf(isSame);
    type Seen = Pick<RunView<typeof press>, 'steps'>;
    const isApproved = ({ steps }: Seen): boolean =>
      steps.publish === undefined || steps.publish.result === steps.draft?.result;
    return {
      definitions: [press],
      given: [{ text: 'tea' }],
      scenario: (troupe: Troupe, given: { text: string }) => troupe.start(press, given),
      always: {
        'what is published is what was approved': (view: {
          runs: (work: typeof press) => readonly Seen[];
        }) => view.runs(press).every(isApproved),
      },
      runs: 30,
    };
  };

  test('given an action that is not what was approved, then the law tells', async () => {
    await expect(property(teamOf(false))).rejects.toMatchObject({
      data: { law: 'what is published is what was approved' },
    });
    await property(teamOf(true));
  });

  test('given a yes to another payload, then it is refused', async () => {
    await using sim = await simulate({
      definitions: [editor],
      people: { editor: () => undefined },
    });
    const run = await sim.troupe.start(editor, { text: 'tea' });
    await sim.advance('1s');
    const digest = '0'.repeat(64);
    const yes = { approve: true, by: 'ann', digest };
    await expect(sim.troupe.approvals.decide(run.runId, yes)).rejects.toMatchObject({
      code: 'OTHER_PAYLOAD',
    });
  });
});
