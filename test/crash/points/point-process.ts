/**
 * One life of the scripted team in a process of its own, which kills itself in earnest where the
 * script says so: `node point-process.ts JOURNAL STATE OPTIONS`. What is outside, time included,
 * is kept in the file STATE. At the end it prints what came of it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { simulatedClock } from '../../../src/index.ts';
import { openJournal } from '../../../src/journal/index.ts';
import { oneLife } from './lives.ts';
import { Outside } from './outside.ts';
import { toldOf } from './told.ts';

const [path = '', state = '', given = '{}'] = process.argv.slice(2);
const options = JSON.parse(given);
const kept = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : undefined;
const clock = simulatedClock(1, { from: kept?.clock });

function killed(): void {
  writeFileSync(state, JSON.stringify({ clock: clock.place(), outside: outside.keep() }));
  // Nothing else may happen until the signal is there.
  for (;;) process.kill(process.pid, 'SIGKILL');
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, () => resolve()));
const outside = new Outside(wait, killed, kept?.outside);
const journal = await openJournal(path);
const crash = options.crashes?.[outside.life];
const outcomes = await oneLife({ clock, outside, journal, crash }, options);
const { end } = toldOf(outcomes ?? {}, outside, journal);
journal.close();
const { wrongs, life } = outside;
process.stdout.write(`${JSON.stringify({ end, wrongs, lives: life })}\n`);
