/**
 * The laws of users' machines, under any story of starts, events, failures, ends, time and
 * crashes, with groups of any size.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActorRecord, JournalRow } from '../../../src/journal/index.ts';
import { boatAt, Cruise, type Op, supervisions } from './cruise.ts';
import { BOATS, story } from './drawn.ts';

test('property: whatever happens, nothing is lost, doubled, late or stuck', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ groupTurns, ops }) => {
      const cruise = new Cruise(groupTurns);
      await cruise.begin();
      const starts = Array.from({ length: BOATS }, (_, n): Op => ({ op: 'start', boat: n }));
      let n = 0;
      for (const one of [...starts, ...ops]) {
        if (one.op !== 'send') await cruise.play(one);
        else await cruise.play({ ...one, event: { ...one.event, n: n++ } });
        if (one.op === 'rest' || one.op === 'advance') {
          await cruise.settle();
          hold(cruise);
        }
      }
      await cruise.settle();
      hold(cruise);
      await cruise.play({ op: 'advance', ms: 500 });
      await cruise.settle();
      hold(cruise);
    }),
    { numRuns: 300 },
  );
}, 120_000);

interface Seen {
  readonly rows: readonly (JournalRow & { readonly about: ActorRecord; readonly said: Said })[];
  readonly live: readonly ActorRecord[];
}

interface Said {
  readonly n?: number;
  readonly m?: number;
  readonly output?: { readonly key?: string };
}

/** All laws, at rest. */
function hold(cruise: Cruise): void {
  expect(cruise.faults).toEqual([]);
  const { accepted, applied, dead, pending } = cruise.host.counts();
  expect(accepted).toBe(applied + dead + pending);
  const { journal } = cruise;
  const rows = journal.rows(0, 1_000_000).flatMap((row) => {
    const about = journal.byNumber(row.actor);
    return about === undefined ? [] : [{ ...row, about, said: JSON.parse(row.body) as Said }];
  });
  const seen: Seen = { rows, live: journal.actors({ kind: 'machine', done: false }) };
  eachOnce(cruise, seen);
  timersFireOnce(cruise, seen);
  answersOnce(seen);
  nothingIsStuck(cruise, seen);
  endedIsQuiet(cruise, seen);
}

/** What was accepted is applied once, or dead once, or waits. */
function eachOnce({ accepted, sent, journal }: Cruise, { rows }: Seen): void {
  const places = new Map<number, string[]>();
  const note = (n: unknown, place: string): void => {
    if (typeof n !== 'number') return;
    places.set(n, [...(places.get(n) ?? []), place]);
  };
  for (const row of rows) note(row.said.n, `applied ${row.type}`);
  for (const { body, reason } of journal.deadLetters(100_000)) note(JSON.parse(body).n, reason);
  for (const { body } of journal.waiting()) note(JSON.parse(body).n, 'waiting');
  for (const [n] of sent) {
    const found = places.get(n) ?? [];
    expect([n, found.length], `${n}: ${found}`).toEqual([n, accepted.has(n) ? 1 : found.length]);
    expect(found.length, `${n}: ${found}`).toBeLessThanOrEqual(1);
  }
  const notes = rows.filter(({ type, said }) => type === 'NOTE' && said.m !== undefined);
  expect(new Set(notes.map(({ said }) => said.m)).size).toBe(notes.length);
}

/** A timer that was armed fires once, unless it was cleared; none is overdue. */
function timersFireOnce(cruise: Cruise, { rows, live }: Seen): void {
  const { journal, clock } = cruise;
  const timers = journal.timers();
  const alive = new Map(live.map((record) => [record.actor, record]));
  for (const { actor, due, timer } of timers) {
    const record = alive.get(actor);
    expect(record, `${timer} belongs to somebody who lives`).toBeDefined();
    if (record !== undefined && !isPausing(record)) expect(due).toBeGreaterThan(clock.now());
  }
  const fired = rows.filter(({ type }) => type === 'FIRED');
  expect(new Set(fired.map(({ said }) => said.m)).size).toBe(fired.length);
  for (const { about, seq, said } of rows.filter(({ type }) => type === 'ARM')) {
    const cleared = rows.find(
      (row) => row.type === 'DISARM' && row.actor === about.actor && row.said.m === said.n,
    );
    const isCleared = cleared !== undefined && cleared.seq > seq;
    const firing = fired.find((row) => row.said.m === said.n);
    if (isCleared && firing !== undefined) expect(firing.seq).toBeLessThan(cleared.seq);
    const { resumeFrom } = supervisions[numberOf(about) % supervisions.length] ?? {};
    const record = alive.get(about.actor);
    if (record === undefined || isPausing(record) || resumeFrom === 'input') continue;
    const isArmed = timers.some(({ timer }) => timer === `t${said.n}`);
    expect(
      Number(isCleared && firing === undefined) +
        Number(isArmed) +
        fired.filter((row) => row.said.m === said.n).length,
      `timer ${said.n}`,
    ).toBe(1);
  }
}

/** An answer of the world is taken once under its key. */
function answersOnce({ rows }: Seen): void {
  const keys = rows.flatMap(({ type, said }) =>
    type.startsWith('xstate.done.actor.') && said.output !== undefined ? [said.output.key] : [],
  );
  expect(new Set(keys).size).toBe(keys.length);
}

/** Whoever waits for the world has asked it in this life; nobody who can take mail has some. */
function nothingIsStuck(cruise: Cruise, { live }: Seen): void {
  const open = new Set(cruise.openCalls().map(({ key }) => key));
  const wanted = live.flatMap((record) => {
    const { value, children = [] } = JSON.parse(record.snapshot);
    const asks = children.filter(({ id, ended }: Child) => id === 'ask' && ended === undefined);
    expect(asks, record.address).toHaveLength(value.radio === 'on' ? 1 : 0);
    return isPausing(record)
      ? []
      : children
          .filter(({ kind, ended }: Child) => kind === 'promise' && ended === undefined)
          .map(({ id, entry }: Child) => `${record.address.slice(4)}/${entry}/${id}`);
  });
  expect(new Set(wanted)).toEqual(open);
  const pausing = new Set(live.filter(isPausing).map(({ actor }) => actor));
  for (const { actor, body } of cruise.journal.waiting()) {
    expect(pausing.has(actor), `waits: ${body}`).toBe(true);
  }
  expect(live.filter(({ parked }) => parked !== '')).toEqual([]);
}

interface Child {
  readonly kind: string;
  readonly id: string;
  readonly entry: number;
  readonly ended?: unknown;
}

/** Below an end nobody lives; a tree that was cancelled does nothing any more. */
function endedIsQuiet({ journal, quietSince }: Cruise, { rows, live }: Seen): void {
  for (const record of live) {
    if (record.parent === '') continue;
    expect(journal.byAddress(record.parent)?.done, `the parent of ${record.address}`).toBe(false);
  }
  for (let number = 0; number < BOATS; number += 1) {
    const root = journal.byAddress(boatAt(number));
    if (root?.status !== 'CANCELLED') continue;
    const own = rows.filter(({ about }) => numberOf(about) === number);
    const last = own.at(-1)?.seq ?? 0;
    expect(quietSince.get(number) ?? last).toBe(last);
    quietSince.set(number, last);
  }
}

const numberOf = ({ address }: ActorRecord): number => Number(address.split('/')[2]);
const isPausing = ({ snapshot }: ActorRecord): boolean =>
  JSON.parse(snapshot).life?.pausing !== undefined;
