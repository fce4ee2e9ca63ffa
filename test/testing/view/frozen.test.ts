/** A law sees, and changes nothing: lists and runs of the view are frozen. */
import { defineBot, type Troupe } from 'troupe';
import type { View } from 'troupe/testing';
import { expect, test } from 'vitest';
import { calm, play } from '../../../src/testing/simulation/index.ts';

const bot = defineBot({ id: 'bot', work: ({ step }) => step('do', () => 1) });
const scenario = (troupe: Troupe) => troupe.run(bot, undefined, { id: 'a' });

const changes: Readonly<Record<string, (view: View) => unknown>> = {
  'the list of runs': (view) => Reflect.apply(Array.prototype.push, view.runs(bot), [1]),
  'a run': (view) => view.runs(bot).every((run) => Object.assign(run, { status: 'X' })),
  'the steps of a run': (view) =>
    view.runs(bot).every(({ steps }) => Object.assign(steps, { more: { result: 1, at: 0 } })),
  'all calls': (view) => Reflect.apply(Array.prototype.pop, view.calls(), []),
  'calls of a place': (view) => Reflect.apply(Array.prototype.push, view.calls('bot.do'), [1]),
};

for (const [name, change] of Object.entries(changes))
  test(`given a law that changes ${name}, then it is broken, and nothing is changed`, async () => {
    const tried = (view: View): boolean =>
      view.runs(bot).length === 0 || change(view) !== undefined;
    const fine = await play({ definitions: [bot], scenario }, calm(undefined));
    const { breach } = await play(
      { definitions: [bot], scenario, always: { tried } },
      calm(undefined),
    );
    expect(breach).toMatchObject({
      law: 'tried',
      found: expect.stringMatching(/TypeError|Cannot/),
    });
    const looks = (view: View): boolean => view.calls().length >= view.runs(bot).length - 1;
    const seen = await play({ definitions: [bot], scenario, always: { looks } }, calm(undefined));
    expect([seen.breach, seen.trace]).toEqual([undefined, fine.trace]);
  });
