/** Who decides something else than an open question is told what that is, and what is open. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineApproval, defineBot, graph, repeat } from '../../src/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { refused, refusedError } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const gate = defineApproval({ id: 'gate' });
const yes = { approve: true, by: 'ann' } as const;

test('a step that is no approval says so, reached or not, and what is open', async () => {
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', gate, undefined) });
  const again = repeat('again', gate, { until: () => true, max: 2 });
  const flow = graph('flow', {
    a: { work: () => [1, 2] },
    all: { work: gate, input: ({ a }: { a: unknown }) => a, each: true, after: ['a'] },
    deep: { work: again, after: ['a'] },
    lead: { work: lead, after: ['a'] },
    last: { work: () => 'done', after: ['all', 'deep', 'lead'] },
  } as never);
  const { troupe, clock } = await teamOf([gate, lead, again, flow]);
  const run = await troupe.start(flow, undefined, { id: 'w' });
  await clock.quiet();
  const decide = (step: string) => refused(Reflect.apply(run.decide, run, [step, yes]));
  expect(await decide('last')).toEqual({ code: 'NO_APPROVAL', approval: 'flow/w/last', open: [] });
  expect(await decide('a')).toMatchObject({ code: 'NO_APPROVAL', open: [] });
  const items = ['flow/w/all/1', 'flow/w/all/2'];
  expect(await decide('all')).toMatchObject({ code: 'NO_APPROVAL', open: items });
  expect(await decide('lead')).toMatchObject({ open: ['flow/w/lead/ask'] });
  const byId = refused(troupe.approvals.decide('flow/w/all', yes));
  expect(await byId).toMatchObject({ code: 'NO_APPROVAL', open: items });
  const [loop] = (await troupe.approvals.list({ run: 'flow/w/deep' })).map(({ id }) => id);
  expect(await decide('deep')).toMatchObject({ code: 'NO_APPROVAL', open: [loop] });
  const whole = await refused(Reflect.apply(run.decide, run, [yes]));
  expect(whole).toMatchObject({ approval: 'flow/w', open: [...items, loop, 'flow/w/lead/ask'] });
  for (const id of items) await troupe.approvals.decide(id, yes);
  expect(await decide('all')).toMatchObject({ code: 'NO_APPROVAL', open: [] });
});

test('an error names the first ten questions that are open', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
  const plan = graph('plan', Object.fromEntries(names.map((name) => [name, { work: gate }])));
  const { troupe, clock } = await teamOf([plan]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  const { open } = await refused(Reflect.apply(run.decide, run, [yes]));
  expect(open).toEqual(names.slice(0, limits.namedQuestions).map((name) => `plan/p/${name}`));
});

test('after handoffs the last question of a name is meant', async () => {
  const bot = (id: string) =>
    defineBot({ id, work: ({ step }): Promise<unknown> => step('ask', gate, undefined) });
  const [one, two] = [bot('one'), bot('two')];
  const { troupe, clock } = await teamOf([one, two, gate]);
  const run = await troupe.start(one, undefined, { id: '1' });
  await clock.quiet();
  for (const to of [two, one]) {
    await troupe.handoffs.request(run, { to, reason: 'blocked' });
    await clock.quiet();
  }
  expect(await troupe.approvals.list({ status: 'OPEN' })).toMatchObject([{ id: 'one/1/ask~h2' }]);
  const old = refused(troupe.approvals.decide('one/1/ask', yes));
  expect(await old).toMatchObject({ code: 'APPROVAL_CLOSED', approval: 'one/1/ask' });
  await run.decide('ask', yes);
  expect(await run.result()).toMatchObject({ by: 'ann' });
  const done = await refused(run.decide('ask', yes));
  expect(done).toMatchObject({ code: 'ALREADY_DECIDED', approval: 'one/1/ask~h2' });
});

test('after a no that a fallback dealt with, who decides again is told of that no', async () => {
  const plan = graph('plan', { f: { work: gate, fallback: 'spare' } });
  const spare = defineBot({ id: 'spare', work: () => 'spare' });
  const { troupe } = await teamOf([plan, spare]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await run.decide('f', { approve: false, by: 'bob' });
  expect(await run.result()).toBe('spare');
  expect(await refused(run.decide('f', yes))).toMatchObject({
    code: 'ALREADY_DECIDED',
    approval: 'plan/p/f',
    decision: 'rejected',
    by: 'bob',
  });
});

test('a name that could mean two questions is refused; each has its own id', async () => {
  const inner = graph('inner', { b: { work: gate } });
  const steps = { 'a/b': gate, a: inner, 'c%2Fd': gate, 'c/d': gate, 'e/f': gate };
  const works = Object.entries(steps).map(([name, work]) => [name, { work }]);
  const plan = graph('plan', Object.fromEntries(works));
  const { troupe, clock } = await teamOf([plan]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  const decide = (step: string): Promise<void> => Reflect.apply(run.decide, run, [step, yes]);
  for (const name of ['a/b', 'c%2Fd']) {
    expect(await refused(decide(name))).toMatchObject({ code: 'BAD_OPTION', field: 'step' });
  }
  const told: { step: string; approval: string }[] = [];
  for await (const event of run.events()) {
    if (event.type === 'approval') told.push(event);
    if (told.length === 5) break;
  }
  for (const { step, approval } of told) {
    const refusals = await decide(step).catch(({ code }: { code: string }) => code);
    expect([undefined, 'BAD_OPTION']).toContain(refusals);
    const { status } = (await troupe.approvals.get(approval)) ?? {};
    expect(status).toBe(refusals === undefined ? 'DECIDED' : 'OPEN');
    if (status === 'OPEN') await troupe.approvals.decide(approval, yes);
  }
  expect((await run.outcome()).status).toBe('COMPLETED');
});

test('what is said has bounds, and blanks around it are left out', async () => {
  const { troupe } = await teamOf([gate]);
  const run = await troupe.start(gate, undefined, { id: 'g' });
  const long = 'x'.repeat(limits.commentChars + 1);
  const wrong: readonly [object, string][] = [
    [{ by: ' ' }, 'by'],
    [{ by: 'x'.repeat(limits.idChars + 1) }, 'by'],
    [{ comment: long }, 'comment'],
    [{ digest: long }, 'digest'],
  ];
  for (const [said, field] of wrong) {
    const call = Reflect.apply(run.decide, run, [{ ...yes, ...said }]);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field });
    const resolution = { answer: 1, by: 'ann', ...said };
    const resolving = refused(troupe.escalations.resolve('x', resolution));
    expect(await resolving).toMatchObject({ code: 'BAD_OPTION', field });
  }
  await run.decide({
    approve: true,
    by: ' ann ',
    comment: `  ${'x'.repeat(limits.commentChars)} `,
  });
  const { decision } = (await troupe.approvals.get('gate/g')) ?? {};
  expect(decision?.by).toBe('ann');
  expect(decision?.comment).toHaveLength(limits.commentChars);
});

test('what is no id of an approval is refused; one that nobody has is told in short', async () => {
  const { troupe } = await teamOf([gate]);
  const wrong = await refused(Reflect.apply(troupe.approvals.decide, undefined, [7, yes]));
  expect(wrong).toMatchObject({ code: 'BAD_OPTION', where: 'an approval' });
  const id = `gate/${'x'.repeat(5_000)}`;
  const { code, message } = await refusedError(troupe.approvals.decide(id, yes));
  expect(code).toBe('UNKNOWN_APPROVAL');
  expect(message.length).toBeLessThan(1_000);
});

test('an answer is bounded as before, whatever is said with it', async () => {
  const asked = defineApproval({ id: 'asked', answer: z.string() });
  const { troupe } = await teamOf([asked], { limits: { payloadChars: 100 } });
  const run = await troupe.start(asked, undefined, { id: 'a' });
  const call = refused(run.decide({ ...yes, answer: 'x'.repeat(101) }));
  expect(await call).toMatchObject({ code: 'TOO_LARGE' });
});

test('what may yet be asked counts: a name waits for it, and is not another', async () => {
  const silent = defineBot({ id: 'silent', work: ({ sleep }) => sleep('nap', '1h') });
  const works = { 'a/b': { work: gate }, a: { work: silent }, z: { work: silent } };
  const last = { spare: { work: silent, fallback: 'gate', after: ['z'] } };
  const plan = graph('plan', { ...works, ...last } as never);
  const { troupe, clock } = await teamOf([plan, gate]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  const decide = (step: string) => refused(Reflect.apply(run.decide, run, [step, yes]));
  expect(await decide('a/b')).toMatchObject({ code: 'BAD_OPTION', field: 'step' });
  expect(await decide('spare')).toMatchObject({ code: 'APPROVAL_NOT_OPEN' });
  expect(await decide('z')).toMatchObject({ code: 'NO_APPROVAL', open: [] });
});
