/** What hangs at rest is told with its cause and a remedy; what waits for a person is not. */
import { describe, expect, test } from 'vitest';
import { fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  handler,
} from '../../../src/index.ts';
import {
  calm,
  type Fault,
  type Play,
  type Played,
  stub,
} from '../../../src/testing/simulation/index.ts';
import { play } from '../../../src/testing/simulation/play.ts';

/** What came of a team under some faults. */
const playedWith = (team: Play, ...faults: Fault[]): Promise<Played> =>
  play(team, { ...calm(undefined), faults });

/** What broke, in a word and a sentence. */
async function foundBy(team: Play, ...faults: Fault[]): Promise<string | undefined> {
  const { breach } = await playedWith(team, ...faults);
  return breach && `${breach.law}: ${breach.found}`;
}

const law = 'every run ends, or waits for a person';
const drop = (of: string, nth = 1): Fault => ({ fault: 'drop', call: { of, nth } });

/** What is told of an answer that never came. */
const neverCame = (what: string, of: string, remedy: string): string =>
  `${law}: ${what}: ${of}'s 1st answer never came and nothing ends the waiting; give ${remedy}`;

const finder = defineBot({ id: 'finder', work: ({ step }) => step('search', () => 'found') });
const one: Play = {
  definitions: [finder],
  scenario: (troupe) => troupe.start(finder, undefined, { id: '1' }),
};

describe('an answer that never comes', () => {
  test('of work', async () => {
    expect(await foundBy(one)).toBe(undefined);
    expect(await foundBy(one, drop('finder'))).toBe(
      neverCame('finder/1 waits for ever', 'finder', 'finder a timeout'),
    );
  });

  test('of a step in work', async () => {
    expect(await foundBy(one, drop('finder.search'))).toBe(
      neverCame('finder/1 waits for ever', 'finder.search', 'finder a timeout'),
    );
  });

  test('of a step of a workflow', async () => {
    const answer = defineWorkflow({ id: 'answer' })
      .step('find', finder)
      .step('publish', ({ find }) => find);
    const team: Play = {
      definitions: [answer],
      scenario: (troupe) => troupe.start(answer, undefined, { id: '1' }),
    };
    expect(await foundBy(team, drop('answer.publish'))).toBe(
      neverCame(
        'answer/1/publish waits for ever',
        'answer.publish',
        'step publish of answer a timeout',
      ),
    );
    expect(await foundBy(team, drop('finder.search'))).toMatch(/^[^:]+: answer\/1\/find waits for/);
  });

  test('of a handler', async () => {
    const trader = defineBot({ id: 'trader', on: { quote: handler(z.object({}), () => 7) } });
    const team: Play = {
      definitions: [trader],
      scenario: (troupe) => troupe.send(trader, { type: 'quote', payload: {} }),
    };
    expect(await foundBy(team, drop('trader.quote'))).toBe(
      neverCame('bot/trader handles quote for ever', 'trader.quote', 'trader a timeout'),
    );
  });

  test('of a promise of a machine', async () => {
    const quoter = setup({
      actors: { quote: fromPromise(() => Promise.resolve(7)) },
    }).createMachine({
      id: 'quoter',
      initial: 'asking',
      states: { asking: { invoke: { src: 'quote', onDone: 'done' } }, done: { type: 'final' } },
    });
    const team: Play = {
      definitions: [quoter],
      scenario: (troupe) => troupe.start(quoter, undefined, { id: '1' }),
    };
    expect(await foundBy(team)).toBe(undefined);
    expect(await foundBy(team, drop('quoter.quote'))).toMatch(
      /quoter\/1 waits for ever: quoter.quote's 1st answer never came .* give a delayed transition/,
    );
  });

  test('given a timeout, then it is no matter', async () => {
    const hasty = defineBot({ id: 'hasty', timeout: '5s', work: () => 'done' });
    const team: Play = {
      definitions: [hasty],
      scenario: (troupe) => troupe.start(hasty, undefined, { id: '1' }),
    };
    expect(await foundBy(team, drop('hasty'))).toBe(undefined);
  });
});

test('given a promise that never settles, then it is told', async () => {
  const team: Play = { ...one, stubs: [stub(finder, () => new Promise<string>(() => undefined))] };
  expect(await foundBy(team)).toMatch(
    "finder/1 waits for ever: finder's 1st answer does not come, for its promise never settles",
  );
});

test('given nobody who can do it, then the capability is what misses', async () => {
  const brief = defineTask({ id: 'brief', capability: 'write' });
  const book = defineWorkflow({ id: 'book' }).step('brief', brief);
  const team: Play = {
    definitions: [book],
    scenario: (troupe) => troupe.start(book, undefined, { id: '1' }),
  };
  expect(await foundBy(team)).toBe(
    [
      `${law}: book/1/brief waits for ever for a bot that can do it:`,
      'no bot of the team has what brief asks for',
    ].join(' '),
  );
});

test('given an external bot without a stub, then somebody is to do it', async () => {
  const notary = defineBot({ id: 'notary' });
  const team: Play = {
    definitions: [notary],
    scenario: (troupe) => troupe.start(notary, undefined, { id: '1' }),
  };
  expect(await foundBy(team)).toMatch(
    'notary/1 is ASSIGNED at notary, and nobody begins it: give a stub for notary, or drive',
  );
});

test('given a person who says nothing, then a run may wait, and what waits for it', async () => {
  const editor = defineApproval({ id: 'editor' });
  const answer = defineWorkflow({ id: 'answer' })
    .step('release', editor)
    .step('publish', () => 'out');
  const team: Play = {
    definitions: [answer, finder],
    scenario: async (troupe) => {
      const run = await troupe.start(answer, undefined, { id: '1' });
      await troupe.start(finder, undefined, { id: '1', after: [run] });
    },
  };
  const people = [{ question: 1, answer: 'nothing', afterMs: 0 }] as const;
  const { breach, journal } = await play(team, { ...calm(undefined), people });
  expect(breach).toBe(undefined);
  expect(journal.byAddress('run/finder/1')?.status).toBe('BLOCKED');
});
