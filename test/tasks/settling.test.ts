/**
 * Property: whatever work does (steps, children, messages, failures, time-outs, cancels, ignored
 * signals) every run ends, every slot is given back, and nothing goes wrong that was not asked for.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Bot,
  defineBot,
  defineTask,
  defineWorkflow,
  handler,
  type Run,
  type WorkContext,
} from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

/** What one run does, one deed after the other or all at once. */
type Deed =
  | { readonly do: 'step'; readonly ms: number; readonly fails?: boolean }
  | { readonly do: 'child'; readonly bot: number; readonly plan: Plan; readonly awaits: boolean }
  | { readonly do: 'task'; readonly plan: Plan }
  | { readonly do: 'flow'; readonly plan: Plan }
  | { readonly do: 'send'; readonly bot: number }
  | { readonly do: 'report' }
  | { readonly do: 'pause'; readonly ms: number };

interface Plan {
  readonly deeds: readonly Deed[];
  readonly atOnce: boolean;
  readonly end: 'returns' | 'throws' | 'throws once' | 'hangs';
}

const ms = fc.constantFrom(0, 1, 5, 50, 1_500);
const { plan } = fc.letrec<{ plan: Plan; deed: Deed }>((tie) => ({
  deed: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'plan' },
    fc.record({ do: fc.constant('step' as const), ms, fails: fc.boolean() }),
    fc.record({ do: fc.constant('send' as const), bot: fc.nat(2) }),
    fc.record({ do: fc.constant('report' as const) }),
    fc.record({ do: fc.constant('pause' as const), ms }),
    fc.record({
      do: fc.constant('child' as const),
      bot: fc.nat(2),
      plan: tie('plan'),
      awaits: fc.boolean(),
    }),
    fc.record({ do: fc.constant('task' as const), plan: tie('plan') }),
    fc.record({ do: fc.constant('flow' as const), plan: tie('plan') }),
  ),
  plan: fc.record({
    deeds: fc.array(tie('deed'), { maxLength: 4, depthIdentifier: 'plan' }),
    atOnce: fc.boolean(),
    end: fc.constantFrom('returns', 'returns', 'returns', 'throws', 'throws once', 'hangs'),
  }),
}));

function cast(clock: ReturnType<typeof testClock>) {
  const wait = (time: number) => new Promise<void>((resolve) => void clock.after(time, resolve));
  const anything = z.custom<Plan>();
  const note = handler(z.unknown(), async ({ attempt }) => {
    await wait(1);
    if (attempt === 1) throw new Error('handlers fail once');
  });
  const bots: Bot<Plan, unknown, never, { note: typeof note }>[] = [1, 2, 3].map((concurrency, n) =>
    defineBot({
      id: `bot-${n}`,
      concurrency,
      timeout: '10s',
      retry: { attempts: 2, backoff: 10 },
      capabilities: ['anything'],
      input: anything,
      on: { note },
      work,
    }),
  );
  const once = { timeout: '20s', retry: { attempts: 2, backoff: 10 } } as const;
  const task = defineTask({ id: 'task', capability: 'anything', input: anything, ...once });
  const flow = defineWorkflow({ id: 'flow', input: anything, concurrency: 2 })
    .step('one', task, ({ input }) => input)
    .step('two', () => wait(3), { after: [] })
    .step('three', () => 3, { after: ['one', 'two'] });

  async function work(context: WorkContext<Plan>): Promise<string> {
    const { deeds, atOnce, end } = context.input;
    const doing = async (deed: Deed, n: number) => {
      await does(context, deed, `d-${n}`).catch(() => undefined);
    };
    if (atOnce) await Promise.all(deeds.map(doing));
    else for (const [n, deed] of deeds.entries()) await doing(deed, n);
    if (end === 'hangs') await new Promise(() => {});
    if (end === 'throws' || (end === 'throws once' && context.attempt === 1)) throw new Error(end);
    return 'done';
  }

  async function does({ step, send, report }: WorkContext<Plan>, deed: Deed, name: string) {
    const bot = bots['bot' in deed ? deed.bot : 0] ?? bots[0];
    if (bot === undefined) return;
    switch (deed.do) {
      case 'step':
        await step(name, () => wait(deed.ms).then(() => (deed.fails ? Promise.reject(1) : 1)));
        return;
      case 'child': {
        const child = step(name, bot, deed.plan);
        if (deed.awaits) await child;
        return;
      }
      case 'task':
        await step(name, task, deed.plan);
        return;
      case 'flow':
        await step(name, flow, deed.plan);
        return;
      case 'send':
        await send(bot, { type: 'note', payload: name });
        return;
      case 'report':
        await report({ progress: 0.5, cost: 1 });
        return;
      case 'pause':
        await wait(deed.ms);
    }
  }
  return { bots, task, flow };
}

interface Story {
  readonly plans: readonly Plan[];
  readonly cancelAt: readonly (number | undefined)[];
  readonly stopAt: number | undefined;
  readonly crashes: boolean;
  readonly seed: number;
}

const stories: fc.Arbitrary<Story> = fc.record({
  plans: fc.array(plan, { minLength: 1, maxLength: 4 }),
  cancelAt: fc.array(fc.option(fc.constantFrom(0, 1, 60, 2_000), { nil: undefined }), {
    minLength: 4,
    maxLength: 4,
  }),
  stopAt: fc.option(fc.constantFrom(0, 2, 55, 1_700), { nil: undefined }),
  crashes: fc.boolean(),
  seed: fc.nat(1_000),
});

/** Ends a team in the middle, with or without letting it know, and begins the next one. */
async function restarted(team: Team, { stopAt = 0, crashes }: Story, begin: () => Promise<Team>) {
  await team.clock.advance(stopAt);
  if (crashes) team.clock.clear();
  else {
    const stopped = team.troupe.stop({ deadline: 20 });
    await team.clock.advance(20);
    await stopped;
  }
  return begin();
}

/** An error of the runtime's own: that a run failed is told as an error too. */
const isOurs = ({ level, text }: { readonly level: string; readonly text: string }): boolean =>
  level === 'error' && text !== 'a run failed';

test('property: every run ends and every slot is given back', async () => {
  const body = async (story: Story) => {
    const { plans, cancelAt, stopAt, seed } = story;
    const clock = testClock(seed);
    const disk = simulatedDisk();
    const team = cast(clock);
    const definitions = [...team.bots, team.task, team.flow];
    const limits = { graceMs: 40, suspendAfterMs: 30 };
    let journal = disk.open();
    const begin = () => {
      journal = disk.open();
      return teamOf(definitions, { clock, journal, limits });
    };
    let current = await begin();
    for (const [n, one] of plans.entries())
      await current.troupe.start(team.task, one, { id: `r-${n}` });
    if (stopAt !== undefined) current = await restarted(current, story, begin);
    const runs: Run<unknown>[] = [];
    for (const n of plans.keys()) {
      const run = await current.troupe.get(team.task, `r-${n}`);
      if (run === undefined) continue;
      runs.push(run);
      const at = cancelAt[n];
      if (at !== undefined) clock.after(at, () => void run.cancel().catch(() => undefined));
    }
    await clock.advance(600_000);
    for (const run of runs)
      expect(['COMPLETED', 'FAILED', 'CANCELLED']).toContain((await run.snapshot()).status);
    const left = journal.actors({ done: false });
    expect(left.filter(({ address }) => address.startsWith('run/'))).toEqual([]);
    for (const { kind, snapshot } of left) {
      if (kind !== 'bot') continue;
      expect(JSON.parse(snapshot).context).toMatchObject({ slots: [], messages: [] });
    }
    expect(journal.waiting()).toEqual([]);
    expect(current.logged.filter(isOurs)).toEqual([]);
    const reasons = journal.deadLetters(999).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason !== 'stopped' && reason !== 'withdrawn')).toEqual([]);
    await current.troupe.stop();
  };
  await fc.assert(fc.asyncProperty(stories, body), {
    numRuns: 100,
    seed: 5,
  });
});
