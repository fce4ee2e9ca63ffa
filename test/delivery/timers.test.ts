/** Timers: against a naive model, and in proportion to what waits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArmedTimer, Timers } from '../../src/delivery/index.ts';
import { reachable } from '../garbage.ts';

type Change =
  | { readonly do: 'arm'; readonly actor: number; readonly timer: string; readonly ms: number }
  | { readonly do: 'clear'; readonly actor: number; readonly timer: string }
  | { readonly do: 'take'; readonly ms: number }
  | { readonly do: 'fire'; readonly pick: number };

/** A list of armings; those taken stay until they are cleared. */
class NaiveTimers {
  #armed: { readonly timer: ArmedTimer; isTaken: boolean }[] = [];

  arm(timer: ArmedTimer): void {
    this.clear(timer.actor, timer.timer);
    this.#armed.push({ timer, isTaken: false });
  }

  clear(actor: number, name: string): boolean {
    const before = this.#armed.length;
    this.#armed = this.#armed.filter(({ timer }) => timer.actor !== actor || timer.timer !== name);
    return this.#armed.length < before;
  }

  isArmed(actor: number, name: string, arming: number): boolean {
    return this.#armed.some(
      ({ timer }) => timer.actor === actor && timer.timer === name && timer.arming === arming,
    );
  }

  names(actor: number): string[] {
    return this.#armed.flatMap(({ timer }) => (timer.actor === actor ? timer.timer : []));
  }

  nextDue(): number | undefined {
    return this.#waiting().at(0)?.timer.due;
  }

  takeDue(now: number): ArmedTimer[] {
    const due = this.#waiting().filter(({ timer }) => timer.due <= now);
    for (const one of due) one.isTaken = true;
    return due.map(({ timer }) => timer);
  }

  #waiting() {
    return this.#armed
      .filter(({ isTaken }) => !isTaken)
      .sort((a, b) => a.timer.due - b.timer.due || a.timer.arming - b.timer.arming);
  }
}

const actor = fc.nat(4);
const timer = fc.constantFrom('a', 'b', 'ü');
const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('arm' as const), actor, timer, ms: fc.nat(50) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), actor, timer }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), ms: fc.nat(40) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('fire' as const), pick: fc.nat() }) },
  ),
  { maxLength: 200, size: 'max' },
);

test('property: timers do what a list that is searched whole would do', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const real = new Timers();
      const model = new NaiveTimers();
      const fired: ArmedTimer[] = [];
      let now = 0;
      for (const [index, change] of all.entries()) {
        if (change.do === 'take') now += change.ms;
        const place = { arming: index + 1, now, fired };
        const found = outcome(real, change, place);
        expect(found).toEqual(outcome(model, change, place));
        if (change.do === 'take') fired.push(...(found as ArmedTimer[]));
        expect(real.nextDue()).toBe(model.nextDue());
        for (const one of [0, 1, 2, 3, 4]) {
          expect(real.names(one).toSorted()).toEqual(model.names(one).toSorted());
        }
      }
    }),
    { numRuns: 300 },
  );
});

interface Place {
  readonly arming: number;
  readonly now: number;
  readonly fired: readonly ArmedTimer[];
}

function outcome(timers: Timers | NaiveTimers, change: Change, place: Place): unknown {
  switch (change.do) {
    case 'arm': {
      const due = place.now + change.ms;
      return timers.arm(armed({ ...change, arming: place.arming, due }));
    }
    case 'clear':
      return timers.clear(change.actor, change.timer);
    case 'take':
      return timers.takeDue(place.now);
    case 'fire': {
      const one = place.fired.at(change.pick % Math.max(1, place.fired.length));
      return one !== undefined && timers.isArmed(one.actor, one.timer, one.arming);
    }
  }
}

const armed = ({ actor, timer, arming, due }: Partial<ArmedTimer>): ArmedTimer => ({
  actor: actor ?? 1,
  timer: timer ?? 'pause',
  arming: arming ?? 1,
  due: due ?? 1_000,
  event: { type: 'fired', arming: arming ?? 1 },
});

test('given a timer that is armed anew, when the older firing comes, then it is not armed', () => {
  const timers = new Timers();
  timers.arm(armed({ arming: 1, due: 10 }));
  const [older] = timers.takeDue(10);
  timers.arm(armed({ arming: 2, due: 30 }));
  expect(older?.arming).toBe(1);
  expect(timers.isArmed(1, 'pause', 1)).toBe(false);
  expect(timers.takeDue(20)).toEqual([]);
  expect(timers.takeDue(30).map(({ arming }) => arming)).toEqual([2]);
});

test('given a timer armed again and again, when few wait, then few are kept', async () => {
  const timers = new Timers();
  const armings: WeakRef<ArmedTimer>[] = [];
  for (let arming = 1; arming <= 20_000; arming += 1) {
    const one = armed({ timer: `t${arming % 10}`, arming, due: 1_000_000 - arming });
    timers.arm(one);
    if (arming % 3 === 0) timers.clear(1, one.timer);
    armings.push(new WeakRef(one));
  }
  expect(await reachable(armings)).toBeLessThan(1_100);
  expect(timers.nextDue()).toBe(1_000_000 - 20_000);
});
