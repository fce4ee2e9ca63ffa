/** Differences between activations, each rule by an example. */
import { expect, test } from 'vitest';
import { simulatedClock } from '../../../src/clock/index.ts';
import { type Activation, type Asking, Repeatable } from '../../../src/testing/repeatable/index.ts';

const clock = simulatedClock(1);

/** What is said of activations of one attempt, each told as what it asks for, in order. */
class Told {
  readonly repeatable = new Repeatable({ clock, random: clock.random });
  #nth = 0;

  /** An activation that waits for each answer, or (`all`) asks for everything at once. */
  life(
    asked: readonly (readonly [...name: [string], ...rest: unknown[]])[],
    how: { all?: boolean; attempt?: number; answers?: readonly unknown[]; gives?: unknown } = {},
  ): this {
    this.#nth += 1;
    const { attempt = 1, answers = [], all = false } = how;
    const activation: Activation = { of: 'finder', runId: 'finder/a', attempt, nth: this.#nth };
    const open = asked.map(([text, body], at) => {
      const [call, ...name] = text.split(' ');
      const asking: Asking = { call: callOf(call), name: name.join(' '), with: body };
      const answered = this.repeatable.asked(activation, asking);
      const answer = (): void => answered({ isOk: true, value: answers[at] });
      if (!all) answer();
      return answer;
    });
    for (const answer of open) answer();
    if ('gives' in how) this.repeatable.gave(activation, how.gives);
    return this;
  }

  get said(): readonly string[] {
    return this.repeatable.found.map(({ what }) => what);
  }
}

const callOf = (text: string | undefined): Asking['call'] => (text === 'send' ? 'send' : 'step');

test('given steps asked for at once, when one carries something else, then it is found', () => {
  const said = new Told()
    .life(
      [
        ['step a', 1],
        ['step b', 1],
      ],
      { all: true },
    )
    .life(
      [
        ['step b', 2],
        ['step a', 1],
      ],
      { all: true },
    ).said;
  expect(said).toEqual(['it asked for step b with 2 where it had asked with 1']);
});

test('given steps asked for at once, when only their order differs, then nothing is found', () => {
  const said = new Told()
    .life([['step a'], ['step b'], ['send x', 1], ['send x', 2]], { all: true, gives: 1 })
    .life([['step a'], ['send x', 2], ['step b'], ['send x', 1]], { all: true, gives: 1 }).said;
  expect(said).toEqual([]);
});

test('given another answer, then what follows may differ', () => {
  const said = new Told()
    .life([['step a'], ['step b']], { answers: ['odd'], gives: 1 })
    .life([['step a'], ['step c']], { answers: ['even'], gives: 2 }).said;
  expect(said).toEqual([]);
});

test('given another attempt, then it may ask for something else', () => {
  const said = new Told().life([['step a']]).life([['step b']], { attempt: 2, gives: 1 }).said;
  expect(said).toEqual([]);
});

test('given another result for the same answers, then it is found, and only once', () => {
  const told = new Told().life([['step a']], { gives: 1 }).life([['step a']], { gives: 2 });
  expect(told.said).toEqual(['it gave 2 where it had given 1']);
  expect(told.life([['step a']], { gives: 2 }).said).toEqual(['it gave 2 where it had given 1']);
});

test('given a message twice, when it is sent once, then the other is missed', () => {
  const said = new Told()
    .life(
      [
        ['send x', 1],
        ['send x', 1],
      ],
      { all: true },
    )
    .life([['send x', 1]], { gives: 1 }).said;
  expect(said).toEqual(['it did not ask for send x for which it had asked']);
});

test('given what is no JSON, then it is compared by its kind alone', () => {
  const said = new Told()
    .life([['step a', 1n]], { gives: () => 1 })
    .life([['step a', 2n]], { gives: () => 2 }).said;
  expect(said).toEqual([]);
});

test('given askings without an answer, then they are open until the process ends', () => {
  const { repeatable } = new Told();
  const activation = { of: 'finder', runId: 'finder/a', attempt: 1, nth: 1 };
  const answered = repeatable.asked(activation, { call: 'ask', name: 'trader quote' });
  repeatable.asked(activation, { call: 'step', name: 'search' });
  expect(repeatable.open.map(({ what }) => what)).toEqual(['ask trader quote', 'step search']);
  answered({ isOk: false });
  answered({ isOk: true });
  expect(repeatable.open.map(({ what }) => what)).toEqual(['step search']);
  repeatable.crashed();
  expect(repeatable.open).toEqual([]);
});
