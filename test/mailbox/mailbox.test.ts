/** Mailboxes: against a naive model, and the bound on how long a message waits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Mail, Mailbox, machineLane } from '../../src/mailbox/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { reachable } from '../garbage.ts';
import { mail } from './fixtures.ts';
import { NaiveMailbox } from './naive-mailbox.ts';

type Change =
  | { readonly do: 'put'; readonly lane: number; readonly gated: boolean; readonly keyed: boolean }
  | { readonly do: 'take' | 'has'; readonly open: boolean }
  | { readonly do: 'withdraw'; readonly pick: number }
  | { readonly do: 'list' | 'drain' };

const lane = fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant(machineLane), fc.constant(5));

const puts: fc.Arbitrary<Change> = fc.record({
  do: fc.constant('put' as const),
  lane,
  gated: fc.boolean(),
  keyed: fc.boolean(),
});
const takes: fc.Arbitrary<Change> = fc.record({
  do: fc.constantFrom('take' as const, 'take' as const, 'has' as const),
  open: fc.boolean(),
});

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: puts },
    { weight: 10, arbitrary: takes },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('list' as const, 'drain' as const) }) },
  ),
  { maxLength: 300, size: 'max' },
);

test('property: a mailbox does what a list that is searched whole would do', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const real = new Mailbox();
      const model = new NaiveMailbox();
      let number = 0;
      for (const change of all) {
        if (change.do === 'put') number += 1;
        expect(outcome(real, change, number)).toEqual(outcome(model, change, number));
        expect([real.size, real.bounded]).toEqual([model.size, model.bounded]);
      }
      expect(real.list().map(numberOf)).toEqual(model.list().map(numberOf));
    }),
    { numRuns: 400 },
  );
});

function outcome(box: Mailbox | NaiveMailbox, change: Change, number: number): unknown {
  switch (change.do) {
    case 'put': {
      const { lane, keyed } = change;
      const gated = lane !== machineLane && change.gated;
      const type = number % 3 === 0 ? 'slot.request' : 'message';
      const key = gated && keyed ? `k${number}` : '';
      return box.put(mail({ number, lane, gated, key, event: { type } }));
    }
    case 'take':
      return box.take(change.open)?.number;
    case 'has':
      return box.has(change.open);
    case 'withdraw':
      return box.withdraw(`k${change.pick % (number + 1)}`)?.number;
    case 'list':
      return box.list().map(numberOf);
    case 'drain':
      return box.drain().map(numberOf);
  }
}

const numberOf = ({ number }: Mail): number => number;

/** Takes until a message comes; the number of messages taken while open, its own included. */
function wait(box: Mailbox, number: number, between: (taken: number) => boolean): number {
  for (let taken = 1; taken < 100_000; taken += 1) {
    const open = between(taken);
    if (box.take(open)?.number === number) return taken;
  }
  return Number.POSITIVE_INFINITY;
}

test('given a message of low priority, when urgent ones keep coming, then 32 overtake it', () => {
  const box = new Mailbox();
  let number = 1;
  box.put(mail({ number, lane: 0, gated: true }));
  const waited = wait(box, 1, () => {
    number += 1;
    box.put(mail({ number, lane: 10, gated: true }));
    return true;
  });
  expect([waited, limits.mailboxOvertakes]).toEqual([33, 32]);
});

test('given an actor that closes with each message, then no more than 32 overtake either', () => {
  const box = new Mailbox();
  let number = 1;
  box.put(mail({ number, lane: 0, gated: true }));
  const waited = wait(box, 1, (taken) => {
    number += 1;
    const isReport = taken % 2 === 0;
    box.put(mail({ number, lane: isReport ? machineLane : 10, gated: !isReport }));
    return !isReport;
  });
  expect(waited).toBe(2 * limits.mailboxOvertakes + 1);
});

test('property: behind n older ones a message waits for at most 33 x (n + 1) messages', () => {
  const earlier = fc.array(fc.record({ lane, gated: fc.boolean() }), { maxLength: 12 });
  const later = fc.array(lane, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(earlier, later, fc.integer({ min: 0, max: 10 }), (older, flood, own) => {
      const box = new Mailbox();
      let number = 0;
      const put = (given: Partial<Mail>): void => {
        number += 1;
        box.put(mail({ ...given, number }));
      };
      for (const given of older) put(given);
      put({ lane: own, gated: true });
      const waited = wait(box, number, () => {
        for (const urgent of flood) put({ lane: urgent, gated: urgent !== machineLane });
        return true;
      });
      expect(waited).toBeLessThanOrEqual((limits.mailboxOvertakes + 1) * (older.length + 1));
    }),
  );
});

test('given a closed actor, when all requests are taken back, then few are kept', async () => {
  const box = new Mailbox();
  box.put(mail({ number: 1, lane: 5, gated: true, key: 'k1' }));
  const takenBack: WeakRef<Mail>[] = [];
  for (let number = 2; number <= 20_000; number += 1) {
    const request = mail({ number, lane: 5, gated: true, key: `k${number}` });
    box.put(request);
    box.withdraw(request.key);
    takenBack.push(new WeakRef(request));
  }
  expect(await reachable(takenBack)).toBeLessThan(2_000);
  expect(box.size).toBe(1);
  expect(box.take(true)?.number).toBe(1);
});

test('given two of one key, when one is taken, then the other can be taken back', () => {
  const box = new Mailbox();
  const first = mail({ number: 1, lane: 5, gated: true, key: 'k' });
  const second = mail({ number: 2, lane: 5, gated: true, key: 'k' });
  box.put(first);
  box.put(second);
  expect(box.take(true)).toBe(first);
  expect(box.withdraw('k')).toBe(second);
  expect(box.has(true)).toBe(false);
});

test('given messages, when they are taken, drained or taken back, then each says which', () => {
  const box = new Mailbox();
  const [taken, drained, withdrawn] = [1, 2, 3].map((number) =>
    mail({ number, lane: 5, gated: true, key: `k${number}` }),
  );
  for (const one of [taken, drained, withdrawn]) if (one !== undefined) box.put(one);
  box.withdraw('k3');
  box.take(true);
  box.drain();
  expect([taken, drained, withdrawn].map((one) => [one?.taken, one?.withdrawn])).toEqual([
    [true, false],
    [true, false],
    [false, true],
  ]);
});
