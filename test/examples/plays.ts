/**
 * The examples as the tests play them: what each prints, and which work each line tells of, so that
 * it can be seen that nothing recorded is done twice.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderWith } from '../specialists/analysers/folder.ts';
import { type Played, play, recordedIn } from './program.ts';

/** An example: lines of work with the path of the work, in an order that it can print them in. */
export interface Play {
  readonly example: string;
  readonly work: Readonly<Record<string, string>>;
  /** What it prints at its end. */
  readonly end: readonly string[];
  /** Its run fails, and the log says so. */
  readonly fails?: boolean;
}

/** All examples. */
export const plays: readonly Play[] = [
  {
    example: 'question',
    work: {
      'researcher: searches the library for "What do actors keep in journals?"':
        'run/researcher/q-1/search',
      'researcher: reads actors.txt, journals.txt': 'run/researcher/q-1/read',
    },
    end: [
      'Answer: An actor has a mailbox and takes one message at a time. ' +
        'A journal keeps what was acknowledged.',
      'From 2 sources',
    ],
  },
  {
    example: 'login',
    work: {
      'architect: designs a login with passwords': 'run/login/shop/design',
      'developer: writes the form': 'run/login/shop/build/write form',
      'developer: writes the session': 'run/login/shop/build/write session',
      'developer: writes the recovery': 'run/login/shop/build/write recovery',
      'reviewer: looks for holes in 3 files': 'run/login/shop/review',
    },
    end: [
      'Built: form.ts, session.ts, recovery.ts',
      'Finding: session.ts: passwords are guessed without a limit',
    ],
  },
  {
    example: 'market',
    work: {
      'analyst: looks who else sells groceries by bicycle': 'run/study/groceries/market',
      'designer: draws the screens for groceries by bicycle': 'run/study/groceries/screens',
      'modeller: plans tables for 5000 users': 'run/study/groceries/database',
    },
    end: [
      'Market: Corner Shop, Big Basket',
      'Screens: search, basket, checkout',
      'Database: users, baskets, orders; 200000 rows',
    ],
  },
  {
    example: 'mobile',
    work: {
      'designer: builds the screens of Runner': 'run/mobile/runner/parts/screens',
      'app-developer: builds the client of Runner': 'run/mobile/runner/parts/client',
      'server-developer: builds the server of Runner': 'run/mobile/runner/parts/server',
      'assembler: puts 3 parts together': 'run/mobile/runner/assemble',
      'tester: tries Runner': 'run/mobile/runner/test',
      'fixer: mends what is wrong: the server is too old': 'run/mobile/runner/fix',
    },
    end: ['Runner is built; faults found: the server is too old; mended: 1'],
  },
  {
    example: 'research',
    work: {
      'finder: looks up bees': 'run/research/bees/find',
      'writer: writes': 'run/research/bees/polish/work/writer',
      'critic: reads "bees dance."': 'run/research/bees/polish/work/critic',
      'writer: writes again: say what the dance is for': 'run/research/bees/polish/work~2/writer',
      'critic: reads "bees dance; the dance shows the way to food."':
        'run/research/bees/polish/work~2/critic',
      'publisher: prints "bees dance; the dance shows the way to food."':
        'run/research/bees/publish',
    },
    end: ['Published: bees dance; the dance shows the way to food.'],
  },
  {
    example: 'booking',
    fails: true,
    work: {
      'airline: books a flight to Rome': 'run/booking/rome/flight',
      'hotel: books 7 nights in Rome': 'run/booking/rome/hotel',
      'hotel: cancels hotel booking/rome/hotel': 'run/booking/rome/hotel~undo',
      'airline: cancels airline booking/rome/flight': 'run/booking/rome/flight~undo',
    },
    end: [
      'Not booked: no car is free for so long. ' +
        'The work said that trying again is useless; correct its input or its code.',
      'Taken back: flight, hotel',
    ],
  },
];

/** Plays an example that nobody disturbs. */
export async function playCalmly(one: Play, journal?: string): Promise<void> {
  const { example, work, end } = one;
  const calm = await play(example, journal === undefined ? [] : [journal]);
  expect(calm).toMatchObject({ code: 0, stderr: said(one) });
  expect(workOf(calm).toSorted()).toEqual(Object.keys(work).toSorted());
  expect(calm.lines.slice(-end.length)).toEqual(end);
}

/**
 * Kills an example right after a line, and starts it again on its journal: it ends as ever, has
 * left nothing out, and does nothing again that was recorded.
 */
export async function playKilled(one: Play, killAt: number): Promise<void> {
  const { example, work, end } = one;
  const journal = join(folderWith({}), 'journal.db');
  const killed = await play(example, [journal], killAt);
  expect(killed).toMatchObject({ isKilled: true, stderr: '' });
  const recorded = await recordedIn(journal);
  const again = await play(example, [journal]);
  expect(again).toMatchObject({ isKilled: false, code: 0, stderr: said(one) });
  expect(again.lines.slice(-end.length)).toEqual(end);
  const twice = workOf(again).filter((line) => recorded.has(work[line] ?? ''));
  expect(twice, `${example}: done again after line ${killAt}`).toEqual([]);
  const seen = new Set([...workOf(killed), ...workOf(again)]);
  expect([...seen].toSorted(), `${example}: work`).toEqual(Object.keys(work).toSorted());
}

/** What is on standard error. */
const said = ({ fails }: Play) =>
  expect.stringMatching(fails ? /^(troupe: a run failed .*\n)?$/ : /^$/);

/** How many lines of work an example prints. */
export const workLines = ({ work }: Play): number => Object.keys(work).length;

/** The lines that tell of work begin with who does it, in lower case. */
const workOf = ({ lines }: Played): string[] => lines.filter((line) => /^[a-z-]+: /.test(line));
