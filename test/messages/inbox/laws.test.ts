/** The laws of inboxes hold whatever is sent, received, cleared or given up, and across crashes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createTroupe,
  defineBot,
  handler,
  type Troupe,
  type WaitOptions,
} from '../../../src/index.ts';
import { type Journal, simulatedDisk } from '../../../src/journal/index.ts';
import { inboxAddress } from '../../../src/protocol/index.ts';
import { refused } from '../../refusal.ts';
import { type TestClock, teamOf, testClock } from '../../troupe/team.ts';
import { log } from '../story.ts';

interface Deed {
  readonly do: 'send' | 'brief' | 'receive' | 'short' | 'abort' | 'clear' | 'time' | 'quiet';
  readonly priority: number;
}
interface Crash {
  readonly do: 'crash';
  readonly after: number;
  readonly moment: 'before' | 'after';
}

const deed: fc.Arbitrary<Deed> = fc.record({
  do: fc.constantFrom(
    ...(['send', 'send', 'send', 'brief', 'receive', 'receive', 'receive'] as const),
    ...(['short', 'abort', 'time', 'quiet', 'quiet', 'clear'] as const),
  ),
  priority: fc.constantFrom(0, 5, 5, 10),
});
const crash: fc.Arbitrary<Crash> = fc.record({
  do: fc.constant('crash'),
  after: fc.nat(3),
  moment: fc.constantFrom('before', 'after'),
});
const storyWith = (crashes: number) =>
  fc.record({
    groupTurns: fc.integer({ min: 1, max: 4 }),
    deeds: fc.array(
      fc.oneof({ weight: 14, arbitrary: deed }, { weight: crashes, arbitrary: crash }),
      { maxLength: 60, size: 'max' },
    ),
  });
type Story = ReturnType<typeof storyWith> extends fc.Arbitrary<infer S> ? S : never;

const ann = defineBot({ id: 'ann', on: { note: handler(z.number()) } });

/** Who received what: the number of the call and the payload, in the order of the answers. */
interface Told {
  readonly given: { readonly receiver: number; readonly payload: number }[];
  readonly sent: { readonly priority: number; isDone: boolean }[];
  readonly codes: Set<unknown>;
  /** Payloads that the inbox took, in the order of its history. */
  readonly taken: readonly number[];
  readonly dead: readonly (readonly [number, string])[];
  readonly crashes: number;
}

/** What is called, and what came of it. */
class Calls {
  readonly given: Told['given'] = [];
  readonly sent: Told['sent'] = [];
  readonly codes = new Set<unknown>();
  readonly #clock: TestClock;
  readonly #team: () => Troupe;
  #receivers = 0;
  #controller = new AbortController();

  constructor(clock: TestClock, team: () => Troupe) {
    this.#clock = clock;
    this.#team = team;
  }

  do({ do: what, priority }: Deed): unknown {
    switch (what) {
      case 'send':
        return this.#send(priority, {});
      case 'brief':
        return this.#send(priority, { expiresIn: 1 });
      case 'receive':
        return this.receive({ signal: this.#controller.signal });
      case 'short':
        return this.receive({ timeout: 1 });
      case 'clear':
        return void this.#team().inbox(ann).clear().catch(this.#refused);
      case 'time':
        return this.#clock.advance(1);
      case 'quiet':
        return this.#clock.quiet();
      default:
        this.#controller.abort();
        this.#controller = new AbortController();
        return undefined;
    }
  }

  receive(options: WaitOptions): void {
    const receiver = this.#receivers++;
    const received = this.#team().inbox(ann).receive(options);
    received.then((message) => {
      if (message !== undefined) this.given.push({ receiver, payload: Number(message.payload) });
    }, this.#refused);
  }

  #send(priority: number, rest: object): void {
    const own = { priority, isDone: false };
    const payload = this.sent.push(own) - 1;
    const done = (): void => {
      own.isDone = true;
    };
    const message = { type: 'note' as const, payload, priority, ...rest };
    this.#team().send(ann, message).then(done, this.#refused);
  }

  readonly #refused = (error: unknown): void => void this.codes.add(Object(error).code);
}

async function live({ groupTurns, deeds }: Story): Promise<Told> {
  const clock = testClock();
  let due: { readonly at: number; readonly moment: string } | undefined;
  const disk = simulatedDisk({
    onCommit: (commit, moment) => {
      if (due !== undefined && commit >= due.at && moment === due.moment) {
        throw new RangeError('crash');
      }
    },
  });
  let journal = disk.open();
  const begin = (): Promise<Troupe> =>
    createTroupe({ definitions: [ann], journal, clock, log, limits: { groupTurns } });
  let troupe = await begin();
  const calls = new Calls(clock, () => troupe);
  let crashes = 0;
  const revive = async (): Promise<void> => {
    try {
      journal.heads();
    } catch {
      [due, crashes] = [undefined, crashes + 1];
      clock.clear();
      journal = disk.open();
      troupe = await begin();
    }
  };
  for (const one of deeds) {
    if (one.do === 'crash') due ??= { at: disk.commits + 1 + one.after, moment: one.moment };
    else await calls.do(one);
    await revive();
  }
  await clock.quiet();
  await revive();
  due = undefined;
  for (let n = 0; n <= calls.sent.length; n += 1) calls.receive({ timeout: 1 });
  await clock.advance(2);
  const letters = await troupe.deadLetters.list({ limit: 1_000 });
  const dead = letters.map(({ message, reason }) => [Number(message?.payload), reason] as const);
  expect(await troupe.inbox(ann).count()).toBe(0);
  const taken = takenIn(journal);
  await troupe.stop();
  const { given, sent, codes } = calls;
  return { given, sent, codes, taken, dead, crashes };
}

/** Payloads that the inbox took, in the order of its history. */
function takenIn(journal: Journal): number[] {
  const inbox = journal.byAddress(inboxAddress('ann'))?.actor;
  return journal
    .rows(0, Number.POSITIVE_INFINITY)
    .filter(({ actor, type }) => actor === inbox && type === 'message')
    .map(({ body }) => JSON.parse(body).envelope.payload);
}

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** Every message that was accepted ended once, taken or dead; nobody got one that was not taken. */
function holdConservation({ sent, taken, dead, given }: Told): void {
  const ended = [...taken, ...dead.map(([payload]) => payload)];
  expect(new Set(ended).size).toBe(ended.length);
  for (const [payload, { isDone }] of sent.entries()) {
    if (isDone) expect(ended).toContain(payload);
  }
  const payloads = given.map(({ payload }) => payload);
  expect(new Set(payloads).size).toBe(payloads.length);
  for (const payload of payloads) expect(taken).toContain(payload);
  for (const [, reason] of dead) expect(['withdrawn', 'expired']).toContain(reason);
}

/** First in, first out for each priority. */
function holdOrder({ sent, taken }: Told): void {
  for (const priority of [0, 5, 10]) {
    const own = taken.filter((payload) => sent[payload]?.priority === priority);
    expect(own).toEqual(sorted(own));
  }
}

test('property: each message is received once, in order, by who came first', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(storyWith(0), async (story) => {
      const told = await live(story);
      holdConservation(told);
      holdOrder(told);
      const { given, taken, codes, sent, dead } = told;
      expect(taken.length + dead.length).toBe(sent.length);
      // Who got the first, the second and so on, in the order of their calls.
      const places = new Map(given.map(({ receiver, payload }) => [payload, receiver]));
      const inTurn = taken.map((payload) => places.get(payload) ?? Number.NaN);
      expect(inTurn).toEqual(sorted(inTurn));
      expect(given).toHaveLength(taken.length);
      codes.delete('WAIT_ABORTED');
      // Who still waited at the end.
      codes.delete('STOPPED');
      expect([...codes]).toEqual([]);
      count += given.length;
    }),
    { numRuns: 150 },
  );
  expect(count).toBeGreaterThan(500);
});

test('property: across crashes a message is received at most once, and none vanishes', async () => {
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(storyWith(2), async (story) => {
      const told = await live(story);
      holdConservation(told);
      holdOrder(told);
      // A crash loses at most what one group took.
      if (told.crashes === 0) expect(told.given).toHaveLength(told.taken.length);
      crashes += told.crashes;
    }),
    { numRuns: 150 },
  );
  expect(crashes).toBeGreaterThan(50);
});

test.each(['before', 'after'] as const)(
  'given a crash %s the commit that takes a message, then it waits on, or is gone',
  async (moment) => {
    const clock = testClock();
    let crashAt = Number.POSITIVE_INFINITY;
    const disk = simulatedDisk({
      onCommit: (commit, when) => {
        if (commit >= crashAt && when === moment) throw new RangeError('crash');
      },
    });
    const first = await teamOf([ann], { journal: disk.open(), clock });
    for (const payload of [1, 2]) await first.troupe.send(ann, { type: 'note', payload });
    crashAt = disk.commits + 1;
    expect(await refused(first.troupe.inbox(ann).receive())).toMatchObject({
      code: 'JOURNAL_FAILED',
    });
    crashAt = Number.POSITIVE_INFINITY;
    const { troupe } = await teamOf([ann], { journal: disk.open(), clock });
    const waiting = await troupe.inbox(ann).peek();
    expect(waiting.map(({ payload }) => payload)).toEqual(moment === 'after' ? [2] : [1, 2]);
    expect(await troupe.deadLetters.list()).toEqual([]);
  },
);

test('given a crash while a receiver waits and is served, then it is refused', async () => {
  const clock = testClock();
  let crashAt = Number.POSITIVE_INFINITY;
  const disk = simulatedDisk({
    onCommit: (commit, when) => {
      if (commit >= crashAt && when === 'before') throw new RangeError('crash');
    },
  });
  const { troupe } = await teamOf([ann], { journal: disk.open(), clock });
  const both = [troupe.inbox(ann).receive(), troupe.inbox(ann).receive()].map(refused);
  await clock.quiet();
  crashAt = disk.commits + 1;
  const sent = refused(troupe.send(ann, { type: 'note', payload: 1 }));
  for (const call of [...both, sent]) expect(await call).toMatchObject({ code: 'JOURNAL_FAILED' });
});
