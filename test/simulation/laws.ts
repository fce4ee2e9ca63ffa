/** What holds after every voyage, whatever crashed on the way: read from journal and world. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ActorRecord, Journal } from '../../src/journal/index.ts';
import { isOfItsLife } from './lives.ts';
import type { Voyage } from './voyage.ts';

/** The moves that a task may make (SPEC T1); a workflow needs no bot, so it skips ASSIGNED. */
const moves: Readonly<Record<string, readonly string[]>> = {
  '': ['PENDING'],
  PENDING: ['ASSIGNED', 'BLOCKED', 'FAILED', 'CANCELLED'],
  BLOCKED: ['PENDING', 'FAILED', 'CANCELLED'],
  ASSIGNED: ['IN_PROGRESS', 'PENDING', 'FAILED', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'PENDING', 'BLOCKED'],
};
const ends = ['COMPLETED', 'FAILED', 'CANCELLED'];

/** Holds a voyage to all laws. */
export function hold({ journal, world }: Voyage): void {
  const actors = journal.actors({});
  for (const actor of actors) {
    if (actor.address.startsWith('run/')) holdRun(journal, actor);
    if (actor.kind === 'bot') holdBot(actor);
    holdHistory(journal, actor);
  }
  const rows = journal.rows(0, Number.POSITIVE_INFINITY);
  deepEqual(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
    'rows have no gaps',
  );
  deepEqual(journal.waiting(), [], 'no message is left behind');
  deepEqual(journal.timers(), [], 'no timer is left behind');
  holdMessages(journal);
  const { status } = actors.find(({ kind }) => kind === 'system') ?? {};
  equal(status, 'stopped');
  ok(world.isAlive);
}

/** It ended, once, by legal moves; its record says what its history says. */
function holdRun(journal: Journal, { address, actor, kind, status, done }: ActorRecord): void {
  const passed = journal.history(actor, 0).flatMap((row) => row.status.split('>'));
  const statuses = passed.filter((one) => one !== '');
  for (const [index, to] of statuses.entries()) {
    const from = statuses[index - 1] ?? '';
    const isBegun = kind === 'workflow' && from === 'PENDING' && to === 'IN_PROGRESS';
    ok(isBegun || moves[from]?.includes(to), `${address} moved from ${from} to ${to}`);
  }
  equal(statuses.filter((one) => ends.includes(one)).length, 1, `${address} ended once`);
  deepEqual([status, done], [statuses.at(-1), true]);
}

/** All slots came back, every message was handled. */
function holdBot({ address, snapshot }: ActorRecord): void {
  const { value, context } = JSON.parse(snapshot);
  deepEqual([value, context.slots, context.messages], ['open', [], []], `${address} is free`);
}

/** The chain of an actor's rows reaches from its last to its first. */
function holdHistory(journal: Journal, { actor, last }: ActorRecord): void {
  const chain = journal.history(actor, 0);
  const own = journal.rows(0, Number.POSITIVE_INFINITY).filter((row) => row.actor === actor);
  deepEqual(
    chain.map(({ seq }) => seq),
    own.map(({ seq }) => seq),
  );
  equal(chain.at(-1)?.seq, last);
}

/** Every message that a bot took was handled or is a dead letter, once. */
function holdMessages(journal: Journal): void {
  const ended = (type: string, by: (body: { id: string; envelope: { id: string } }) => string) =>
    journal
      .rows(0, Number.POSITIVE_INFINITY)
      .filter((row) => row.type === type)
      .map((row) => by(JSON.parse(row.body)));
  const taken = ended('message', ({ envelope }) => envelope.id);
  const handled = ended('message.handled', ({ id }) => id);
  const failed = ended('message.failed', ({ id }) => id);
  deepEqual([...handled, ...failed].sort(), taken.sort());
  const dead = journal.deadLetters(1_000).filter(({ reason }) => reason === 'failed');
  deepEqual(dead.map(({ body }) => JSON.parse(body).envelope.id).sort(), failed.sort());
}

/** What two voyages must have in common, however they were disturbed. */
export const sameIn = ({ outcomes, world, journal }: Voyage): unknown => ({
  outcomes,
  keys: [...new Set(world.deeds.map(({ key }) => key))].sort(),
  runs: journal
    .actors({})
    .filter(({ address }) => address.startsWith('run/'))
    .map(({ address, status }) => `${address} ${status}`)
    .sort(),
  steps: journal
    .actors({})
    .flatMap(({ actor, address }) =>
      journal
        .steps(actor)
        .map(({ step, body }) => `${address} ${step} ${withoutStack(isMark(step) ? '' : body)}`),
    )
    .sort(),
  dead: journal
    .deadLetters(1_000)
    // A handler that runs again asks again: the reply to its life before has nobody any more.
    .filter(({ reason }) => reason !== 'withdrawn')
    .map(({ to, type, reason, detail }) => `${to} ${type} ${reason} ${detail}`)
    .sort(),
});

/** When an ask was sent depends on the crashes before. */
const isMark = (step: string): boolean => step.startsWith('~asked/');

const withoutStack = (body: string): string =>
  body === ''
    ? ''
    : JSON.stringify(JSON.parse(body), (key, value) => (isOfItsLife(key) ? undefined : value));
