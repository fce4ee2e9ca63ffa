/** What work asks for when it runs again: the same for the same answers, else it is found. */
import fc from 'fast-check';
import { defineBot, handler, type WorkContext } from 'troupe';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { simulatedClock } from '../../../src/clock/index.ts';
import { type Asking, Repeatable } from '../../../src/testing/repeatable/index.ts';
import { calm, play } from '../../../src/testing/simulation/index.ts';

/** Work as data; what it does depends on the answers that it gets. */
type Deed =
  | { readonly does: 'step'; readonly name: string }
  | { readonly does: 'send'; readonly body: number }
  | { readonly does: 'try'; readonly name: string; readonly otherwise: readonly Deed[] }
  | { readonly does: 'if odd'; readonly deeds: readonly Deed[]; readonly name: string }
  | { readonly does: 'all'; readonly branches: readonly (readonly Deed[])[] };

const { deeds } = fc.letrec<{ deeds: readonly Deed[]; deed: Deed }>((tie) => ({
  deeds: fc.array(tie('deed'), { maxLength: 4, depthIdentifier: 'deeds' }),
  deed: fc.oneof(
    { depthIdentifier: 'deeds', maxDepth: 2 },
    fc.record({ does: fc.constant('step' as const), name: fc.constant('step') }),
    fc.record({ does: fc.constant('send' as const), body: fc.nat(1) }),
    fc.record({
      does: fc.constant('try' as const),
      name: fc.constant('try'),
      otherwise: tie('deeds'),
    }),
    fc.record({
      does: fc.constant('if odd' as const),
      name: fc.constant('odd'),
      deeds: tie('deeds'),
    }),
    fc.record({
      does: fc.constant('all' as const),
      branches: fc.array(tie('deeds'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

/** Numbers every name, so that no two are the same. */
function numbered(all: readonly Deed[], next: { at: number }): readonly Deed[] {
  return all.map((deed): Deed => {
    next.at += 1;
    const name = `${deed.does} ${next.at}`;
    if (deed.does === 'step') return { ...deed, name };
    if (deed.does === 'try') return { ...deed, name, otherwise: numbered(deed.otherwise, next) };
    if (deed.does === 'if odd') return { ...deed, name, deeds: numbered(deed.deeds, next) };
    if (deed.does === 'all')
      return { ...deed, branches: deed.branches.map((branch) => numbered(branch, next)) };
    return deed;
  });
}

/** A runtime that remembers answers, and forgets failures, as Troupe does. */
class Lives {
  readonly repeatable: Repeatable;
  readonly #chance: () => number;
  readonly #recorded = new Map<string, number>();
  #nth = 0;

  constructor(seed: number) {
    const clock = simulatedClock(seed);
    this.#chance = clock.random;
    this.repeatable = new Repeatable({ clock, random: clock.random });
  }

  /** One life: work runs until it ends, or has got `answers` answers. */
  async live(
    all: readonly Deed[],
    answers: number,
    bent: (asking: Asking) => Asking = (asking) => asking,
  ): Promise<void> {
    this.#nth += 1;
    const activation = { of: 'finder', runId: 'finder/a', attempt: 1, nth: this.#nth };
    const waiting: (() => void)[] = [];
    let left = answers;
    const asks = async (given: Asking, value: () => number): Promise<number> => {
      const asking = bent(given);
      const answered = this.repeatable.asked(activation, asking);
      const key = JSON.stringify([asking.call, asking.name, asking.with]);
      await new Promise<void>((go) => void waiting.push(go));
      const known = this.#recorded.get(key);
      const isOk =
        known !== undefined || given.name.startsWith('try') === false || this.#chance() < 0.5;
      if (!isOk) {
        answered({ isOk: false });
        return Promise.reject(new Error('it fails'));
      }
      const got = known ?? value();
      this.#recorded.set(key, got);
      answered({ isOk: true, value: got });
      return got;
    };
    const work = async (deeds: readonly Deed[]): Promise<number> => {
      let sum = 0;
      for (const deed of deeds) sum += await does(deed);
      return sum;
    };
    const does = async (deed: Deed): Promise<number> => {
      const value = (): number => Math.floor(this.#chance() * 100);
      const step = (name: string) => asks({ call: 'step', name, with: name.length }, value);
      if (deed.does === 'step') return step(deed.name);
      if (deed.does === 'send')
        return asks({ call: 'send', name: 'x note', with: deed.body }, () => 0);
      if (deed.does === 'try') return step(deed.name).catch(() => work(deed.otherwise));
      if (deed.does === 'if odd') return (await step(deed.name)) % 2 ? work(deed.deeds) : 0;
      const sums = await Promise.all(deed.branches.map(work));
      return sums.reduce((sum, one) => sum + one, 0);
    };
    let isOver = false;
    void work(all).then((result) => {
      isOver = true;
      this.repeatable.gave(activation, result);
    });
    for (; left > 0 && !isOver; left -= 1) {
      await new Promise((done) => setImmediate(done));
      const at = Math.floor(this.#chance() * waiting.length);
      for (const go of waiting.splice(at, 1)) go();
    }
    await new Promise((done) => setImmediate(done));
    this.repeatable.crashed();
  }
}

const lives = fc.array(fc.nat(8), { minLength: 1, maxLength: 3 });

test('property: work that is a function of its answers is never found', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, lives, fc.nat(1000), async (drawn, counts, seed) => {
      const all = numbered(drawn, { at: 0 });
      const engine = new Lives(seed);
      for (const count of [...counts, 1000]) await engine.live(all, count);
      expect(engine.repeatable.found).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('property: work whose nth step carries something else the next time is found', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(5),
      fc.nat(1000),
      async (size, at, seed) => {
        const all = numbered(
          Array.from({ length: size }, (): Deed => ({ does: 'step', name: '' })),
          { at: 0 },
        );
        const engine = new Lives(seed);
        const bent = (asking: Asking): Asking =>
          asking.name === `step ${(at % size) + 1}` ? { ...asking, with: 'other' } : asking;
        await engine.live(all, at % size);
        await engine.live(all, 1000, bent);
        expect(engine.repeatable.found).toHaveLength(1);
      },
    ),
    { numRuns: 50 },
  );
});

const finder = (work: (context: WorkContext) => unknown) => defineBot({ id: 'finder', work });

/** Work that is no function of its answers, and what is said when it runs again. */
const impure: Readonly<Record<string, { work: () => ReturnType<typeof finder>; says: string }>> = {
  'asks for another step': {
    work: () => {
      let count = 0;
      return finder(async ({ step }) => {
        count += 1;
        await step(`part ${count}`, () => 1);
        await step('last', () => 2);
      });
    },
    says: 'it asked for step part 2 where it had asked for step part 1',
  },
  'sends something else': {
    work: () => {
      let count = 0;
      return finder(async ({ step, send }) => {
        count += 1;
        await send('clerk', { type: 'note', payload: count });
        await step('last', () => 2);
      });
    },
    says: 'it asked for send clerk note with 2 where it had asked with 1',
  },
  'leaves a step out': {
    work: () => {
      let count = 0;
      return finder(async ({ step }) => {
        count += 1;
        if (count === 1) await step('first', () => 1);
      });
    },
    says: 'it did not ask for step first for which it had asked',
  },
  'sleeps for another time': {
    work: () => {
      let count = 0;
      return finder(async ({ sleep }) => {
        count += 1;
        await sleep('rest', count * 1000);
      });
    },
    says: 'it asked for sleep rest with 2000 where it had asked with 1000',
  },
};

const clerk = defineBot({ id: 'clerk', on: { note: handler(z.number()) } });

for (const [name, { work, says }] of Object.entries(impure))
  test(`given work that ${name} when it runs again after a crash, then it is found`, async () => {
    const said = new Set<string>();
    for (let commit = 2; commit < 6; commit += 1) {
      const bot = work();
      const played = await play(
        {
          definitions: [bot, clerk],
          scenario: (troupe) => troupe.start(bot, undefined, { id: 'a' }),
        },
        { ...calm(undefined), faults: [{ fault: 'crash', commit, moment: 'after' }] },
      );
      for (const { what, where } of played.unrepeatable) said.add(`${where}: ${what}`);
    }
    expect([...said]).toEqual([`finder: ${says}`]);
  });

test('given Date.now from outside in the input of a step, then it is found twice', async () => {
  const writer = defineBot({ id: 'writer', work: ({ step }) => step('write', () => 1) });
  const bot = defineBot({
    id: 'finder',
    work: async ({ step }) => {
      const at = Date.now();
      await step('wait', () => new Promise((done) => globalThis.setTimeout(done, 10)));
      await step('tell', writer, { at } as never);
    },
  });
  const played = await play(
    { definitions: [bot, writer], scenario: (troupe) => troupe.start(bot, undefined, { id: 'a' }) },
    {
      ...calm(undefined),
      faults: [
        { fault: 'clock-jump', commit: 3, ms: 5000 },
        { fault: 'crash', commit: 4, moment: 'after' },
      ],
    },
  );
  expect(played.unrepeatable).toEqual([
    {
      what: expect.stringContaining('it reads the time (Date.now) outside of a step'),
      where: expect.stringMatching(/^finder, at test\/.*activations\.test\.ts:\d+$/),
    },
    {
      what: expect.stringMatching(/^it asked for step tell with \{"at":\d+\} where/),
      where: 'finder',
    },
  ]);
});
