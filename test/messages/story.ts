/**
 * Stories of messages: senders, askers, batches, redelivery, full mailboxes, expiry, and crashes at
 * any commit, on a simulated disk and clock. Plain data, so that a counterexample shrinks.
 */
import fc from 'fast-check';
import { z } from 'zod';
import {
  createTroupe,
  defineBot,
  handler,
  type Letter,
  type MessageStatistics,
  type Troupe,
} from '../../src/index.ts';
import { type Journal, type SimulatedDisk, simulatedDisk } from '../../src/journal/index.ts';
import { testClock } from '../troupe/team.ts';

type WhenFull = 'reject' | 'wait' | 'drop-oldest';

interface Posting {
  readonly do: 'send' | 'ask' | 'brief';
  readonly to: string;
  readonly priority: number;
}
interface Crash {
  readonly do: 'crash';
  readonly after: number;
  readonly moment: 'before' | 'after';
}
interface Act {
  readonly do: 'quiet' | 'next' | 'fail' | 'redeliver' | 'batch';
}
type Deed = Posting | Crash | Act;

const posting: fc.Arbitrary<Posting> = fc.record({
  do: fc.constantFrom('send', 'send', 'ask', 'brief'),
  to: fc.constantFrom('a', 'b', 'nobody'),
  priority: fc.constantFrom(0, 5, 5, 10),
});
const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('quiet', 'next', 'next', 'fail', 'redeliver', 'batch'),
});
const crash: fc.Arbitrary<Crash> = fc.record({
  do: fc.constant('crash'),
  after: fc.nat(3),
  moment: fc.constantFrom('before', 'after'),
});
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: posting },
    { weight: 6, arbitrary: act },
    { weight: 1, arbitrary: crash },
  ),
  { maxLength: 45, size: 'max' },
);

/** A story. */
export interface Story {
  readonly whenFull: WhenFull;
  readonly capacity: number;
  readonly groupTurns: number;
  readonly deeds: readonly Deed[];
}

/** Any story. */
export const stories: fc.Arbitrary<Story> = fc.record({
  whenFull: fc.constantFrom<WhenFull>('reject', 'wait', 'drop-oldest'),
  capacity: fc.integer({ min: 1, max: 4 }),
  groupTurns: fc.integer({ min: 1, max: 8 }),
  deeds,
});

/** What is known of a message; its payload is its number. */
export interface Posted {
  readonly priority: number;
  readonly to: string;
  /** What became of the call: `done`, or a code; once or never. */
  readonly ends: string[];
  redelivered: number;
}

/** A log that says nothing. */
export const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The life of two bots and whoever sends to them. */
export class Life {
  readonly posted: Posted[] = [];
  crashes = 0;
  readonly #story: Story;
  readonly #clock = testClock();
  readonly #disk: SimulatedDisk;
  #crash: { readonly at: number; readonly moment: string } | undefined;
  #journal: Journal;
  #troupe: Troupe | undefined;
  /** Handlers that wait for their end. */
  #gates: ((fails: boolean) => void)[] = [];
  #isOver = false;

  constructor(story: Story) {
    this.#story = story;
    this.#disk = simulatedDisk({
      onCommit: (commit, moment) => {
        const { at = Number.POSITIVE_INFINITY, moment: wanted } = this.#crash ?? {};
        if (commit >= at && moment === wanted) throw new RangeError('crash');
      },
    });
    this.#journal = this.#disk.open();
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** Lives through the story, to the rest behind it. */
  async live(): Promise<readonly Letter[]> {
    await this.#begin();
    for (const deed of this.#story.deeds) {
      await this.#do(deed);
      await this.#reviveIfDead();
    }
    await this.#clock.quiet();
    await this.#reviveIfDead();
    this.#crash = undefined;
    await this.#clock.advance(2);
    this.#isOver = true;
    for (const go of this.#gates) go(false);
    await this.#clock.advance(5_000);
    const { deadLetters } = this.#team;
    const open = await deadLetters.list({ limit: 1_000 });
    return [...open, ...(await deadLetters.list({ settled: true, limit: 1_000 }))];
  }

  stop(): Promise<void> {
    return this.#team.stop();
  }

  /** Of the last troupe. */
  statistics(): Promise<MessageStatistics> {
    return this.#team.messages.statistics();
  }

  get #team(): Troupe {
    if (this.#troupe === undefined) throw new RangeError('it has not begun');
    return this.#troupe;
  }

  async #begin(): Promise<void> {
    const { groupTurns } = this.#story;
    this.#troupe = await createTroupe({
      definitions: ['a', 'b'].map((id) => this.#bot(id)),
      journal: this.#journal,
      clock: this.#clock,
      log,
      limits: { groupTurns },
    });
  }

  #bot(id: string) {
    const { capacity, whenFull } = this.#story;
    const end = (): Promise<boolean> => new Promise((resolve) => this.#gates.push(resolve));
    return defineBot({
      id,
      concurrency: 1,
      retry: false,
      mailbox: { capacity, whenFull },
      on: {
        note: handler(z.number(), async ({ payload }) => {
          if (!this.#isOver && (await end())) throw new RangeError('fails');
          return payload;
        }),
      },
    });
  }

  async #reviveIfDead(): Promise<void> {
    try {
      this.#journal.heads();
    } catch {
      this.#crash = undefined;
      this.crashes += 1;
      this.#clock.clear();
      this.#gates = [];
      this.#journal = this.#disk.open();
      await this.#begin();
    }
  }

  async #do(deed: Deed): Promise<void> {
    switch (deed.do) {
      case 'crash':
        this.#crash ??= { at: this.#disk.commits + 1 + deed.after, moment: deed.moment };
        return;
      case 'quiet':
        return this.#clock.quiet();
      case 'next':
      case 'fail':
        return this.#gates.shift()?.(deed.do === 'fail');
      case 'batch':
        return this.#sendBatch();
      case 'redeliver':
        return this.#redeliver();
      default:
        return this.#post(deed);
    }
  }

  #note(to: string, priority: number): { readonly payload: number; readonly own: Posted } {
    const own: Posted = { priority, to, ends: [], redelivered: 0 };
    return { payload: this.posted.push(own) - 1, own };
  }

  #post({ do: how, to, priority }: Posting): void {
    const { payload, own } = this.#note(to, priority);
    const message = { type: 'note', payload, priority };
    const brief = { ...message, expiresIn: 1 };
    if (how === 'ask') noteEnd(own, this.#team.ask(to, message, { timeout: '1d' }));
    else noteEnd(own, this.#team.send(to, how === 'brief' ? brief : message));
  }

  #sendBatch(): void {
    const both = ['a', 'b'].map((to) => ({ to, ...this.#note(to, 5) }));
    const batch = both.map(({ to, payload }) => ({ to, type: 'note', payload }));
    const sent = this.#team.sendAll(batch);
    for (const { own } of both) noteEnd(own, sent);
  }

  /** Delivers the oldest letter again. */
  async #redeliver(): Promise<void> {
    const { deadLetters } = this.#team;
    const letters = await deadLetters.list().catch(() => []);
    const letter = letters.at(-1);
    const own = this.posted[Number(letter?.message?.payload)];
    if (letter === undefined || own === undefined) return;
    const done = (): void => {
      own.redelivered += 1;
    };
    const again = deadLetters.redeliver(letter.id).then(done, () => undefined);
    await this.#clock.quiet();
    await again;
  }
}

function noteEnd({ ends }: Posted, call: Promise<unknown>): void {
  call.then(
    () => ends.push('done'),
    (error: unknown) => ends.push(String(Object(error).code)),
  );
}
