/**
 * Teams for tests: a troupe on a clock whose time moves only when a test says so, with everything
 * that it logs kept, and stopped at the end of the test.
 */
import { onTestFinished } from 'vitest';
import {
  createTroupe,
  type Logger,
  type SimulatedClock,
  simulatedClock,
  type Troupe,
  type TroupeOptions,
} from '../../src/index.ts';

/** A clock on which groups run by themselves, and timers when a test moves the time. */
export interface TestClock extends SimulatedClock {
  /** Waits until nothing goes on but what waits for time. */
  quiet(): Promise<void>;
  /** Moves the time on, firing what is due on the way. */
  advance(ms: number): Promise<void>;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A new clock; the same seed gives the same chance and ids. */
export function testClock(seed = 1): TestClock {
  const clock = simulatedClock(seed);
  let scheduled = 0;
  async function quiet(): Promise<void> {
    // A few turns more: chains of promises end in calls of `soon`.
    for (let idle = 0; idle < 3; idle += 1) {
      await nextTurn();
      if (scheduled > 0) idle = -1;
    }
  }
  return {
    ...clock,
    soon(run) {
      scheduled += 1;
      setImmediate(() => {
        scheduled -= 1;
        run();
      });
    },
    quiet,
    async advance(ms) {
      const until = clock.now() + ms;
      clock.after(ms, () => {});
      for (;;) {
        await quiet();
        const due = clock.nextDue();
        if (due === undefined || due > until) return;
        clock.jump();
      }
    },
  };
}

/** One line that was logged. */
export interface Logged {
  readonly level: keyof Logger;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
}

/** A team under test. */
export interface Team {
  readonly troupe: Troupe;
  readonly clock: TestClock;
  /** What was logged, debugging left out. */
  readonly logged: readonly Logged[];
}

/** A team of these definitions, in memory unless a journal is given. */
export async function teamOf(
  definitions: NonNullable<TroupeOptions['definitions']>,
  options: Omit<TroupeOptions, 'definitions' | 'clock'> & { clock?: TestClock } = {},
): Promise<Team> {
  const { clock = testClock(), ...rest } = options;
  const logged: Logged[] = [];
  const note = (level: keyof Logger) => (text: string, facts?: Logged['facts']) =>
    void logged.push({ level, text, facts });
  const log = { debug: () => {}, info: note('info'), warn: note('warn'), error: note('error') };
  const troupe = await createTroupe({ log, ...rest, definitions, clock });
  onTestFinished(async () => {
    const stopped = troupe.stop({ deadline: 0 });
    await clock.advance(0);
    await stopped;
  });
  return { troupe, clock, logged };
}
