/**
 * A process under load, so that it can be killed: `node load-process.ts JOURNAL DEEDS MANNER`. It
 * does the orders that come on standard input, and says of each, at once, when its promise has
 * resolved. Deeds are appended to the file DEEDS with the number of this life. SIGTERM stops it.
 */
import { appendFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  createTroupe,
  isTroupeError,
  type Journal,
  LimitOptions,
  openJournal,
  type Troupe,
} from '../../../src/index.ts';
import type { Manner, Order, Said } from './order.ts';
import { bell, ledger, never, teamThat } from './team.ts';

const [path = '', deeds = '', given = '{}'] = process.argv.slice(2);
const manner: Manner = JSON.parse(given);
const team = teamThat((key) => appendFileSync(deeds, `${manner.life} ${key}\n`));
const { definitions, desk, courier, trip } = team;

function say(what: Said): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const isCramped = manner.isCramped === true && 'activeActors' in LimitOptions.shape;
const limits = LimitOptions.parse(isCramped ? { activeActors: 2 } : {});
const journal = watched(await openJournal(path));
const troupe = await createTroupe({ definitions, journal, log, limits });
say({ said: 'up' });
if (manner.drains === true) await drain(troupe);
else listen(troupe);

/** A journal that ends the process, or tells its commits. */
function watched(real: Journal): Journal {
  const { dies, tellsCommits } = manner;
  let commits = 0;
  const passes = (moment: 'before' | 'after'): void => {
    if (dies?.commit !== commits || dies.moment !== moment) return;
    for (;;) process.kill(process.pid, 'SIGKILL');
  };
  return {
    ...real,
    commit(batch) {
      commits += 1;
      passes('before');
      real.commit(batch);
      passes('after');
      if (tellsCommits === true) say({ said: 'commit', commit: commits });
    },
  };
}

function listen(running: Troupe): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order: Order = JSON.parse(line);
    const { n } = order;
    done(running, order).then(
      (value) => say({ said: 'ack', n, value }),
      (error) => say({ said: 'refused', n, code: isTroupeError(error) ? error.code : `${error}` }),
    );
  });
  process.once('SIGTERM', () => {
    void running.stop({ deadline: '5s' }).then(() => {
      say({ said: 'stopped' });
      lines.close();
      process.stdin.destroy();
    });
  });
}

/** Does what is ordered; in this very turn, so that orders are taken in their order. */
function done(running: Troupe, order: Order): Promise<unknown> {
  const { n } = order;
  switch (order.act) {
    case 'book':
      return booked(running, order);
    case 'note': {
      const { from, priority } = order;
      return running.send(desk, { type: 'note', payload: { n, from }, priority });
    }
    case 'ask':
      return running.ask(desk, { type: 'double', payload: { n, from: order.from } });
    case 'bell':
      return running.start(bell, { ms: order.ms }, { id: `${n}` }).then(() => undefined);
    case 'silence':
      return silenced(running, order);
    case 'courier':
      return running.start(courier, { n }, { id: `${n}` }).then(() => undefined);
    case 'trip':
      return running.start(trip, { n, isLost: order.isLost }, { id: `${n}` }).then(() => undefined);
  }
}

/** The ledgers of this life: they are started once, and their orders wait for that in a row. */
const ledgers = new Map<number, ReturnType<typeof startLedger>>();
const startLedger = (running: Troupe, id: number) =>
  running.start(ledger, undefined, { id: `${id}` });

async function booked(running: Troupe, order: Order & { act: 'book' }): Promise<void> {
  const run = ledgers.get(order.ledger) ?? startLedger(running, order.ledger);
  ledgers.set(order.ledger, run);
  await running.send(await run, { type: 'BOOK', n: order.n, from: order.from });
}

async function silenced(running: Troupe, order: Order & { act: 'silence' }): Promise<void> {
  const run = await running.get(bell, `${order.bell}`);
  if (run === undefined) return;
  await running.send(run, { type: 'SILENCE', n: order.n }).catch((error) => {
    // It has rung already.
    if (!isTroupeError(error, 'ILLEGAL_MOVE')) throw error;
  });
}

/** Waits for the end of all that ends, and tells it. */
async function drain(running: Troupe): Promise<void> {
  for (const work of [courier, trip, bell]) {
    let before: string | undefined;
    for (;;) {
      const page = await running.runs.list({ definition: work, limit: 500, before });
      for (const { runId, input } of page) {
        const isStep = runId.split('/').length > 2;
        if (isStep || Object(input).ms === never) continue;
        const outcome = await (await running.runs.get(runId))?.outcome();
        const { status = '', result } = Object(outcome);
        say({ said: 'end', run: runId, status, result });
      }
      before = page.at(-1)?.runId;
      if (before === undefined) break;
    }
  }
  const inbox = running.inbox(desk);
  while ((await inbox.count()) > 0) await new Promise((resolve) => setImmediate(resolve));
  await running.stop();
  say({ said: 'stopped' });
}
