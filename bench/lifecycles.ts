/**
 * Task lifecycles a second: PENDING to COMPLETED of one task through `troupe.run`, the bot's slot
 * included, `work` returning at once. In memory and durable (FULL), with one sender that waits for
 * each and with many in flight. Against the same by hand (`by-hand.ts`).
 */
import { z } from 'zod';
import { createTroupe, defineBot, type Journal } from '../src/index.ts';
import { newJournal } from './actors.ts';
import { type Book, ByHand, noBook, sqliteBook, type Work } from './by-hand.ts';
import { type Bench, contest, type Figure, type Round, rate } from './harness.ts';

const parameters = { inFlight: 100, lifecycles: 3_000, singles: 300, rounds: 9, warmUps: 2 };

/** The benchmark. */
export const lifecycles: Bench<typeof parameters> = {
  name: 'lifecycles',
  about:
    'Tasks from PENDING to COMPLETED through `troupe.run`, against XState and node:sqlite by hand.',
  parameters,
  quick: { inFlight: 3, lifecycles: 6, singles: 2, rounds: 1, warmUps: 0 },
  async measure(given) {
    const figures: Figure[] = [];
    for (const kind of ['memory', 'file'] as const) {
      for (const senders of [given.inFlight, 1]) {
        figures.push(...(await measure(given, kind, senders)));
      }
    }
    return figures;
  },
};

const names = { memory: 'in memory', file: 'durable' };

async function measure(
  { lifecycles: many, singles, rounds, warmUps }: typeof parameters,
  kind: 'memory' | 'file',
  senders: number,
): Promise<Figure[]> {
  const count = senders === 1 ? singles : many;
  const contested = await contest(
    {
      troupe: () => troupeRound(kind, senders, count),
      'by hand': () => handRound(kind === 'file' ? sqliteBook() : noBook, senders, count),
    },
    { rounds, warmUps },
  );
  const title = `${names[kind]}, ${senders === 1 ? 'one sender' : `${senders} in flight`}`;
  const isDue = kind === 'file';
  const bounds = isDue
    ? [
        { of: 'value', min: senders === 1 ? 800 : 10_000, isDue } as const,
        { of: 'ratio', min: 0.6, isDue } as const,
      ]
    : [];
  return [
    rate(contested, count, { name: title, of: 'troupe', against: 'by hand' }, bounds),
    rate(contested, count, { name: `${title}, by hand`, of: 'by hand' }),
  ];
}

const work: Work = ({ index }) => index + 1;

async function troupeRound(
  kind: 'memory' | 'file',
  senders: number,
  count: number,
): Promise<Round> {
  const bot = defineBot({
    id: 'bench',
    input: z.object({ index: z.int() }),
    concurrency: senders,
    work: ({ input }) => work(input),
  });
  const { journal, end } = await newJournal(kind);
  const troupe = await createTroupe({ definitions: [bot], journal });
  let sum = 0;
  const send = async (sender: number): Promise<void> => {
    for (let index = sender; index < count; index += senders) {
      const result = await troupe.run(bot, { index });
      sum += result;
    }
  };
  return {
    run: () => Promise.all(Array.from({ length: senders }, (_, sender) => send(sender))),
    result: () => ({ sum, completed: completedIn(journal) }),
    end: async () => {
      await troupe.stop();
      end();
    },
  };
}

/** Completions, counted from the rows that the journal has kept. */
const completedIn = (journal: Journal): number =>
  journal.actors({ kind: 'task', done: true }).filter(({ status }) => status === 'COMPLETED')
    .length;

function handRound(book: Book, senders: number, count: number): Round {
  const hand = new ByHand(book, work, senders);
  return {
    run: () => {
      if (senders === 1) for (let index = 0; index < count; index += 1) hand.single(index);
      else {
        for (let from = 0; from < count; from += senders) {
          hand.wave(from, Math.min(senders, count - from));
        }
      }
    },
    result: () => ({ sum: hand.sum, completed: hand.completed }),
    end: () => book.end(),
  };
}
