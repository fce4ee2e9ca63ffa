/**
 * The dry run: what a journal holds that new definitions would park is told before, exactly as
 * recovery then does it, and without a change to a byte of the file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Definition, defineApproval, defineBot, defineWorkflow } from '../../src/index.ts';
import { type JournalReads, openJournal, simulatedDisk } from '../../src/journal/index.ts';
import { parkedIn } from '../../src/testing/index.ts';
import { wouldPark } from '../../src/troupe/index.ts';
import { teamOf, testClock } from '../troupe/team.ts';
import { copyOf, kept } from './copies.ts';
import { all } from './formats/team.ts';

/** What is parked now, as a dry run tells it. */
const parkedNow = (journal: Pick<JournalReads, 'actors'>): string[][] =>
  journal
    .actors({ parked: true, done: false })
    .filter(({ kind, input, address }) => {
      const root = kind === 'machine' ? JSON.parse(input).root : undefined;
      return root === undefined || root === address;
    })
    .map(({ address, parked }) => [address, parked])
    .sort();

const filesAt = (file: string): [string, string][] =>
  readdirSync(dirname(file))
    .filter((name) => name.startsWith(basename(file)) && !name.endsWith('-shm'))
    .map((name) => [name, readFileSync(join(dirname(file), name), 'base64')]);

test('property: a dry run tells what a start then parks, and changes no byte', async () => {
  const drawn = fc.tuple(fc.constantFrom(...kept), fc.subarray([...all]));
  await fc.assert(
    fc.asyncProperty(drawn, async ([journal, definitions]) => {
      const file = copyOf(journal);
      const before = filesAt(file);
      const told = (await parkedIn(file, definitions)).map((one) => [one.address, one.reason]);
      expect(filesAt(file)).toEqual(before);
      const opened = await openJournal(file);
      await teamOf(definitions, { journal: opened });
      expect(parkedNow(opened)).toEqual(told.sort());
    }),
    { numRuns: 8 },
  );
});

const person = defineApproval({ id: 'person', input: z.string() });
const outside = defineBot({ id: 'outside', input: z.string(), concurrency: 9 });
const flow = (version: string) =>
  defineWorkflow({ id: 'w', version })
    .step('find', () => 'found')
    .step('agree', person, ({ find }) => find)
    .step('each', outside, () => ['x', 'y'], { each: true, after: ['find'] })
    .step('hang', () => new Promise<never>(() => {}), { after: ['find'] });
const first = flow('1');
const good = flow('2').migrate('1', (old) => ({ find: String(old['find']) }));
const teams: readonly (readonly Definition[])[] = [
  [first],
  [first, good],
  [good],
  [flow('2')],
  [flow('2').migrate('1', () => Object(undefined).missing.field)],
  [flow('2').migrate('1', () => ({ agree: { approved: true, by: 'ann', at: 0 } }))],
  [flow('2').migrate('0', () => ({}))],
  [good, flow('3')],
  [
    defineWorkflow({ id: 'w', version: '2' })
      .step('other', () => 1)
      .migrate('1', () => ({})),
  ],
  [person],
  [outside, person],
  [],
];

test('given new versions of a workflow, then a dry run tells the same as recovery', async () => {
  for (const team of teams) {
    const disk = simulatedDisk();
    const clock = testClock();
    const { troupe } = await teamOf([first], { journal: disk.open(), clock });
    await troupe.start(first, undefined, { id: 'a' });
    await clock.advance(0);
    clock.clear();
    const journal = disk.open();
    const told = wouldPark(journal, team).map(({ address, reason }) => [address, reason]);
    await teamOf(team, { journal, clock });
    expect(parkedNow(journal)).toEqual(told.sort());
  }
});
