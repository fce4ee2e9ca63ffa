/**
 * Edges of the supervisor's policy: limits of stops that follow each other, orders that a crash
 * left behind, and news about a life that is over.
 */
import { expect, test } from 'vitest';
import {
  alarmOf,
  newSupervision,
  ordersUnderWay,
  type Supervision,
} from '../../../src/policies/index.ts';
import type { ChildSpec, SupervisionSpec } from '../../../src/protocol/index.ts';
import { World } from './world.ts';

const child = (id: string, own: Partial<ChildSpec> = {}): ChildSpec => ({
  id,
  type: 'worker',
  restart: 'permanent',
  shutdown: 5_000,
  significant: false,
  resumeFrom: 'snapshot',
  backoff: null,
  start: {},
  ...own,
});

const spec = (...children: ChildSpec[]): SupervisionSpec => ({
  strategy: 'one-for-one',
  intensity: 20,
  periodSeconds: 3_600,
  autoShutdown: 'never',
  template: null,
  children,
});

function up(its: SupervisionSpec): World {
  const world = new World(its);
  world.settle();
  return world;
}

/** Deals with all that is there; no time passes, and who is to stop takes its time. */
function rest(world: World): void {
  while (world.deliver() || world.carry());
}

const isOf = ({ children }: Supervision, id: string): string | undefined =>
  children.find((one) => one.id === id)?.is;

test('given a stop without limit after one with a limit, then that limit is past', () => {
  const world = up(spec(child('a', { shutdown: 'infinity' }), child('b', { shutdown: 100 })));
  world.mail.push({ is: 'stop' });
  rest(world);
  expect([isOf(world.supervision, 'b'), alarmOf(world.supervision)]).toEqual(['stopping', 100]);
  world.pass(50);
  world.obey();
  rest(world);
  expect(alarmOf(world.supervision)).toBeUndefined();
  world.pass(1_000);
  rest(world);
  expect([isOf(world.supervision, 'a'), [...world.alive.keys()]]).toEqual(['stopping', ['a']]);
  world.obey();
  rest(world);
  expect(world.isOver).toBe(true);
});

test('given a first start that a crash left behind, then it is from the input', () => {
  const its = spec(child('a'));
  const starting = (starts: number): Supervision => ({
    ...newSupervision(its),
    children: [{ id: 'a', is: 'starting', starts }],
  });
  expect(ordersUnderWay(its, starting(1))).toMatchObject([{ start: 1, from: 'input' }]);
  expect(ordersUnderWay(its, starting(2))).toMatchObject([{ start: 2, from: 'snapshot' }]);
});

test('given a crash while all is killed, then a supervisor below is left an orphan', () => {
  const its = spec(child('a'), child('sub', { type: 'supervisor', shutdown: 'infinity' }));
  const world = up(its);
  world.mail.push({ is: 'kill' });
  world.deliver();
  const ordered = world.orders;
  expect(ordered.map(({ order }) => order)).toEqual(['kill', 'orphan']);
  world.crash();
  expect(world.orders).toEqual(ordered);
});

test('given a child that was poisoned twice, then the second one of its life is past', () => {
  const world = up(spec(child('a', { resumeFrom: 'input' }), child('b')));
  world.exit(1, 'crash');
  world.poison(0);
  world.poison(0);
  world.settle();
  const ended = world.facts.filter(({ fact, what }) => fact === 'ended' && what === 'a');
  expect(ended).toHaveLength(1);
  expect(world.supervision.restarts).toHaveLength(2);
  expect([...world.alive]).toEqual([
    ['b', 2],
    ['a', 2],
  ]);
});
