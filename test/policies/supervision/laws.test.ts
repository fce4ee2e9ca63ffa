/**
 * Laws of the supervisor's policy, over stories in which children end, fail to start, are poisoned
 * and are asked about while orders are under way and the process crashes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call } from '../../../src/policies/index.ts';
import type { ChildSpec, SupervisionSpec } from '../../../src/protocol/index.ts';
import { World } from './world.ts';

const IDS = ['a', 'b', 'c', 'd'];

const childSpecs = fc.record({
  type: fc.constantFrom('worker' as const, 'supervisor' as const),
  restart: fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
  shutdown: fc.constantFrom(50, 5_000, 'brutal' as const, 'infinity' as const),
  resumeFrom: fc.constantFrom('input' as const, 'snapshot' as const),
  backoff: fc.option(fc.constant({ backoffMs: 100, backoffMsMax: 400 })),
  isSignificant: fc.boolean(),
});

const childOf = (
  id: string,
  { isSignificant, ...rest }: typeof childSpecs extends fc.Arbitrary<infer T> ? T : never,
): ChildSpec => ({
  ...rest,
  id,
  significant: isSignificant && rest.restart !== 'permanent',
  start: {},
});

const specs: fc.Arbitrary<SupervisionSpec> = fc
  .record({
    strategy: fc.constantFrom(
      'one-for-one' as const,
      'one-for-all' as const,
      'rest-for-one' as const,
      'simple-one-for-one' as const,
    ),
    intensity: fc.nat(4),
    periodSeconds: fc.integer({ min: 1, max: 4 }),
    autoShutdown: fc.constantFrom(
      'never' as const,
      'any-significant' as const,
      'all-significant' as const,
    ),
    children: fc.array(childSpecs, { minLength: 1, maxLength: 4 }),
  })
  .map(({ children, ...rest }) => {
    const isPool = rest.strategy === 'simple-one-for-one';
    const all = children.map((child, index) => childOf(IDS[index] ?? '', child));
    const [template = null] = all;
    const isSome = rest.autoShutdown !== 'never';
    const allowed = (child: ChildSpec) => ({ ...child, significant: child.significant && isSome });
    return {
      ...rest,
      children: isPool ? [] : all.map(allowed),
      template: isPool && template !== null ? { ...allowed(template), id: '' } : null,
    };
  });

const beats = fc.record({
  do: fc.constantFrom(
    ...(['deliver', 'deliver', 'deliver', 'carry', 'carry', 'carry', 'obey', 'obey'] as const),
    ...(['exit', 'exit', 'fail', 'pass', 'call', 'call', 'crash', 'poison'] as const),
    'end' as const,
  ),
  pick: fc.nat(100),
  ms: fc.constantFrom(0, 10, 300, 1_100),
});

type Beat = typeof beats extends fc.Arbitrary<infer T> ? T : never;

const stories = fc.record({ spec: specs, beats: fc.array(beats, { maxLength: 80, size: 'max' }) });

const endings = ['stop', 'kill', 'orphan'] as const;

const reasons = ['normal', 'shutdown', 'crash', 'crash', 'killed'] as const;

function play(world: World, { do: deed, pick, ms }: Beat, number: number): void {
  switch (deed) {
    case 'deliver':
      world.deliver();
      return;
    case 'carry':
      world.carry();
      return;
    case 'obey':
      world.obey();
      return;
    case 'exit':
      world.exit(pick, reasons[pick % reasons.length] ?? 'crash');
      return;
    case 'poison':
      world.poison(pick);
      return;
    case 'fail':
      world.failing = pick % 3;
      return;
    case 'pass':
      world.pass(ms);
      return;
    case 'crash':
      world.crash();
      return;
    case 'end':
      if (pick % 4 === 0) world.mail.push({ is: endings[ms % endings.length] ?? 'stop' });
      return;
    case 'call':
      world.call(callOf(world, pick, `call-${number}`));
      return;
  }
}

function callOf({ spec }: World, pick: number, call: string): Call {
  const child = IDS[pick % IDS.length] ?? 'a';
  const asks = ['restart', 'terminate', 'delete', 'which', 'count', 'add', 'remove'] as const;
  const ask = asks[pick % asks.length] ?? 'count';
  if (ask === 'which' || ask === 'count') return { ask, call };
  if (ask === 'add' && spec.template === null) {
    const added = { type: 'worker', restart: 'transient', shutdown: 50 } as const;
    const rest = { significant: false, resumeFrom: 'input', backoff: null, start: {} } as const;
    return { ask: 'start', call, child: { id: child, ...added, ...rest } };
  }
  return { ask, call, child };
}

function told({ spec, beats: all }: { spec: SupervisionSpec; beats: readonly Beat[] }): World {
  const world = new World(spec);
  for (const [number, beat] of all.entries()) play(world, beat, number);
  return world;
}

test('property: no child is started twice, and it always comes to rest', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const world = told(story);
      world.settle();
      expect(world.facts.filter(({ fact }) => fact === 'broken')).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('property: one that gave up tells the failure that it gave up for', () => {
  const isTold = (world: World): boolean => {
    const { ended } = world.supervision;
    if (ended?.why !== 'intensity' || ended.error === undefined) return true;
    return ended.error.code === ended.child;
  };
  let count = 0;
  fc.assert(
    fc.property(stories, (story) => {
      const world = told(story);
      world.settle();
      if (world.supervision.ended?.why === 'intensity') count += 1;
      expect(isTold(world)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(count).toBeGreaterThan(20);
});

test('property: what it knows at rest is what is alive', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const world = told(story);
      world.settle();
      const { children, job, waiting } = world.supervision;
      const known = children.filter(({ is }) => is === 'running').map(({ id }) => id);
      expect(known.sort()).toEqual([...world.alive.keys()].sort());
      expect([job, waiting]).toEqual([null, []]);
    }),
    { numRuns: 1_000 },
  );
});

test('property: when it has ended, however it came to that, nobody is alive', () => {
  fc.assert(
    fc.property(stories, fc.constantFrom('stop', 'kill', 'orphan'), (story, is) => {
      const world = told(story);
      world.mail.push({ is: is as 'stop' | 'kill' | 'orphan' });
      world.settle();
      expect(world.isOver).toBe(true);
      expect([...world.alive.keys()]).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('property: every call has exactly one answer, also when the supervisor ends', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const world = told(story);
      world.settle();
      const answered = world.facts
        .filter(({ fact }) => fact === 'answered')
        .map(({ what }) => what);
      expect(new Set(answered).size).toBe(answered.length);
      expect(answered.sort()).toEqual([...world.asked].sort());
    }),
    { numRuns: 1_000 },
  );
});

test('property: an end stops in the reverse order of the start, a pool at once', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const world = told(story);
      world.settle();
      if (world.isOver) return;
      const up = world.supervision.children.filter(({ is }) => is === 'running');
      const before = world.facts.length;
      world.mail.push({ is: 'stop' });
      world.settle();
      const later = world.facts.slice(before).filter(({ fact }) => fact !== 'answered');
      const ids = up.map(({ id }) => id).reverse();
      const orderly = ids.flatMap((id) => [`stopping ${id}`, `ended ${id}`]);
      const { template } = world.spec;
      if (template !== null) {
        const atOnce = [...ids.map(() => 'stopping'), ...ids.map(() => 'ended')];
        const facts = later.map(({ fact }) => fact);
        // Who is killed ends with the order.
        expect(facts).toEqual(template.shutdown === 'brutal' ? expect.anything() : atOnce);
        return;
      }
      expect(later.map(({ fact, what }) => `${fact} ${what}`)).toEqual(orderly);
    }),
    { numRuns: 1_000 },
  );
});

test('property: a temporary child is never started by its supervisor again', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const quiet = story.beats.filter(({ do: deed }) => deed !== 'call');
      const world = told({ spec: story.spec, beats: quiet });
      world.settle();
      for (const { id, restart } of story.spec.children) {
        if (restart !== 'temporary') continue;
        const starts = world.facts.filter(({ fact, what }) => fact === 'started' && what === id);
        expect(starts.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 1_000 },
  );
});

const crashes = fc.array(fc.record({ afterMs: fc.nat(2_500), pick: fc.nat(3) }), { maxLength: 25 });

test('property: restart intensity: as many restarts as allowed in any window, no more', () => {
  fc.assert(
    fc.property(fc.nat(4), fc.integer({ min: 1, max: 4 }), crashes, (intensity, period, story) => {
      const rest = {
        shutdown: 50,
        significant: false,
        resumeFrom: 'input',
        backoff: null,
      } as const;
      const world = new World({
        strategy: 'one-for-one',
        intensity,
        periodSeconds: period,
        autoShutdown: 'never',
        template: null,
        children: IDS.map((id) => ({
          id,
          type: 'worker',
          restart: 'permanent',
          start: {},
          ...rest,
        })),
      });
      world.settle();
      const seconds: number[] = [];
      for (const { afterMs, pick } of story) {
        world.pass(afterMs);
        world.exit(pick, 'crash');
        world.settle();
        // Counted anew, by going through all of them.
        const now = Math.floor(world.now / 1_000);
        seconds.push(now);
        const counted = seconds.filter((second) => second >= now - period).length;
        expect(world.isOver).toBe(counted > intensity);
        if (world.isOver) return;
      }
      expect(world.alive.size).toBe(IDS.length);
    }),
    { numRuns: 1_000 },
  );
});
