/** Bells on a simulated clock, in processes that crash and stay down for a while. */
import { createTroupe, isTroupeError, simulatedClock, type Troupe } from '../../../src/index.ts';
import type { Journal } from '../../../src/journal/index.ts';
import type { Order } from '../load/order.ts';
import { bell } from '../load/team.ts';
import { Timing } from '../load/timing.ts';
import type { Disk } from '../points/disks.ts';
import { driven, type LivesOptions, limitsOf, log } from '../points/lives.ts';
import { type Crash, Outside } from '../points/outside.ts';

/** A bell, and when somebody silences it, after the begin of all. */
export interface Ringing {
  readonly ms: number;
  readonly silencedAt?: number | undefined;
}

/** The end of a process, and how long nobody starts the next one. */
export interface Downtime {
  readonly crash: Crash;
  readonly ms: number;
}

/** What came of it. */
export interface Rung {
  readonly wrongs: readonly string[];
  /** Numbers of bells in the order in which they rang. */
  readonly rang: readonly number[];
  readonly crashes: number;
}

/** Arms all, lives through all crashes, and waits until no bell is armed any more. */
export async function rung(
  disk: Disk,
  bells: readonly Ringing[],
  downtimes: readonly Downtime[],
  options: LivesOptions = {},
): Promise<Rung> {
  const clock = simulatedClock(1);
  const began = clock.now();
  const outside = new Outside(
    (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
    () => disk.crash(),
  );
  for (;;) {
    const journal = await disk.open();
    const downtime = downtimes[outside.life];
    const life = { clock, outside, journal, crash: downtime?.crash };
    const isOver = await driven(life, async (own, atRest) => {
      const limits = limitsOf(options);
      const troupe = await createTroupe({ definitions: [bell], journal: own, clock, log, limits });
      await Promise.all(bells.map((one, n) => begun(troupe, one, { n, began, clock })));
      await atRest;
      await troupe.stop();
      return true;
    });
    clock.clear();
    if (isOver !== true) {
      clock.leap(downtime?.ms ?? 0);
      continue;
    }
    const told = judged(journal, bells);
    disk.end(journal);
    return { ...told, crashes: outside.life - 1 };
  }
}

/** Starts a bell, or finds it, and silences it when that is due and it has not ended. */
async function begun(
  troupe: Troupe,
  { ms, silencedAt }: Ringing,
  { n, began, clock }: { n: number; began: number; clock: ReturnType<typeof simulatedClock> },
): Promise<void> {
  const run = await troupe.start(bell, { ms }, { id: `${n}` });
  if (silencedAt === undefined) return;
  clock.after(Math.max(0, began + silencedAt - clock.now()), () => {
    troupe.send(run, { type: 'SILENCE', n }).catch((error) => {
      // It has ended, or the process has.
      if (!isTroupeError(error)) throw error;
    });
  });
}

function judged(journal: Journal, bells: readonly Ringing[]): Omit<Rung, 'crashes'> {
  const orders = bells.map(({ ms }, n): [number, Order] => [n, { n, act: 'bell', ms }]);
  const timing = new Timing(new Map(orders));
  const addresses = new Map(journal.actors({}).map(({ actor, address }) => [actor, address]));
  const rang: number[] = [];
  for (const row of journal.rows(0, Number.POSITIVE_INFINITY)) {
    const address = addresses.get(row.actor) ?? '';
    timing.read(row, address);
    if (!row.type.startsWith('xstate.after')) continue;
    rang.push(Number(address.slice('run/bell/'.length)));
  }
  timing.check(journal);
  return { wrongs: [...timing.wrongs, ...timing.atEnd()], rang };
}
