/** What an actor is: changes keep all of it, also a text that is made when it is read. */
import { expect, test } from 'vitest';
import { changed, type Identity } from '../../src/actor/index.ts';
import { asAddress } from '../../src/protocol/index.ts';

class Late implements Identity {
  readonly actor = 1;
  readonly address = asAddress('run/answer/1');
  readonly kind = 'task';
  readonly definition = 'answer';
  readonly version = '1';
  readonly structure = '';
  readonly generation = 1;
  readonly parent = '';
  readonly createdAt = 0;

  get input(): string {
    return '{}';
  }
}

test('a changed identity keeps its input, unless that is what changes', () => {
  const { actor, address, kind, definition } = new Late();
  expect(changed(new Late(), { generation: 2 })).toEqual({
    ...{ actor, address, kind, definition, version: '1', structure: '', parent: '', createdAt: 0 },
    ...{ generation: 2, input: '{}' },
  });
  expect(changed(new Late(), { input: '[]' }).input).toBe('[]');
});
