/**
 * The registry of definitions: all or nothing, versions side by side, new runs take the last given.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectDefinitions, defineBot } from '../../src/bots/index.ts';
import type { Definition } from '../../src/protocol/index.ts';
import { defineTask } from '../../src/tasks/define-task.ts';
import { defineWorkflow, graph } from '../../src/workflows/index.ts';
import { refusal } from '../refusal.ts';

const botOf = (id: string, version = '1') => defineBot({ id, version, work: () => 1 });

describe('refused', () => {
  test.each([
    [{ definitions: 1 }],
    ['finder'],
    [[undefined]],
    [[{ kind: 'bot', id: 'finder' }]],
    [[{ kind: 'workflow', id: 'flow', version: '1', retry: {} }]],
    [[() => 1]],
  ])('%j, which is no list of definitions', (given) => {
    expect(refusal(() => Reflect.apply(collectDefinitions, undefined, [given]))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'the team',
    });
  });

  test('two of one id and version, of one kind or of two', () => {
    const flow = defineWorkflow({ id: 'finder' });
    for (const other of [botOf('finder'), flow])
      expect(refusal(() => collectDefinitions([botOf('finder'), other]))).toEqual({
        code: 'DUPLICATE_DEFINITION',
        definition: 'finder',
        version: '1',
      });
  });

  test('two that are hidden in different workflows', () => {
    const one = defineWorkflow({ id: 'one' }).step('a', botOf('finder'));
    const two = defineWorkflow({ id: 'two' }).step('a', botOf('finder'));
    expect(refusal(() => collectDefinitions([one, two])).code).toBe('DUPLICATE_DEFINITION');
  });

  test('a chain beside the same chain grown longer', () => {
    const short = defineWorkflow({ id: 'flow' }).step('a', () => 1);
    expect(refusal(() => collectDefinitions([short, short.step('b', () => 2)])).code).toBe(
      'DUPLICATE_DEFINITION',
    );
  });

  test('and then nothing of what came with it is added', () => {
    const team = collectDefinitions([botOf('finder')]);
    const before = team.all();
    const mixed = [botOf('writer'), botOf('finder', '2'), botOf('finder')];
    expect(refusal(() => team.add(mixed)).code).toBe('DUPLICATE_DEFINITION');
    expect(team.all()).toEqual(before);
    expect(team.latest('finder')?.version).toBe('1');
    expect(team.ids()).toEqual(['finder']);
  });
});

describe('collected', () => {
  test('nothing knows nothing', () => {
    const team = collectDefinitions();
    expect([team.ids(), team.latest('x'), team.exact('x', '1'), team.versions('x')]).toEqual([
      [],
      undefined,
      undefined,
      [],
    ]);
  });

  test('what is used, through any nesting', () => {
    const finder = botOf('finder');
    const find = defineTask({ id: 'find', bot: finder });
    const inner = defineWorkflow({ id: 'inner' }).step('find', find);
    const outer = graph('outer', { a: { work: inner }, b: { work: 'elsewhere' } });
    const team = collectDefinitions([outer]);
    expect(team.ids().toSorted()).toEqual(['find', 'finder', 'inner', 'outer']);
    expect(team.latest('finder')).toBe(finder);
  });

  test('one and the same as often as it comes', () => {
    const finder = botOf('finder');
    const flow = defineWorkflow({ id: 'flow' }).step('a', finder).step('b', finder);
    const team = collectDefinitions([finder, flow, finder, flow]);
    team.add([flow]);
    expect(team.all()).toHaveLength(2);
  });

  test('versions side by side: new runs take the last given', () => {
    const [one, two] = [botOf('finder'), botOf('finder', '2')];
    const team = collectDefinitions([one, two]);
    expect(team.latest('finder')).toBe(two);
    expect(team.exact('finder', '1')).toBe(one);
    expect(team.versions('finder')).toEqual(['1', '2']);
    team.add([botOf('finder', '0')]);
    expect(team.latest('finder')?.version).toBe('0');
  });

  test('what was given goes before what is only used', () => {
    const old = defineWorkflow({ id: 'flow' }).step('a', botOf('finder'));
    const given = botOf('finder', '2');
    expect(collectDefinitions([given, old]).latest('finder')).toBe(given);
    expect(collectDefinitions([old, given]).latest('finder')).toBe(given);
  });
});

const definitions = fc.array(
  fc.record({ id: fc.constantFrom('a', 'b', 'c'), version: fc.constantFrom('1', '2', '3') }),
  { maxLength: 12 },
);

test('property: laws of the registry, whatever is added in whatever pieces', () => {
  const pool = new Map<string, Definition>();
  const made = (id: string, version: string): Definition => {
    const key = `${id} ${version}`;
    const found = pool.get(key) ?? botOf(id, version);
    pool.set(key, found);
    return found;
  };
  fc.assert(
    fc.property(fc.array(definitions, { maxLength: 4 }), (pieces) => {
      const lists = pieces.map((piece) => piece.map(({ id, version }) => made(id, version)));
      const whole = collectDefinitions(lists.flat());
      const grown = collectDefinitions();
      for (const list of lists) grown.add(list);
      expect(new Set(grown.all())).toEqual(new Set(lists.flat()));
      for (const id of ['a', 'b', 'c']) {
        const last = lists.flat().findLast((one) => one.id === id);
        expect(whole.latest(id)).toBe(last);
        expect(grown.latest(id)).toBe(last);
        expect(grown.versions(id)).toEqual(whole.versions(id));
      }
      for (const one of lists.flat()) expect(grown.exact(one.id, one.version)).toBe(one);
    }),
  );
});
