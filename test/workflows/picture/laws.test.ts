/**
 * Laws of pictures: a picture and the machine that carries out runs go side by side, and at every
 * point the same can happen in both.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Workflow } from '../../../src/protocol/index.ts';
import { alphabetOf, repeatedAndUndone, repeatedOf, undoableOf, workflowsOf } from './drawn.ts';
import { Picture } from './picture.ts';
import { RealRun } from './real-run.ts';

/** What happens next: a choice among what can, and what it costs. */
const story = fc.array(fc.record({ pick: fc.nat(1_000), cost: fc.nat(2) }), { maxLength: 40 });

/** Events that come more often than others, so that stories get far. */
const often = {
  ends: /^(COMPLETE|UNDO) /,
  rounds: /^(FAIL|RETURN|AGAIN) /,
};

test.each([
  ['whatever their steps are', workflowsOf(5), often.ends],
  ['when all is undone', undoableOf(4), often.ends],
  ['when all is begun anew', repeatedOf(2), often.rounds],
])('property: a picture and a run go side by side, %s', (_, workflows, usual) => {
  fc.assert(
    fc.property(workflows, story, fc.context(), (workflow, choices, told) => {
      const pair = new Pair(workflow, (text) => told.log(text));
      for (const { pick, cost } of choices) {
        const enabled = pair.enabled();
        const urn = enabled.flatMap((event) => (usual.test(event) ? Array(5).fill(event) : event));
        const event = urn[pick % urn.length];
        if (event === undefined) return;
        pair.send(event, cost);
      }
      pair.enabled();
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['tries begin anew with each round', 'FAIL a, RETURN a, AGAIN a, FAIL a, FAIL a, FAIL a, FAIL a'],
  ['tries begin anew with each fallback', 'FAIL a, FAIL a, FAIL a, FAIL a'],
  ['rounds go on in a fallback', 'RETURN a, AGAIN a, FAIL a, FAIL a, RETURN a, AGAIN a, RETURN a'],
  ['what is stopping decides anew after a pause', 'CANCEL, PAUSE, CANCEL b, CANCEL c, RESUME'],
  [
    'what is undone when it is paused waits',
    'COMPLETE b, COMPLETE c, CANCEL, CANCEL a, PAUSE, UNDO c, RESUME',
  ],
])('a picture and a run go side by side: %s', (_, way) => {
  const pair = new Pair(repeatedAndUndone, () => undefined);
  for (const event of way.split(', ')) {
    expect(pair.enabled()).toContain(event);
    pair.send(event, 0);
  }
  pair.enabled();
});

/** A picture and a run of the same workflow, to which the same happens. */
class Pair {
  readonly #workflow: Workflow;
  readonly #picture: Picture;
  readonly #run: RealRun;
  readonly #log: (text: string) => void;

  constructor(workflow: Workflow, log: (text: string) => void) {
    this.#workflow = workflow;
    this.#picture = new Picture(workflow);
    this.#run = new RealRun(workflow);
    this.#log = log;
    this.#picture.send('BEGIN');
    this.#follow();
  }

  /** What can happen: the same in both. */
  enabled(): readonly string[] {
    const real = alphabetOf(this.#workflow).filter((event) => this.#run.can(event));
    expect(this.#picture.enabled()).toEqual(real);
    return real;
  }

  send(event: string, given: number): void {
    const cost = this.#run.hasCost(event) ? given : 0;
    this.#log(`${event} ${cost}`);
    this.#picture.send(event, cost);
    this.#run.send(event, cost);
    this.#follow();
  }

  /** The run began steps by itself: the picture accepts that. */
  #follow(): void {
    for (const step of this.#run.started) {
      this.#log(`START ${step}`);
      this.#picture.send(`START ${step}`);
    }
    expect(this.#picture.state).toEqual(this.#run.state);
  }
}
