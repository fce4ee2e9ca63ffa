/** A simulation of nothing but the code that a test calls. */
import { type SimulatedClock, simulatedClock } from '../../../src/clock/index.ts';
import { Repeatable } from '../../../src/testing/repeatable/index.ts';

/** What a test watches code with. */
export interface Watched {
  readonly clock: SimulatedClock;
  readonly repeatable: Repeatable;
}

/** Watches code on a simulated clock while a test runs. */
export async function watching<V>(
  test: (watched: Watched) => V | Promise<V>,
  seed = 1,
): Promise<V> {
  const clock = simulatedClock(seed);
  const repeatable = new Repeatable({ clock, random: clock.random });
  repeatable.install();
  try {
    return await test({ clock, repeatable });
  } finally {
    repeatable.uninstall();
  }
}

/** Lets what goes on with microtasks do so. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Runs what is scheduled and due, then the next timers, until nothing is left. */
export async function rest(clock: SimulatedClock): Promise<void> {
  do await settled();
  while (clock.step() || clock.jump());
}
