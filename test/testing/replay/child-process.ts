/**
 * One process of a script that is played on a real SQLite file: it goes on from what the process
 * before kept, kills itself in earnest where the script says that the process ends, and prints what
 * came of it when all is judged.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Journal } from '../../../src/journal/index.ts';
import { openJournal } from '../../../src/journal/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import type { Disk, OnCommit } from '../../../src/testing/simulation/outside/ground.ts';
import { oneLife, playedBy } from '../../../src/testing/simulation/play.ts';
import { Session } from '../../../src/testing/simulation/session.ts';
import { publishing } from '../simulation/team.ts';
import { toldOf } from './told.ts';

const [scriptPath = '', journalPath = '', statePath = ''] = process.argv.slice(2);
const script = JSON.parse(readFileSync(scriptPath, 'utf8'));
const kept = existsSync(statePath) ? JSON.parse(readFileSync(statePath, 'utf8')) : undefined;

let journal: Journal = await openJournal(journalPath, { durability: 'process' });
let commits: number = kept?.world.commits ?? 0;

/** The file, with the script's faults around each commit. */
function disk(onCommit: OnCommit): Disk {
  let isFirst = true;
  return {
    async open() {
      if (!isFirst) {
        journal.close();
        journal = await openJournal(journalPath, { durability: 'process' });
      }
      isFirst = false;
      return faulty(journal, onCommit);
    },
    get reads() {
      return journal;
    },
    get commits() {
      return commits;
    },
    trace: '',
  };
}

function faulty(real: Journal, onCommit: OnCommit): Journal {
  let failure: unknown;
  const check = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    ...real,
    begin() {
      check();
      return real.begin();
    },
    commit(batch) {
      check();
      try {
        onCommit(commits + 1, 'before', batch);
      } catch (cause) {
        real.abort();
        failure = troupeError('JOURNAL_FAILED', { path: real.path, reason: String(cause) }, cause);
        throw failure;
      }
      real.commit(batch);
      commits += 1;
      onCommit(commits, 'after', batch);
    },
  };
}

const ground = {
  disk,
  kept: kept?.world,
  people: kept?.people,
  crash(): void {
    const state = { world: session.world.keep(), people: session.people.keep() };
    writeFileSync(statePath, JSON.stringify(state));
    // Nothing else may happen until the signal is there.
    for (;;) process.kill(process.pid, 'SIGKILL');
  },
};
// An oracle remembers what it saw, which no process inherits: the journals are compared instead.
const session = new Session({ team: publishing, script, ground, oracles: [], always: {} });
session.repeatable.install();
while ((await oneLife(session, publishing)) === 'crashed') session.end();
session.end();
session.repeatable.uninstall();
// Stopping has closed it.
journal = await openJournal(journalPath, { durability: 'process' });
process.stdout.write(`${JSON.stringify(toldOf(playedBy(session)))}\n`);
journal.close();
