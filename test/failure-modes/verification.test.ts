/** Failure modes of checking what was done: FM-3.1 to FM-3.3. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  scatterGather,
  type Troupe,
} from '../../src/index.ts';
import { type Fault, property, type RunView, simulate } from '../../src/testing/index.ts';

const Code = z.object({ code: z.string() });
const Verdict = z.object({ isGood: z.boolean() });
const coder = defineBot({ id: 'coder', output: Code, work: () => ({ code: 'x = 1' }) });

describe('FM-3.1 premature termination', () => {
  const outside = defineBot({ id: 'outside', output: Code, heartbeat: '1h' });

  test('given an end that does not meet the contract, then the run is not over', async () => {
    await using sim = await simulate({ definitions: [outside] });
    const run = await sim.troupe.start(outside, undefined);
    await sim.advance('1s');
    await run.begin();
    await expect(run.complete({ result: { done: true } })).rejects.toMatchObject({
      code: 'INVALID',
    });
    expect(sim.view.runs(outside)[0]?.status).toBe('IN_PROGRESS');
    await run.complete({ result: { code: 'x = 1' } });
    expect(sim.view.runs(outside)[0]?.status).toBe('COMPLETED');
  });

  test('given a step that failed, then the whole is never COMPLETED without it', async () => {
    const tester = defineBot({ id: 'tester', input: Code, retry: false, work: () => 'passed' });
    const ship = defineWorkflow({ id: 'ship' })
      .step('code', coder)
      .step('test', tester, ({ code }) => code)
      .step('release', ({ test: result }) => result);
    await property({
      definitions: [ship],
      scenario: (troupe: Troupe) => troupe.start(ship, undefined, { id: '1' }),
      faults: ['bot-error', 'crash', 'malformed'],
      always: {
        'nothing is shipped untested': (view) =>
          view
            .runs(ship)
            .every(({ status, steps }) => status !== 'COMPLETED' || steps.test !== undefined),
      },
      runs: 60,
    });
  });
});

describe('FM-3.2 no or incomplete verification', () => {
  const reviewer = defineBot({ id: 'reviewer', input: Code, output: Verdict, work: good });
  const shipOf = (after: readonly ('code' | 'review')[]) =>
    defineWorkflow({ id: 'ship' })
      .step('code', coder)
      .step('review', reviewer, ({ code }) => code)
      .step('release', () => 'out', { after: [...after] });
  const teamOf = (after: readonly ('code' | 'review')[]) => {
    const ship = shipOf(after);
    type Seen = Pick<RunView<typeof ship>, 'steps'>;
    return {
      definitions: [ship],
      scenario: (troupe: Troupe) => troupe.start(ship, undefined, { id: '1' }),
      always: {
        'nothing is released before its review': (view: {
          runs: (work: typeof ship) => readonly Seen[];
        }) => view.runs(ship).every(({ steps }) => !steps.release || !!steps.review),
      },
      runs: 100,
    };
  };

  test('given a release that does not wait for its review, then the kit tells', async () => {
    await expect(property(teamOf(['code']))).rejects.toMatchObject({
      data: { law: 'nothing is released before its review' },
    });
  });

  test('given one that does, then no fault leads around it', async () => {
    await property(teamOf(['code', 'review']));
  });
});

describe('FM-3.3 incorrect verification', () => {
  const verifier = (id: string) => defineBot({ id, input: Code, output: Verdict, work: good });
  const judge = defineApproval({ id: 'judge', input: z.unknown(), expiresIn: '1d' });
  const verdicts = scatterGather('verdicts', [verifier('first'), verifier('second')]);
  const ship = defineWorkflow({ id: 'ship' })
    .step('code', coder)
    .step('review', verdicts, ({ code }) => code)
    .step('settle', judge, ({ review }) => review, { when: ({ review }) => isSplit(review) })
    .step('release', ({ review }) => review, { after: ['review', 'settle'] });
  const wrong: Fault = {
    fault: 'malformed',
    call: { of: 'first', nth: 1 },
    value: { isGood: false },
  };

  test('given two verifiers that agree, then nobody else is asked', async () => {
    await using sim = await simulate({ definitions: [ship] });
    await sim.troupe.run(ship, undefined);
    expect(sim.view.questions).toEqual([]);
  });

  test('given one that errs, then a person settles the contradiction', async () => {
    const people = { judge: () => undefined };
    await using sim = await simulate({ definitions: [ship], faults: [wrong], people });
    const run = await sim.troupe.start(ship, undefined);
    await sim.advance('1s');
    expect(sim.view.questions).toMatchObject([{ definition: 'judge', status: 'OPEN' }]);
    expect(sim.view.calls('ship.release')).toEqual([]);
    await run.decide('settle', { approve: false, by: 'ann' });
    expect(await run.outcome()).toMatchObject({ status: 'FAILED' });
  });
});

function good(): { isGood: boolean } {
  return { isGood: true };
}

const isSplit = (review: unknown): boolean =>
  new Set(
    z
      .array(Verdict)
      .parse(review)
      .map(({ isGood }) => isGood),
  ).size > 1;
