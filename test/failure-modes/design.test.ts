/** Failure modes of how a team is designed: FM-1.1 to FM-1.5. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler, repeat, type Troupe } from '../../src/index.ts';
import { property, simulate, stub } from '../../src/testing/index.ts';

const Topic = z.object({ topic: z.string() });
const Text = z.object({ text: z.string() });

describe('FM-1.1 disobey task specification', () => {
  const echo = ({ input }: { input: { topic: string } }) => ({ text: input.topic });
  const writer = defineBot({
    id: 'writer',
    input: Topic,
    output: Text,
    work: echo,
  });
  const second = defineBot({ ...{ id: 'second', input: Topic, output: Text }, work: echo });
  const press = defineWorkflow({ id: 'press', input: Topic })
    .step('write', writer, ({ input }) => input, { fallback: [second] })
    .step('print', ({ write }) => write.text.toUpperCase());
  const wrong = (of: string) =>
    ({ fault: 'malformed', call: { of, nth: 1 }, value: { words: 7 } }) as const;

  test('given an answer that breaks the contract, then another bot is asked', async () => {
    await using sim = await simulate({ definitions: [press], faults: [wrong('writer')] });
    expect(await sim.troupe.run(press, { topic: 'tea' })).toBe('TEA');
    expect(sim.view.calls().map(({ of }) => of)).toEqual(['writer', 'second', 'press.print']);
  });

  test('given one that breaks it always, then nothing that follows ever sees it', async () => {
    await using sim = await simulate({
      definitions: [press],
      faults: [wrong('writer'), wrong('second')],
    });
    const run = await sim.troupe.start(press, { topic: 'tea' });
    const outcome = await run.outcome();
    expect(outcome).toMatchObject({ status: 'FAILED', error: { cause: { code: 'INVALID' } } });
    expect(sim.view.calls('press.print')).toEqual([]);
  });
});

describe('FM-1.2 disobey role specification', () => {
  const reviewer = defineBot({ id: 'reviewer', on: { review: handler(Text, () => 'fine') } });
  const stranger = defineBot({ id: 'stranger', input: Topic, work: () => 'done' });

  test('given a bot that asks for what another does not declare, then it is refused', async () => {
    const coder = defineBot({
      id: 'coder',
      work: async ({ ask }) => ask('reviewer', { type: 'deploy', payload: { text: 'x' } }),
    });
    await using sim = await simulate({ definitions: [coder, reviewer] });
    const run = await sim.troupe.start(coder, undefined);
    expect(await run.outcome()).toMatchObject({
      status: 'FAILED',
      error: { code: 'UNKNOWN_MESSAGE_TYPE' },
    });
    expect(sim.view.calls('reviewer.review')).toEqual([]);
  });

  test('given a bot that starts work which is not of the team, then it is refused', async () => {
    const coder = defineBot({
      id: 'coder',
      work: ({ step }) => step('elsewhere', stranger, { topic: 'x' }),
    });
    await using sim = await simulate({ definitions: [coder] });
    const run = await sim.troupe.start(coder, undefined);
    expect(await run.outcome()).toMatchObject({ error: { code: 'NOT_REGISTERED' } });
    expect(sim.view.calls('stranger')).toEqual([]);
  });
});

describe('FM-1.3 step repetition', () => {
  const payer = (isStep: boolean) =>
    defineBot({
      id: 'payer',
      input: z.object({ cents: z.number() }),
      async work({ input, step }) {
        await step('reserve', () => input.cents);
        const paid = await (isStep ? step('pay', ({ key }) => charge(key)) : charge());
        await step('receipt', () => paid);
        return paid;
      },
    });
  let charges: string[] = [];
  /** A bank that knows a key does nothing again; without one every call is a charge. */
  const charge = (key = `${charges.length}`): string => {
    if (!charges.includes(key)) charges.push(key);
    return key;
  };
  /** Each play has charges of its own. */
  const fresh = () => {
    charges = [];
    return { law: 'charges are counted' };
  };
  const team = (isStep: boolean) => {
    const bot = payer(isStep);
    return {
      definitions: [bot],
      given: [{ cents: 5 }],
      scenario: (troupe: Troupe, given: { cents: number }) => troupe.start(bot, given, { id: 'p' }),
      faults: ['crash'] as const,
      oracles: [fresh],
      eventually: { 'paid for once': () => charges.length === 1 },
      runs: 60,
    };
  };

  test('given a payment outside of a step, then the kit tells', async () => {
    await expect(property(team(false))).rejects.toMatchObject({
      code: 'PROPERTY_FAILED',
      data: { law: 'paid for once' },
    });
  });

  test('given a step, then what is recorded is never done again', async () => {
    const bot = payer(true);
    for (const commit of [4, 5]) {
      await using sim = await simulate({
        definitions: [bot],
        faults: [{ fault: 'crash', commit, moment: 'after' }],
      });
      await sim.troupe.start(bot, { cents: 5 }, { id: 'p' });
      await sim.rest();
      expect(sim.view.calls('payer')).toHaveLength(2);
      const keys = sim.view.calls('payer.pay').map(({ key }) => key);
      expect(new Set(keys)).toEqual(new Set(['payer/p/pay']));
    }
    await property(team(true));
  });

  test('given two steps of one name, then the second is refused', async () => {
    const bot = defineBot({
      id: 'twice',
      async work({ step }) {
        await step('same', () => 1);
        return step('same', () => 2);
      },
    });
    await using sim = await simulate({ definitions: [bot] });
    const run = await sim.troupe.start(bot, undefined);
    expect(await run.outcome()).toMatchObject({ status: 'FAILED' });
    expect(sim.view.calls('twice.same')).toHaveLength(1);
  });
});

describe('FM-1.4 loss of conversation history', () => {
  const remembering = (isKept: boolean) => {
    let notes: string[] = [];
    return defineBot({
      id: 'listener',
      async work({ step }) {
        notes = [];
        for (const word of ['one', 'two', 'three']) {
          const note = (): string => {
            if (!isKept) notes.push(word);
            return word;
          };
          const heard = await step(`hear ${word}`, note);
          if (isKept) notes.push(heard);
        }
        return notes.join(' ');
      },
    });
  };
  const team = (isKept: boolean) => {
    const bot = remembering(isKept);
    return {
      definitions: [bot],
      scenario: (troupe: Troupe) => troupe.start(bot, undefined, { id: '1' }),
      faults: ['crash'] as const,
      eventually: {
        'nothing heard is forgotten': ({
          runs,
        }: {
          runs: (work: typeof bot) => readonly { result: unknown }[];
        }) => runs(bot).every(({ result }) => result === 'one two three'),
      },
      runs: 60,
    };
  };

  test('given a history in memory, then a crash loses it, and the kit tells', async () => {
    await expect(property(team(false))).rejects.toMatchObject({ code: 'PROPERTY_FAILED' });
  });

  test('given a history of recorded steps, then no crash loses any of it', async () => {
    await property(team(true));
  });
});

describe('FM-1.5 unaware of termination conditions', () => {
  const endless = (timeout?: '1m') =>
    defineBot({ id: 'endless', retry: false, timeout, work: () => 'never heard' });
  const faults = [{ fault: 'drop', call: { of: 'endless', nth: 1 } }] as const;

  test('given no time-out and a lost answer, then the kit says what to do', async () => {
    const bot = endless();
    const sim = await simulate({ definitions: [bot], faults });
    await sim.troupe.start(bot, undefined, { id: '1' });
    const error = await sim.rest().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('give endless a timeout');
    await sim.stop().catch(() => undefined);
  });

  test('given a time-out, then the work ends without an answer', async () => {
    const bot = endless('1m');
    await using sim = await simulate({ definitions: [bot], faults });
    const run = await sim.troupe.start(bot, undefined);
    expect(await run.outcome()).toMatchObject({ error: { code: 'WORK_TIMEOUT' } });
  });

  test('given a loop that is never good enough, then it ends after its last round', async () => {
    const draft = defineBot({ id: 'draft', input: z.number(), work: ({ input }) => input });
    const better = repeat('better', draft, { until: () => false, again: (n) => n, max: 3 });
    await using sim = await simulate({ definitions: [better], stubs: [stub(draft, () => 0)] });
    const run = await sim.troupe.start(better, 0);
    expect(await run.outcome()).toMatchObject({ error: { cause: { code: 'REPEAT_EXHAUSTED' } } });
    expect(sim.view.calls('draft')).toHaveLength(3);
  });
});
