/** Type tests of pictures: every workflow has one, and it is a machine that XState takes. */
import { type AnyStateMachine, createActor } from 'xstate';
import { defineWorkflow, graph, sequence } from '../../../src/workflows/index.ts';
import type { Equal, Expect } from '../../type-tests/equal.ts';

const chain = defineWorkflow({ id: 'flow' }).step('only', () => 1);
const ended = chain.output(() => 2);
const whole = sequence('whole', ended);
const fromData = graph('data', {});

export type Pictures = [
  Expect<Equal<ReturnType<typeof chain.toMachine>, AnyStateMachine>>,
  Expect<Equal<ReturnType<typeof ended.toMachine>, AnyStateMachine>>,
  Expect<Equal<ReturnType<typeof whole.toMachine>, AnyStateMachine>>,
  Expect<Equal<ReturnType<typeof fromData.toMachine>, AnyStateMachine>>,
];

createActor(chain.toMachine()).send({ type: 'START only' });
// @ts-expect-error: pictures take no options
chain.toMachine({});
