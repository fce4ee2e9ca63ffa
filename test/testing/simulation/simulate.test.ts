/** `simulate`: a team in the hands of a test. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler, type Troupe } from '../../../src/index.ts';
import { type SimulateOptions, simulate, stub } from '../../../src/testing/index.ts';
import { play } from '../../../src/testing/simulation/index.ts';
import { answer, finder, publishing, scriptOf } from './team.ts';

const silent = { people: { editor: () => undefined } };
const simulated = (more: Partial<SimulateOptions> = {}) =>
  simulate({ definitions: publishing.definitions, ...more });

test('given a call that needs time, then time passes while it is awaited', async () => {
  await using sim = await simulated(silent);
  const began = sim.now;
  const run = await sim.troupe.start(answer, { question: 'q' });
  expect(sim.now).toBe(began);
  const outcome = await run.outcome();
  expect(outcome.status).toBe('FAILED');
  expect(sim.now).toBe(began + 2 * 86_400_000);
});

test('given an advance, then what is due on the way happens, and nothing later', async () => {
  await using sim = await simulated(silent);
  const began = sim.now;
  await sim.troupe.start(answer, { question: 'q' }, { id: 'a' });
  await sim.advance('47h');
  expect(sim.now).toBe(began + 47 * 3_600_000);
  expect(sim.view.runs(answer)).toMatchObject([{ id: 'a', status: 'IN_PROGRESS' }]);
  expect(sim.view.questions).toMatchObject([{ definition: 'editor', status: 'OPEN' }]);
  await sim.advance('1h');
  expect(sim.view.runs(answer)[0]?.status).toBe('FAILED');
});

test('given a crash, then what was acknowledged is there, and it goes on', async () => {
  await using sim = await simulated();
  await sim.troupe.start(answer, { question: 'q' }, { id: 'a' });
  const old = sim.troupe;
  await sim.crash();
  expect(sim.troupe).not.toBe(old);
  await sim.rest();
  const [run] = sim.view.runs(answer);
  expect(run?.status).toBe('COMPLETED');
  expect(run?.steps.publish?.result.url).toBe('answer/a/publish/q');
  expect(sim.happenings.map(({ text }) => text)).toContain('the process starts again');
});

test('given a crash into another version, then old runs are parked, and new ones run', async () => {
  const answer2 = defineWorkflow({
    id: 'answer',
    version: '2',
    input: z.object({ question: z.string() }),
  }).step('search', finder, ({ input }) => input);
  await using sim = await simulated(silent);
  await sim.troupe.start(answer, { question: 'q' }, { id: 'a' });
  await sim.crash({ definitions: [answer2] });
  expect(await sim.troupe.parked.list()).toMatchObject([{ runId: 'answer/a' }]);
  expect(await sim.troupe.run(answer2, { question: 'x' })).toEqual(['x']);
});

test('given two of one seed, then they do the same', async () => {
  const told: unknown[] = [];
  for (const seed of [7, 7, 8]) {
    await using sim = await simulated({ seed });
    const run = await sim.troupe.start(answer, { question: 'q' });
    await run.result();
    await sim.crash();
    await sim.rest();
    told.push([run.runId, ...sim.happenings]);
  }
  expect(told[0]).toEqual(told[1]);
  expect(told[2]).not.toEqual(told[0]);
});

test('given a fault at its place, then the process comes back by itself', async () => {
  await using sim = await simulated({
    faults: [{ fault: 'crash', commit: 5, moment: 'before' }],
  });
  const run = await sim.troupe.start(answer, { question: 'q' }, { id: 'a' });
  void run;
  await sim.rest();
  expect(sim.view.runs(answer)[0]?.status).toBe('COMPLETED');
});

describe('what never comes', () => {
  const hanging = defineBot({ id: 'hanging', work: () => new Promise<never>(() => undefined) });

  test('given a call that can never settle, then it fails and says why', async () => {
    await using sim = await simulate({ definitions: [hanging] });
    const error = await sim.troupe.run(hanging, undefined, { id: '1' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'NEVER_SETTLES' });
    expect(String(error)).toContain('hanging');
  });

  test('given a team that rests while something hangs, then `rest` says so', async () => {
    const sim = await simulate({ definitions: [hanging] });
    await sim.troupe.start(hanging, undefined, { id: '1' });
    await expect(sim.rest()).rejects.toMatchObject({
      code: 'LAW_BROKEN',
      data: { law: 'every run ends, or waits for a person' },
    });
    await sim.stop().catch(() => undefined);
  });
});

test('given a law that breaks, then the call that waits fails with it', async () => {
  const sim = await simulated({
    always: { 'nobody is asked': ({ questions }) => questions.length === 0 },
  });
  const run = await sim.troupe.start(answer, { question: 'q' });
  await expect(run.result()).rejects.toMatchObject({
    code: 'LAW_BROKEN',
    data: { law: 'nobody is asked' },
  });
  await sim.stop().catch(() => undefined);
});

test('given a stopped one, then all is refused', async () => {
  const sim = await simulated();
  const { troupe }: { troupe: Troupe } = sim;
  await sim.stop();
  await sim.stop();
  expect(() => sim.troupe).toThrow(expect.objectContaining({ code: 'STOPPED' }));
  const refused = { code: 'STOPPED' };
  await expect(troupe.run(answer, { question: 'q' })).rejects.toMatchObject(refused);
  await expect(sim.advance('1s')).rejects.toMatchObject(refused);
  await expect(sim.rest()).rejects.toMatchObject(refused);
  await expect(sim.crash()).rejects.toMatchObject(refused);
});

test('given wrong options, then they are refused as by createTroupe', async () => {
  await expect(simulate({ definitions: [finder, { ...finder }] })).rejects.toMatchObject({
    code: 'DUPLICATE_DEFINITION',
  });
  await using sim = await simulated();
  await expect(sim.advance('soon')).rejects.toMatchObject({ code: 'BAD_DURATION' });
});

describe('what is wrong is said before anything begins', () => {
  test.each([
    [{ seed: 'x' }, 'seed'],
    [{ faults: ['crash'] }, 'faults'],
    [{ faults: [{ fault: 'crsh', commit: 1 }] }, 'faults'],
    [{ scenario: () => undefined }, 'scenario'],
    [{ options: { clock: 1 } }, 'options.clock'],
    [{ eventually: {} }, 'eventually'],
    [{ always: { law: true } }, 'always'],
    [{ stubs: [{ of: 'nobody' }] }, 'stubs[0]'],
    [{ stubs: [{ of: 'answer', parts: { nothing: () => 1 } }] }, 'stubs[0]'],
  ])('given %j, then it is refused by its name', async (options, field) => {
    await expect(simulated(Object(options))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      data: { where: 'simulate', field: expect.stringContaining(field) },
    });
  });

  test('given what is no script, then playing it is refused', async () => {
    for (const script of [{}, { ...scriptOf([]), seed: 0.5 }, { ...scriptOf([]), extra: 1 }]) {
      await expect(play(publishing, Object(script))).rejects.toMatchObject({ code: 'BAD_OPTION' });
    }
  });

  test('given a stub that is no function, then it is refused where it stands', () => {
    expect(() => stub(finder, Object({ search: 'found' }))).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  });
});

test('given the troupe of a process that has ended, then a later call fails', async () => {
  await using sim = await simulated();
  const { troupe }: { troupe: Troupe } = sim;
  await Promise.all([sim.crash(), sim.crash()]);
  await expect(troupe.run(answer, { question: 'q' })).rejects.toMatchObject({
    code: 'NEVER_SETTLES',
  });
  expect(await sim.troupe.run(answer, { question: 'q' }, { id: 'a' })).toEqual({
    url: 'answer/a/publish/q',
  });
});

test('given a fault while the process begins, then it begins again', async () => {
  await using sim = await simulated({
    faults: [
      { fault: 'crash', commit: 1, moment: 'before' },
      { fault: 'disk-full', commit: 1 },
    ],
  });
  const run = await sim.troupe.start(answer, { question: 'q' });
  expect((await run.outcome()).status).toBe('COMPLETED');
});

test('given one that fails to begin, then the process has its own time again', async () => {
  const { random } = Math;
  const { now } = Date;
  await expect(simulated({ always: { never: () => false } })).rejects.toMatchObject({
    code: 'LAW_BROKEN',
  });
  expect([Math.random, Date.now]).toEqual([random, now]);
});

describe('what goes on without end', () => {
  const ping = defineBot({
    id: 'ping',
    on: { ball: handler(z.object({}), ({ send }) => send('pong', { type: 'ball', payload: {} })) },
  });
  const pong = defineBot({
    id: 'pong',
    on: { ball: handler(z.object({}), ({ send }) => send('ping', { type: 'ball', payload: {} })) },
  });

  test('given two that send to each other for ever, then it is told, by name', async () => {
    const team = { definitions: [ping, pong] };
    const sim = await simulate(team);
    await sim.troupe.send(ping, { type: 'ball', payload: {} });
    const error = await sim.rest().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'LAW_BROKEN' });
    expect(String(error)).toMatch(/no time passes; called last: (ping|pong)\.ball/);
    await sim.stop().catch(() => undefined);
    const scenario = (troupe: Troupe) => troupe.send(ping, { type: 'ball', payload: {} });
    const { breach } = await play({ ...team, scenario }, scriptOf([]));
    expect(breach).toMatchObject({ law: 'in the end the team comes to rest' });
  });

  test('given a long wait, then it is no such thing', async () => {
    await using sim = await simulated(silent);
    await sim.advance('800d');
    expect(sim.now).toBe(Date.UTC(2026, 0, 1) + 800 * 86_400_000);
  });
});

test('given a law that gives a promise, then that is told', async () => {
  const late = Object({ late: () => Promise.resolve(true) });
  await expect(simulated({ always: late })).rejects.toMatchObject({
    data: { found: expect.stringContaining('a promise') },
  });
});
