/**
 * Arbitrary traffic through a host: clients and machines that send, bots that open and close,
 * crashes at any commit. Plain data, so that a counterexample shrinks.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { simulatedClock } from '../../src/clock/index.ts';
import type { Putting } from '../../src/engine/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import {
  address,
  ask,
  creation,
  note,
  notesOf,
  outcomes,
  quiesce,
  rest,
  type Stand,
  stand,
} from './fixtures.ts';

/** What happens to the host. */
export type Deed =
  | { readonly do: 'send'; readonly by: Sender; readonly to: Bot; readonly priority: number }
  | { readonly do: 'open' | 'close'; readonly to: Bot }
  | { readonly do: 'step'; readonly times: number }
  | { readonly do: 'crash'; readonly after: number; readonly moment: 'before' | 'after' };

type Bot = 'bot-1' | 'bot-2';
/** Clients post themselves, with priorities; relays are machines, with a lane of their own. */
type Sender = 'client-1' | 'client-2' | 'relay-1' | 'relay-2';

const to = fc.constantFrom<Bot>('bot-1', 'bot-2');

/** Traffic in any order. */
export const traffic: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        by: fc.constantFrom<Sender>('client-1', 'client-2', 'relay-1', 'relay-2'),
        to,
        priority: fc.constantFrom(0, 5, 5, 10),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'close'), to }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('step' as const),
        times: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        after: fc.nat(3),
        moment: fc.constantFrom('before' as const, 'after'),
      }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

/** A message of the traffic. */
interface Posted {
  readonly id: number;
  readonly by: Sender;
  readonly to: Bot;
  readonly priority: number;
  /** Set when it was acknowledged. */
  isAcknowledged: boolean;
}

/** What came of the traffic. */
export interface Passed {
  readonly posted: readonly Posted[];
  /** What each bot applied, in order. */
  readonly applied: Readonly<Record<Bot, readonly number[]>>;
  readonly crashes: number;
}

/** Lets the traffic pass; holds the books to each other at every commit. */
export async function pass(deeds: readonly Deed[], groupTurns: number): Promise<Passed> {
  const clock = simulatedClock(1);
  const posted: Posted[] = [];
  let crash: { at: number; moment: string } | undefined;
  const disk = simulatedDisk({
    onCommit: (commit, moment) => {
      if (crash !== undefined && commit >= crash.at && moment === crash.moment) {
        throw new RangeError('crash');
      }
    },
  });
  const options = { disk, clock, limits: { groupTurns }, committed: () => balance(on) };
  let on: Stand = await stand(options);
  await build(on);
  let crashes = 0;
  const revive = async (): Promise<void> => {
    crash = undefined;
    crashes += 1;
    clock.clear();
    on = await stand(options);
    balance(on);
  };
  for (const deed of deeds) {
    if (deed.do === 'crash') crash ??= { at: disk.commits + 1 + deed.after, moment: deed.moment };
    else if (deed.do === 'step') await step(on, deed.times);
    else if (deed.do === 'send') posted.push(post(on, { ...deed, id: posted.length }));
    else on.host.tell(address(deed.to), { type: deed.do });
    if (hasFailed(on)) await revive();
  }
  await rest(clock);
  if (hasFailed(on)) await revive();
  crash = undefined;
  for (const bot of ['bot-1', 'bot-2']) on.host.tell(address(bot), { type: 'open' });
  await quiesce(clock);
  balance(on);
  expect(on.host.counts().pending).toBe(0);
  const applied = { 'bot-1': numbers(on, 'bot-1'), 'bot-2': numbers(on, 'bot-2') };
  return { posted, applied, crashes };
}

async function build(on: Stand): Promise<void> {
  const created = on.host.enter('create', (stage) => {
    for (const bot of ['bot-1', 'bot-2']) stage.create(creation(bot, { kind: 'bot' }));
    for (const relay of ['relay-1', 'relay-2']) stage.create(creation(relay));
  });
  expect(await outcomes(on, created)).toEqual([undefined]);
}

async function step(on: Stand, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    on.clock.step();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function post(on: Stand, given: Omit<Posted, 'isAcknowledged'> & { by: Sender }): Posted {
  const { id, by, to, priority } = given;
  const message: Posted = { id, by, to, priority, isAcknowledged: false };
  const isClient = by.startsWith('client');
  const putting: Putting = isClient ? { priority, gated: true } : {};
  const receiver = address(isClient ? to : by);
  const event = isClient ? note(id) : ask('send', { to: [address(to)], event: note(id) });
  on.host
    .enter('send', (stage) => stage.send(receiver, event, putting))
    .then(
      () => {
        message.isAcknowledged = true;
      },
      () => undefined,
    );
  return message;
}

const numbers = (on: Stand, bot: Bot): number[] => notesOf(on, bot).map(Number);

/** The host has failed: its process is over. */
function hasFailed(on: Stand): boolean {
  try {
    on.host.find(address('bot-1'));
    return false;
  } catch {
    return true;
  }
}

/** Accepted = applied + dead + pending, and all that is pending is in the journal's inbox. */
function balance({ host }: Stand): void {
  const { accepted, applied, dead, pending } = host.counts();
  expect(accepted).toBe(applied + dead + pending);
  expect(host.journal.waiting().length).toBe(pending);
}
