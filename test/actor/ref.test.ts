/** Actor references: what XState's own tools make of them. */
import { expect, test, vi } from 'vitest';
import { type AnyMachineSnapshot, type Observer, toPromise, waitFor } from 'xstate';
import { actorRef } from '../../src/actor/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { troupeError } from '../../src/protocol/index.ts';
import { address, create, note, rest, type Stand, send, stand } from '../engine/fixtures.ts';

async function refTo(name: string) {
  const on = await stand();
  await create(on, name);
  return { on, ref: refOn(on, name) };
}

const refOn = ({ host }: Stand, name: string) =>
  actorRef({
    address: address(name),
    find: (of) => host.find(of),
    listen: (of, listener) => host.listen(of, listener),
    send: (of, event) => host.tell(of, event),
  });

const stopped = troupeError('STOPPED', { state: 'stopped', call: 'waiting' });

const notesIn = (snapshot: AnyMachineSnapshot) => snapshot.context.notes;

test('given a reference, then getSnapshot gives one object until a commit changes it', async () => {
  const { on, ref } = await refTo('ann');
  const first = ref.getSnapshot();
  expect(notesIn(first)).toEqual([]);
  expect(ref.getSnapshot()).toBe(first);
  ref.send(note(1));
  expect(ref.getSnapshot()).toBe(first);
  await send(on, 'ann', { type: 'unknown' });
  const second = ref.getSnapshot();
  expect(notesIn(second)).toEqual([1]);
  await send(on, 'ann', { type: 'unknown' });
  expect(ref.getSnapshot()).toBe(second);
  expect(refOn(on, 'ann').getSnapshot()).toBe(second);
  expect(notesIn(first)).toEqual([]);
});

test('given waitFor, then it resolves with the committed snapshot that it waits for', async () => {
  const { on, ref } = await refTo('ann');
  const waiting = waitFor(ref, (snapshot) => notesIn(snapshot).length === 2);
  await send(on, 'ann', note(1));
  await send(on, 'ann', note(2));
  expect(notesIn(await waiting)).toEqual([1, 2]);
  expect(notesIn(await waitFor(ref, (snapshot) => notesIn(snapshot).length > 0))).toEqual([1, 2]);
});

test('given waitFor, when the actor ends without it, then it rejects', async () => {
  const { on, ref } = await refTo('ann');
  const waiting = expect(waitFor(ref, () => false)).rejects.toThrow('terminated');
  await send(on, 'ann', { type: 'finish' });
  await waiting;
});

test('given toPromise, then it resolves with the output, before and after the end', async () => {
  const { on, ref } = await refTo('ann');
  const waiting = toPromise(ref);
  await send(on, 'ann', note('last words'));
  await send(on, 'ann', { type: 'finish' });
  const output = { status: 'COMPLETED', result: ['last words'] };
  expect(await waiting).toEqual(output);
  expect(await toPromise(ref)).toEqual(output);
  expect(await toPromise(refOn(on, 'ann'))).toEqual(output);
});

test('given an end, then the reference goes on showing it, also without a host', async () => {
  const { on, ref } = await refTo('ann');
  const live = refOn(on, 'ann');
  await send(on, 'ann', { type: 'finish' });
  on.host.end(stopped);
  for (const one of [ref, live]) {
    expect(one.getSnapshot()).toMatchObject({ status: 'done', value: 'over' });
    expect(one.getSnapshot()).toBe(one.getSnapshot());
    expect(one.getPersistedSnapshot()).toMatchObject({ status: 'done', value: 'over' });
  }
});

test('given a commit that fails, then a reference goes on showing what was committed', async () => {
  const disk = simulatedDisk({
    onCommit: (commit) => {
      if (commit > 1) throw new RangeError('the disk is broken');
    },
  });
  const on = await stand({ disk });
  await create(on, 'ann');
  const ref = refOn(on, 'ann');
  const last = ref.getSnapshot();
  const failed = expect(toPromise(ref)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  ref.send(note('lost'));
  await rest(on.clock);
  await failed;
  expect(ref.getSnapshot()).toBe(last);
});

test('given a stop, then subscribers learn the error, early and late ones', async () => {
  const { on, ref } = await refTo('ann');
  const early = expect(toPromise(ref)).rejects.toBe(stopped);
  const observer = { next: vi.fn(), error: vi.fn(), complete: vi.fn() };
  ref.subscribe(observer);
  const last = ref.getSnapshot();
  on.host.end(stopped);
  await early;
  await expect(toPromise(ref)).rejects.toMatchObject({ code: 'STOPPED' });
  expect(observer.error.mock.calls).toEqual([[stopped]]);
  expect([observer.next.mock.calls, observer.complete.mock.calls]).toEqual([[], []]);
  expect(ref.getSnapshot()).toBe(last);
});

test.each(['functions', 'an observer'])(
  'given a subscription by %s, then it sees each commit and the end',
  async (by) => {
    const { on, ref } = await refTo('ann');
    const next = vi.fn<(snapshot: AnyMachineSnapshot) => void>();
    const [error, complete] = [vi.fn(), vi.fn()];
    const observer: Observer<AnyMachineSnapshot> = { next, error, complete };
    if (by === 'functions') ref.subscribe(next, error, complete);
    else ref.subscribe(observer);
    await send(on, 'ann', note(1));
    await send(on, 'ann', { type: 'finish' });
    await send(on, 'ann', note(2));
    expect(next.mock.calls.map(([snapshot]) => [snapshot.value, notesIn(snapshot)])).toEqual([
      ['open', [1]],
      ['over', [1]],
    ]);
    expect([complete.mock.calls.length, error.mock.calls.length]).toEqual([1, 0]);
  },
);

test('given a subscription that is ended, then it hears nothing, and others do', async () => {
  const { on, ref } = await refTo('ann');
  const [left, stays] = [vi.fn(), vi.fn()];
  const subscription = ref.subscribe(left);
  ref.subscribe(stays);
  subscription.unsubscribe();
  subscription.unsubscribe();
  await send(on, 'ann', note(1));
  expect([left.mock.calls.length, stays.mock.calls.length]).toEqual([0, 1]);
});

test('given a subscriber that throws, then it still completes, and others are told', async () => {
  const { on, ref } = await refTo('ann');
  const complete = vi.fn();
  const other = vi.fn();
  const faulty = () => {
    throw new RangeError('a faulty subscriber');
  };
  ref.subscribe({ next: faulty, complete });
  ref.subscribe({ complete: faulty });
  ref.subscribe(other);
  await send(on, 'ann', { type: 'finish' });
  expect([complete.mock.calls.length, other.mock.calls.length]).toEqual([1, 1]);
  await send(on, 'ann', note('nobody is harmed'));
  expect(on.logs.filter(({ text }) => text.includes('threw')).length).toBe(2);
});

test('given a subscription within a subscriber, then it hears of the next commit', async () => {
  const { on, ref } = await refTo('ann');
  const inner = vi.fn();
  const outer = ref.subscribe(() => {
    outer.unsubscribe();
    ref.subscribe(inner);
  });
  await send(on, 'ann', note(1));
  expect(inner).not.toHaveBeenCalled();
  await send(on, 'ann', note(2));
  expect(inner).toHaveBeenCalledOnce();
});

test('given an actor that never was, then its reference has no state and is complete', async () => {
  const on = await stand();
  const ref = refOn(on, 'nobody');
  const complete = vi.fn();
  ref.subscribe({ complete });
  expect(ref.getSnapshot()).toBe(undefined);
  expect(complete).toHaveBeenCalledOnce();
  await rest(on.clock);
});

test('given a reference, then it names its actor, and has what XState asks of one', async () => {
  const { ref } = await refTo('ann');
  expect([ref.id, ref.sessionId]).toEqual([address('ann'), address('ann')]);
  expect(JSON.parse(JSON.stringify(ref))).toEqual({ xstate$$type: 1, id: address('ann') });
  expect(ref.start()).toBe(ref);
  expect(ref.on('anything', () => undefined).unsubscribe()).toBe(undefined);
});
