/** Who stands outside of a team: clients that start again, people, and those who work by hand. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, type Troupe } from '../../../src/index.ts';
import { type Play, play, stub } from '../../../src/testing/simulation/index.ts';
import { answer, endsOf, linesOf, publishing, scriptOf } from './team.ts';

const counter = defineBot({
  id: 'counter',
  on: { add: handler(z.object({ n: z.number() }), ({ payload }) => payload.n + 1) },
});

const sending: Play = {
  definitions: [counter],
  scenario: async (troupe: Troupe) => {
    await troupe.send(counter, { type: 'add', payload: { n: 1 } });
    await troupe.send(counter, { type: 'add', payload: { n: 2 } });
  },
};

const handled = (played: Awaited<ReturnType<typeof play>>): readonly unknown[] =>
  played.calls
    .filter(({ of, end }) => of === 'counter.add' && end === 'done')
    .map(({ input }) => input);

describe('a client', () => {
  test('given a crash after its first message, then it sends the second only', async () => {
    const calm = await play(sending, scriptOf([]));
    expect(handled(calm)).toEqual([{ n: 1 }, { n: 2 }]);
    const acknowledged = calm.requests[0]?.acknowledgedAt ?? 0;
    const crash = { fault: 'crash', commit: acknowledged + 1, moment: 'before' } as const;
    const played = await play(sending, scriptOf([crash]));
    expect(played.breach).toBeUndefined();
    expect(played.requests.map(({ nth, end, life }) => [nth, end, life])).toEqual([
      [1, 'done', 1],
      [2, 'lost', 1],
      [2, 'done', 2],
    ]);
    const inputs = played.journal.rows(0, 100).filter(({ type }) => type === 'message');
    expect(inputs).toHaveLength(2);
  });

  test('given an answer that was lost, then it sends again, and both messages count', async () => {
    const crash = { fault: 'crash', commit: 2, moment: 'after' } as const;
    const played = await play(sending, scriptOf([crash]));
    expect(played.breach).toBeUndefined();
    expect(played.requests.map(({ nth }) => nth)).toContain(1);
  });

  test('given a request twice, then a start is one run and a message is two', async () => {
    const twice = { fault: 'duplicate', request: 1 } as const;
    expect(endsOf(await play(publishing, scriptOf([twice])))).toHaveLength(5);
    const played = await play(sending, scriptOf([twice]));
    expect(handled(played)).toHaveLength(3);
    expect(linesOf(played)).toContain('the send is made again');
  });

  test('given handles of a process that ended, then only new ones settle', async () => {
    const seen: string[] = [];
    const scenario = async (troupe: Troupe) => {
      const run = await troupe.start(answer, { question: 'q' }, { id: 'a' });
      seen.push(`began ${run.runId}`);
      const { status } = await run.outcome();
      seen.push(status);
    };
    const crash = { fault: 'crash', commit: 6, moment: 'after' } as const;
    const played = await play({ ...publishing, scenario }, scriptOf([crash]));
    expect(played.breach).toBeUndefined();
    expect(seen).toEqual(['began answer/a', 'began answer/a', 'COMPLETED']);
  });

  test('given what the runtime refuses, then the scenario is told, as a client is', async () => {
    const codes: unknown[] = [];
    const scenario = async (troupe: Troupe) => {
      const run = await troupe.start(answer, { question: 'q' }, { id: 'a' });
      await run.decide('release', { approve: true, by: 'ann' }).catch((e) => codes.push(e.code));
      for await (const event of run.events()) {
        if (event.type === 'status' && event.status === 'COMPLETED') codes.push('completed');
      }
      await run.cancel().catch((e) => codes.push(e.code));
      const list = await troupe.approvals.list();
      codes.push(list.length);
    };
    const played = await play({ ...publishing, scenario }, scriptOf([]));
    expect(played.breach).toBeUndefined();
    expect(codes).toEqual(['APPROVAL_NOT_OPEN', 'completed', 'ILLEGAL_MOVE', 1]);
  });
});

describe('who works by hand', () => {
  const printer = defineBot({
    id: 'printer',
    input: z.object({ text: z.string() }),
    timeout: '1h',
  });
  const printing: Play = {
    definitions: [printer],
    stubs: [stub(printer, ({ text }: { text: string }) => `${text} on paper`)],
    scenario: (troupe: Troupe) => troupe.start(printer, { text: 'x' }, { id: '1' }),
  };

  test('given a stub, then each run is begun and completed', async () => {
    const played = await play(printing, scriptOf([]));
    expect(played.breach).toBeUndefined();
    expect(endsOf(played)).toEqual(['printer/1 COMPLETED']);
    expect(played.calls).toMatchObject([{ of: 'printer', end: 'done', result: 'x on paper' }]);
  });

  test.each([
    [{ fault: 'duplicate', call: { of: 'printer', nth: 1 } } as const],
    [{ fault: 'slow-bot', call: { of: 'printer', nth: 1 }, ms: 4_000_000 } as const],
    [{ fault: 'delay', call: { of: 'printer', nth: 1 }, ms: 4_000_000 } as const],
    [{ fault: 'bot-error', call: { of: 'printer', nth: 1 }, moment: 'after' } as const],
    [{ fault: 'drop', call: { of: 'printer', nth: 1 } } as const],
  ])('given %j, then it is done in the end, once', async (fault) => {
    const played = await play(printing, scriptOf([fault]));
    expect(played.breach).toBeUndefined();
    expect(endsOf(played)).toEqual(['printer/1 COMPLETED']);
  });

  test('given a crash at any commit, then somebody goes on', async () => {
    for (let commit = 1; commit <= 6; commit += 1) {
      const played = await play(printing, scriptOf([{ fault: 'crash', commit, moment: 'after' }]));
      expect([commit, played.breach]).toEqual([commit, undefined]);
      expect(endsOf(played)).toEqual(['printer/1 COMPLETED']);
    }
  });

  test('given no stub, then nobody does it, and it is told', async () => {
    const { breach } = await play({ ...printing, stubs: [] }, scriptOf([]));
    expect(breach?.found).toContain('printer');
  });
});
