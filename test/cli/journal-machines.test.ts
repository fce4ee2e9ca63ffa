/** `troupe journal` on the actors of machines, and on incidents. */
import { expect, test } from 'vitest';
import { fromPromise, setup } from 'xstate';
import { stateText } from '../../src/cli/journal-details.ts';
import { main } from '../../src/cli/main.ts';
import { onePlace } from '../troupe/machines/place.ts';
import { fakeTerminal } from './terminal.ts';

const helper = setup({}).createMachine({
  id: 'helper',
  initial: 'resting',
  states: { resting: {} },
});

const orderOf = (state: string) =>
  setup({
    types: {} as { context: { cents: number } },
    actors: { helper, lookup: fromPromise(() => new Promise(() => undefined)) },
  }).createMachine({
    id: 'order',
    initial: 'open',
    context: { cents: 320 },
    invoke: { src: 'helper', id: 'helper', systemId: 'helper' },
    states: {
      open: {
        initial: state,
        invoke: { src: 'lookup', id: 'lookup' },
        states: { [state]: { after: { 60000: 'done' } }, done: {} },
      },
    },
  });

async function look(columns: number, ...args: readonly string[]) {
  const terminal = fakeTerminal({ columns });
  const code = await main(['journal', ...args], terminal);
  expect({ code, err: terminal.shown.err }).toEqual({ code: 0, err: '' });
  return terminal.shown.out;
}

const json = async (...args: readonly string[]) => JSON.parse(await look(80, ...args, '--json'));

test('a machine is shown with its state, its children and its timers', async () => {
  const place = onePlace();
  const order = orderOf('paying');
  const { troupe } = await place.next(order);
  await troupe.start(order, undefined, { id: 'o-1' });
  const actors = await look(120, place.journal, 'actors');
  expect(actors).toMatch(/machine +IN_PROGRESS .* run\/order\/o-1 +open\.paying\n/);
  expect(actors).toMatch(/machine +IN_PROGRESS .* run\/order\/o-1\/helper +resting\n/);
  expect(await look(60, place.journal, 'actors')).toContain('/order/o-1');
  const shown = (await look(100, place.journal, 'show', 'order/o-1')).split('\n');
  expect(shown[0]).toBe('run/order/o-1  IN_PROGRESS');
  expect(shown[1]).toBe('machine, definition order version 1');
  expect(shown).toContain('state     open.paying');
  expect(shown).toContain('context   {"cents":320}');
  expect(shown).toContain('child     helper: machine helper, active, systemId helper');
  expect(shown).toContain('child     lookup: promise lookup, active');
  expect(shown.join('\n')).toMatch(/timer +xstate\.after\.60000\.order\.open\.paying due \d{4}-/);
  expect(await json(place.journal, 'show', 'order/o-1')).toMatchObject({
    kind: 'machine',
    machine: { state: { open: 'paying' }, context: { cents: 320 } },
    timers: [{ timer: 'xstate.after.60000.order.open.paying' }],
  });
});

test('a machine that is parked says why, and has an incident until it goes on', async () => {
  const place = onePlace();
  const order = orderOf('paying');
  const { troupe } = await place.next(order);
  await troupe.start(order, undefined, { id: 'o-1' });
  await place.next(orderOf('sending'));
  const changed = 'its definition order version 1 has changed';
  const reason = `${changed}: raise its version and list both, or migrate`;
  expect(await look(120, place.journal)).toMatch(/machine +IN_PROGRESS \(parked\) +2\n/);
  expect(await look(120, place.journal, 'actors')).toMatch(
    /machine +IN_PROGRESS \(parked\) .* run\/order\/o-1 +open\.paying\n/,
  );
  const shown = await look(150, place.journal, 'show', 'order/o-1');
  expect(shown.split('\n')[0]).toBe(`run/order/o-1  IN_PROGRESS (parked: ${reason})`);
  const incidents = await json(place.journal, 'incidents');
  expect(incidents).toEqual([
    expect.objectContaining({ status: 'OPEN', code: 'PARKED', about: 'run/order/o-1', times: 1 }),
  ]);
  expect(await look(140, place.journal, 'incidents')).toMatch(
    /^STATUS +CODE +TIMES +LAST +ABOUT +WHAT\nOPEN +PARKED +1 .* run\/order\/o-1 +its definition/,
  );
  await place.next(order);
  expect(await json(place.journal, 'incidents')).toMatchObject([{ status: 'CLOSED' }]);
});

test('a journal without incidents says so', async () => {
  const place = onePlace();
  await place.next();
  expect(await look(80, place.journal, 'incidents')).toBe('There are no incidents.\n');
});

test.each([
  ['open', 'open'],
  [{ open: 'paying' }, 'open.paying'],
  [{ open: { paying: 'cash' } }, 'open.paying.cash'],
  [{ a: 'x', b: 'y' }, '{"a":"x","b":"y"}'],
  [{ open: { a: 'x', b: 'y' } }, '{"open":{"a":"x","b":"y"}}'],
  [{}, ''],
  [undefined, ''],
])('the state %j is written %s', (value, text) => {
  expect(stateText(value)).toBe(text);
});
