/** Examples of the supervisor's policy: back-off, late news, calls in a restart loop. */
import { expect, test } from 'vitest';
import { alarmOf, type Supervision } from '../../../src/policies/index.ts';
import type { ChildSpec, SupervisionSpec } from '../../../src/protocol/index.ts';
import { World } from './world.ts';

const child = (id: string, own: Partial<ChildSpec> = {}): ChildSpec => ({
  id,
  type: 'worker',
  restart: 'permanent',
  shutdown: 5_000,
  significant: false,
  resumeFrom: 'input',
  backoff: null,
  start: {},
  ...own,
});

const spec = (own: Partial<SupervisionSpec> = {}): SupervisionSpec => ({
  strategy: 'one-for-one',
  intensity: 20,
  periodSeconds: 3_600,
  autoShutdown: 'never',
  template: null,
  children: [child('a')],
  ...own,
});

const stateOf = ({ children }: Supervision, id: string): string | undefined =>
  children.find((one) => one.id === id)?.is;

function up(own: Partial<SupervisionSpec> = {}): World {
  const world = new World(spec(own));
  world.settle();
  return world;
}

/** Deals with all that is there, without letting time pass. */
function rest(world: World): void {
  while (world.deliver() || world.carry());
}

test('given a back-off, then pauses grow to the longest and begin anew after a time up', () => {
  const backoff = { backoffMs: 100, backoffMsMax: 1_600 };
  const longest: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    const world = up({ children: [child('a', { backoff })] });
    world.pass(10_000 + round * 977);
    for (let restart = 0; restart < 8; restart += 1) {
      world.exit(0, 'crash');
      rest(world);
      const pause = Math.max(0, (alarmOf(world.supervision) ?? world.now) - world.now);
      longest[restart] = Math.max(longest[restart] ?? 0, pause);
      world.settle();
    }
    world.pass(1_601);
    world.exit(0, 'crash');
    rest(world);
    const pause = (alarmOf(world.supervision) ?? world.now) - world.now;
    expect(pause).toBeLessThanOrEqual(100);
  }
  for (const [restart, pause] of longest.entries()) {
    const bound = Math.min(1_600, 100 * 2 ** restart);
    expect(pause).toBeLessThanOrEqual(bound);
    expect(pause).toBeGreaterThan(bound * 0.8);
  }
});

test('given a pause, then the child is restarting: it can be ended and is not started', () => {
  const backoff = { backoffMs: 60_000, backoffMsMax: 60_000 };
  const world = up({ children: [child('a', { backoff })] });
  world.exit(0, 'crash');
  rest(world);
  expect(stateOf(world.supervision, 'a')).toBe('restarting');
  world.call({ ask: 'restart', call: '1', child: 'a' });
  rest(world);
  world.call({ ask: 'terminate', call: '2', child: 'a' });
  world.settle();
  expect(stateOf(world.supervision, 'a')).toBe('stopped');
  expect(alarmOf(world.supervision)).toBeUndefined();
});

test('given a group and a back-off, then the others are stopped before the pause', () => {
  const backoff = { backoffMs: 60_000, backoffMsMax: 60_000 };
  const children = [child('a', { backoff }), child('b'), child('c')];
  const world = up({ strategy: 'one-for-all', children });
  world.exit(0, 'crash');
  while (world.deliver() || world.carry() || world.obey());
  expect([...world.alive.keys()]).toEqual([]);
  world.settle();
  expect([...world.alive.keys()]).toEqual(['a', 'b', 'c']);
});

test('given a start that fails and fails, then calls come in between', () => {
  const world = up({ children: [child('a'), child('b')], intensity: 1_000 });
  world.failing = 500;
  world.exit(0, 'crash');
  for (let turn = 0; turn < 20; turn += 1) {
    world.deliver();
    world.carry();
  }
  world.call({ ask: 'count', call: 'count' });
  world.call({ ask: 'restart', call: 'restart', child: 'a' });
  world.call({ ask: 'terminate', call: 'terminate', child: 'a' });
  rest(world);
  expect(world.failing).toBeGreaterThan(400);
  const answered = world.facts.filter(({ fact }) => fact === 'answered').map(({ what }) => what);
  expect(answered).toEqual(['count', 'restart', 'terminate']);
  expect(stateOf(world.supervision, 'a')).toBe('stopped');
});

test('given a child that does not stop, then questions are answered and it can be ended', () => {
  const world = up({ children: [child('a', { shutdown: 'infinity' }), child('b')] });
  world.call({ ask: 'terminate', call: 'terminate', child: 'a' });
  world.call({ ask: 'which', call: 'which' });
  rest(world);
  const answered = (): string[] =>
    world.facts.filter(({ fact }) => fact === 'answered').map(({ what }) => what);
  expect(answered()).toEqual(['which']);
  world.mail.push({ is: 'stop' });
  rest(world);
  expect(answered()).toEqual(['which', 'terminate']);
  world.settle();
  expect(world.isOver).toBe(true);
});

test('given children that die by themselves during the stop, then it goes on as if told', () => {
  const world = up({ children: ['a', 'b', 'c'].map((id) => child(id)) });
  world.mail.push({ is: 'stop' });
  world.deliver();
  world.carry();
  for (const pick of [0, 0, 0]) world.exit(pick, 'crash');
  rest(world);
  expect(world.supervision.ended).toEqual({ why: 'stopped' });
});

test('given late news of an earlier start, then it is no news', () => {
  const world = up();
  const before = world.supervision;
  const error = { code: 'X', message: 'x', retryable: false };
  world.mail.push(
    { is: 'failed', child: 'a', start: 1, error },
    { is: 'ignored', child: 'a', start: 1 },
    { is: 'started', child: 'nobody', start: 1 },
    { is: 'exited', child: 'nobody', reason: 'crash' },
    { is: 'retry', child: 'a', start: 1 },
  );
  rest(world);
  expect(world.supervision).toEqual(before);
});

test('given a poisoned child, then it goes on from its snapshot or is ended and started', () => {
  const kept = up({ children: [child('a', { resumeFrom: 'snapshot' })], intensity: 1 });
  kept.poison(0);
  kept.settle();
  expect(kept.facts.map(({ fact }) => fact)).toEqual(['started']);
  kept.poison(0);
  kept.settle();
  expect([kept.supervision.ended, kept.alive.size]).toMatchObject([{ why: 'intensity' }, 0]);
  const anew = up({ intensity: 1 });
  anew.poison(0);
  anew.settle();
  expect(anew.facts.map(({ fact }) => fact)).toEqual(['started', 'stopping', 'ended', 'started']);
  const gone = up({ children: [child('a', { restart: 'temporary' })] });
  gone.poison(0);
  gone.settle();
  expect([gone.supervision.children, gone.alive.size]).toEqual([[], 0]);
});

test('given a member of a pool that is temporary, then its input is not kept', () => {
  const template = child('', { restart: 'temporary' });
  const world = up({ strategy: 'simple-one-for-one', children: [], template });
  world.call({ ask: 'add', call: '1', child: 'x', input: { large: 'x'.repeat(100) } });
  world.settle();
  expect(world.supervision.children).toEqual([{ id: 'x', is: 'running', starts: 1 }]);
});

test('given a pool, then its end stops all members at once, under one limit', () => {
  const template = child('', { shutdown: 100 });
  const world = up({ strategy: 'simple-one-for-one', children: [], template });
  for (const id of ['x', 'y', 'z']) world.call({ ask: 'add', call: id, child: id });
  world.settle();
  const before = world.facts.length;
  world.mail.push({ is: 'stop' });
  rest(world);
  const facts = (): string[] => world.facts.slice(before).map(({ fact }) => fact);
  expect(facts()).toEqual(['stopping', 'stopping', 'stopping']);
  world.pass(100);
  rest(world);
  expect(facts().slice(3)).toEqual(['stopping', 'ended', 'stopping', 'ended', 'stopping', 'ended']);
  expect(world.supervision.ended).toEqual({ why: 'stopped' });
});
