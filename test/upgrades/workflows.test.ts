/**
 * Versions of workflows: a live run whose version is gone goes on as one of the newest that
 * migrates from it, or is parked with the reason, whole; never is it misread.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineApproval, defineBot, defineWorkflow, graph, repeat } from '../../src/index.ts';
import { type Home, home } from '../misuse/home.ts';

const asked: string[] = [];
const outside = defineBot({ id: 'outside', input: z.string(), concurrency: 9 });
const person = defineApproval({ id: 'person', input: z.string() });
const note =
  (name: string) =>
  ({ key }: { key: string }) => {
    asked.push(key);
    return name;
  };

/** Version 1: a fact is found, a person agrees, it is published. */
const first = defineWorkflow({ id: 'w', input: z.object({ q: z.string() }) })
  .step('find', note('found'))
  .step('agree', person, ({ find }) => find)
  .step('publish', note('published'));

const second = defineWorkflow({ id: 'w', version: '2', input: z.object({ q: z.string() }) })
  .step('search', note('searched'))
  .step('agree', person, ({ search }) => search)
  .step('check', note('checked'))
  .step('publish', ({ agree, check, key }) => `${agree.by} ${check} ${key}`, {
    after: ['agree', 'check'],
  });
const next = second.migrate('1', (old) => ({ search: z.string().parse(old['find']) }));

async function begun(flow: typeof first = first): Promise<Home> {
  asked.length = 0;
  const at = await home([flow]);
  await at.troupe.start(flow, { q: '?' }, { id: 'a' });
  await at.clock.advance(0);
  return at;
}

describe('given a run of a version that is gone', () => {
  test('when the new one migrates from it, then it goes on with what is done', async () => {
    const at = await (await begun()).crash(next);
    const run = await at.troupe.get(next, 'a');
    expect(await run?.snapshot()).toMatchObject({ version: '2', status: 'IN_PROGRESS' });
    // The person was asked before, and is not asked again.
    await run?.decide('agree', { approve: true, by: 'ann' });
    await at.clock.advance(0);
    expect(await run?.result()).toBe('ann checked w/a/publish');
    expect(asked).toEqual(['w/a/find', 'w/a/check']);
    const { steps } = (await run?.outcome()) ?? {};
    expect(Object.keys(steps ?? {})).toEqual(['search', 'agree', 'check', 'publish']);
  });

  test('when the process ends again, then it stays what it became', async () => {
    let at = await (await begun()).crash(next);
    for (let time = 0; time < 3; time += 1) at = await at.crash(next);
    const run = await at.troupe.get(next, 'a');
    await run?.decide('agree', { approve: true, by: 'ann' });
    await at.clock.advance(0);
    expect(await run?.result()).toBe('ann checked w/a/publish');
    expect(asked).toEqual(['w/a/find', 'w/a/check']);
    const rows = at.journal.history(at.journal.byAddress('run/w/a')?.actor ?? 0, 0);
    expect(rows.filter(({ type }) => type === 'workflow.migrated')).toHaveLength(1);
  });

  test('when both versions are listed, then it ends on its own', async () => {
    const at = await (await begun()).crash(first, next);
    const run = await at.troupe.get(first, 'a');
    await run?.decide('agree', { approve: true, by: 'ann' });
    await at.clock.advance(0);
    expect(await run?.snapshot()).toMatchObject({ version: '1', result: 'published' });
    const other = await at.troupe.start(next, { q: '!' }, { id: 'b' });
    expect(await other.snapshot()).toMatchObject({ version: '2' });
  });

  test.each([
    ['throws', () => Object(undefined).missing.field, /missing|undefined/],
    ['gives a promise', () => Promise.resolve({}) as never, /promise/],
    ['gives no object', () => 'text' as never, /no object/],
    ['names a step that is none', () => ({ nothing: 1 }) as never, /nothing, which is no step/],
    ['gives no JSON', () => ({ search: 1n }) as never, /bigint|JSON/i],
    ['leaves a step open before one', () => ({ check: 'x' }), /check is done, and not agree/],
  ])('when the migration %s, then it is parked with the reason, whole', async (_, migrate, why) => {
    const before = await begun();
    const kept = before.journal.byAddress('run/w/a');
    const at = await before.crash(second.migrate('1', migrate as never));
    expect(await at.troupe.parked.list()).toMatchObject([
      { runId: 'w/a', version: '1', reason: expect.stringMatching(why) },
    ]);
    const found = at.journal.byAddress('run/w/a');
    expect(found).toMatchObject({ snapshot: kept?.snapshot, input: kept?.input, version: '1' });
    const again = await at.crash(next);
    const run = await again.troupe.get(next, 'a');
    await run?.decide('agree', { approve: true, by: 'ann' });
    await again.clock.advance(0);
    expect(await run?.result()).toBe('ann checked w/a/publish');
  });

  test('when its input does not fit, then it is parked', async () => {
    const strict = defineWorkflow({ id: 'w', version: '2', input: z.object({ n: z.number() }) })
      .step('search', () => 1)
      .migrate('1', () => ({}));
    const at = await (await begun()).crash(strict, person);
    expect(await at.troupe.parked.list()).toMatchObject([
      { reason: expect.stringMatching(/input of w version 2/) },
    ]);
  });

  test('when it is parked, then a retry migrates it, mail that came included', async () => {
    const flow = defineWorkflow({ id: 'w' })
      .step('wait', outside, () => 'w')
      .step('end', note('old'));
    const at0 = await home([flow]);
    await at0.troupe.start(flow, undefined, { id: 'a' });
    await at0.clock.advance(0);
    const at = await at0.crash(outside);
    const child = await at.troupe.runs.get('w/a/wait');
    await child?.begin();
    await child?.complete({ result: 'waited' });
    await at.clock.advance(0);
    asked.length = 0;
    const newer = defineWorkflow({ id: 'w', version: '2' })
      .step('had', () => 'none')
      .step('end', ({ had, key }) => `${had} ${key}`)
      .migrate('1', (old) => ({ had: String(old['wait']) }));
    await at.troupe.register(newer);
    await at.troupe.parked.retry('w/a');
    await at.clock.advance(0);
    expect(await (await at.troupe.get(newer, 'a'))?.result()).toBe('waited w/a/end');
    expect(at.incidents()).toMatchObject([{ code: 'PARKED' }]);
    expect(await at.troupe.parked.list()).toEqual([]);
  });

  test('when it is discarded, then it ends with all below', async () => {
    const at = await (await begun()).crash(second);
    await at.troupe.parked.discard('w/a', 'given up');
    const run = await at.troupe.runs.get('w/a');
    expect(await run?.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'given up' });
    expect(at.journal.actors({ done: false }).filter(({ kind }) => kind === 'approval')).toEqual(
      [],
    );
  });
});

describe('what is under way', () => {
  const never = () => new Promise<never>(() => {});

  test('given a function under way, when its step stays, then it goes on by its key', async () => {
    const old = defineWorkflow({ id: 'w' }).step('pay', never);
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    const newer = defineWorkflow({ id: 'w', version: '2' })
      .step('pay', note('paid'))
      .step('end', ({ pay }) => pay)
      .migrate('1', () => ({}));
    asked.length = 0;
    const later = await at.crash(newer);
    expect(await (await later.troupe.get(newer, 'a'))?.result()).toBe('paid');
    expect(asked).toEqual(['w/a/pay']);
  });

  test('given work without a place, then it is cancelled; a like name is new', async () => {
    const old = defineWorkflow({ id: 'w' })
      .step('a', outside, () => '1')
      .step('b', outside, () => '2', { after: [] });
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    await at.clock.advance(0);
    // `b` waits for something else first now; `a` is gone.
    const newer = defineWorkflow({ id: 'w', version: '2' })
      .step('first', outside, () => '0')
      .step('b', outside, () => '2')
      .migrate('1', () => ({}));
    const later = await at.crash(newer);
    expect(
      (await later.troupe.runs.list({ definition: outside })).map((r) => [r.runId, r.status]),
    ).toEqual(
      [
        ['w/a/first', 'PENDING'],
        ['w/a/b', 'CANCELLED'],
        ['w/a/a', 'CANCELLED'],
      ].map(([id, status]) => [id, status === 'PENDING' ? expect.any(String) : status]),
    );
    const run = await later.troupe.runs.get('w/a/first');
    await run?.begin();
    await run?.complete({ result: 1 });
    await later.clock.advance(0);
    expect(await later.troupe.runs.get('w/a/b~2')).toBeDefined();
  });

  test('given a fan-out under way, when it stays, then its items go on', async () => {
    const make = (version: string) =>
      defineWorkflow({ id: 'w', version })
        .step('all', outside, () => ['x', 'y'], { each: true })
        .step('count', ({ all }) => all.length);
    const at = await home([make('1')]);
    await at.troupe.start(make('1'), undefined, { id: 'a' }).catch(() => undefined);
    const old = make('1');
    const from = await home([old]);
    await from.troupe.start(old, undefined, { id: 'a' });
    await from.clock.advance(0);
    const newer = make('2').migrate('1', () => ({}));
    const later = await from.crash(newer);
    for (const item of ['1', '2']) {
      const run = await later.troupe.runs.get(`w/a/all/${item}`);
      await run?.begin();
      await run?.complete({ result: item });
    }
    await later.clock.advance(0);
    expect(await (await later.troupe.get(newer, 'a'))?.result()).toBe(2);
  });

  test('given a paused run, then it stays paused and goes on as the new version', async () => {
    const before = await begun();
    await (await before.troupe.get(first, 'a'))?.pause();
    const at = await before.crash(next);
    const run = await at.troupe.get(next, 'a');
    expect(await run?.snapshot()).toMatchObject({ version: '2', paused: true });
    await run?.resume();
    await run?.decide('agree', { approve: true, by: 'ann' });
    await at.clock.advance(0);
    expect(await run?.result()).toBe('ann checked w/a/publish');
  });

  test('given a loop in its second round, when it stays, then it goes on counting', async () => {
    const polish = (version: string) => {
      const loop = repeat('loop', outside, {
        until: (x) => x === 'good',
        again: () => 'more',
        max: 3,
      });
      return defineWorkflow({ id: 'w', version }).step('loop', loop, () => 'start');
    };
    const old = polish('1');
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    await at.clock.advance(0);
    const later = await at.crash(polish('2').migrate('1', () => ({})));
    expect(await later.troupe.parked.list()).toEqual([]);
    const [open] = await later.troupe.runs.list({ definition: outside });
    expect(open?.runId).toMatch(/^w\/a\/loop\//);
  });

  test('given a step to undo, when it has no place, then the run is parked', async () => {
    const old = defineWorkflow({ id: 'w' })
      .step('book', () => 'booked', { undo: () => {} })
      .step('wait', outside, () => 'x');
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    await at.clock.advance(0);
    const newer = defineWorkflow({ id: 'w', version: '2' })
      .step('wait', outside, () => 'x')
      .migrate('1', () => ({}));
    const later = await at.crash(newer);
    expect(await later.troupe.parked.list()).toMatchObject([
      { reason: expect.stringMatching(/book completed and can be undone/) },
    ]);
  });

  test('given a run that is being undone, then it is parked', async () => {
    const old = defineWorkflow({ id: 'w' })
      .step('book', () => 'booked', { undo: never })
      .step(
        'fail',
        () => {
          throw new Error('no');
        },
        { retry: { attempts: 1 } },
      );
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    await at.clock.advance(0);
    const newer = defineWorkflow({ id: 'w', version: '2' })
      .step('x', () => 1)
      .migrate('1', () => ({}));
    const later = await at.crash(newer);
    expect(await later.troupe.parked.list()).toMatchObject([
      { reason: expect.stringMatching(/undone by version 1 alone/) },
    ]);
  });

  test('given a graph from data, then its migrations take over', async () => {
    const old = graph(
      'w',
      { a: { work: () => 1 }, b: { work: outside, input: 'x', after: ['a'] } },
      {},
    );
    const at = await home([old]);
    await at.troupe.start(old, undefined, { id: 'a' });
    await at.clock.advance(0);
    const newer = graph(
      'w',
      { c: { work: () => 2 }, d: { work: ({ c }) => c, after: ['c'] } },
      {
        version: '2',
        migrations: { 1: (old) => ({ c: old['a'] }) },
      },
    );
    const later = await at.crash(newer);
    expect(await (await later.troupe.get(newer, 'a'))?.result()).toBe(1);
  });
});
