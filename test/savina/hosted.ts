/** Runs programs under Troupe, and looks at what became of every actor and every message. */
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import { machineDefinition } from '../../src/protocol/index.ts';
import { teamOf } from '../troupe/team.ts';
import type { Outcome } from './plain.ts';
import type { Parameters, Program } from './program.ts';

/** Runs a program to its end on a journal in memory. */
export async function runHosted({ machine }: Program, parameters: Parameters): Promise<Outcome> {
  const journal = memoryJournal();
  const { troupe } = await teamOf([machineDefinition(machine)], { journal });
  const output: unknown = await troupe.run(machine, parameters);
  return { output, ...remainsIn(journal) };
}

/** How many actors of machines there were, and what did not come to its end. */
export function remainsIn(journal: Journal): Omit<Outcome, 'output'> {
  const actors = journal.actors({ kind: 'machine' });
  return {
    actors: actors.length,
    left: [
      ...actors.filter(({ status }) => status !== 'COMPLETED').map(({ address }) => address),
      ...journal.waiting().map(({ body }) => `waiting: ${body}`),
      ...journal.deadLetters(10).map(({ to, type, reason }) => `dead: ${type} to ${to}: ${reason}`),
      ...journal.timers().map(({ timer }) => `timer: ${timer}`),
    ],
  };
}
