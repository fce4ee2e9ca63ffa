/** Effects: declared actions that do nothing by themselves. */
import { expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { effect, isEffect } from '../../src/protocol/index.ts';

const announce = effect<{ text: string }>();

test('given a declared effect, when it is called, then nothing happens', () => {
  expect(announce(undefined, { text: 'hello' })).toBeUndefined();
});

test('given any value, when it is looked at, then only declared effects are effects', () => {
  expect(isEffect(announce)).toBe(true);
  for (const other of [() => undefined, effect, undefined, null, 'announce', {}]) {
    expect(isEffect(other)).toBe(false);
  }
  expect(effect()).not.toBe(effect());
});

test('given a machine with an effect, when plain XState runs it, then params are made', () => {
  const asked: unknown[] = [];
  const machine = setup({ actions: { announce } }).createMachine({
    id: 'crier',
    entry: { type: 'announce', params: () => ({ text: 'hello' }) },
  });
  createActor(machine, {
    inspect: (event) => event.type === '@xstate.action' && asked.push(event.action),
  }).start();
  expect(asked).toEqual([{ type: 'announce', params: { text: 'hello' } }]);
});
