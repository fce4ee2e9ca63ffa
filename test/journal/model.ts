/**
 * A naive model of a journal, and random groups to compare it with: lists that are copied for
 * each group, and filters written out.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type {
  ActorRecord,
  Batch,
  DeadLetter,
  Journal,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../../src/journal/index.ts';
import { batch, letter, mail, record, row, step, timer } from './fixtures.ts';

/** One change inside a group; numbers choose among what there is. */
type Change =
  | { readonly do: 'turn'; readonly actor: number; readonly text: string; readonly done: boolean }
  | { readonly do: 'mail' | 'take' | 'dead'; readonly at: number; readonly text: string }
  | { readonly do: 'step' | 'arm' | 'clear'; readonly actor: number; readonly name: string };

/** A group of changes, how it ends, and whether the journal is opened again after it. */
export interface RandomGroup {
  readonly changes: readonly Change[];
  readonly end: 'commit' | 'abort';
  readonly reopens: boolean;
}

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const actor = fc.nat(5);
const at = fc.nat(9);
const name = fc.constantFrom('a', 'b', 'ü');

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn'), actor, text, done: fc.boolean() }) },
  fc.record({ do: fc.constantFrom('mail', 'take', 'dead'), at, text }),
  fc.record({ do: fc.constantFrom('step', 'arm', 'clear'), actor, name }),
);

/** Random groups, among them empty ones, aborted ones and openings anew. */
export const randomGroups: fc.Arbitrary<RandomGroup[]> = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 12 }),
    end: fc.constantFrom('commit', 'commit', 'commit', 'abort'),
    reopens: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** What was committed. */
export interface Model {
  readonly rows: readonly JournalRow[];
  readonly actors: readonly ActorRecord[];
  readonly waiting: readonly WaitingMail[];
  readonly steps: readonly StepRecord[];
  readonly timers: readonly TimerRecord[];
  readonly dead: readonly DeadLetter[];
}

export const emptyModel: Model = {
  rows: [],
  actors: [],
  waiting: [],
  steps: [],
  timers: [],
  dead: [],
};

const last = (numbers: readonly number[]): number => Math.max(0, ...numbers);
const without = <Item>(items: readonly Item[], fits: (item: Item) => boolean): readonly Item[] =>
  items.filter((item) => !fits(item));

/** Applies the changes of a group: the model after it, and the batch that says so. */
export function play(before: Model, changes: readonly Change[]): { after: Model; written: Batch } {
  const after = changes.reduce(playOne, before);
  const isNew =
    <Item>(items: readonly Item[]) =>
    (item: Item) =>
      !items.includes(item);
  const named = (one: TimerRecord) => ({ actor: one.actor, timer: one.timer });
  const written = batch({
    rows: after.rows.filter(isNew(before.rows)),
    actors: after.actors.filter(isNew(before.actors)),
    waiting: after.waiting.filter(isNew(before.waiting)),
    taken: before.waiting.filter(isNew(after.waiting)).map((one) => one.mail),
    steps: after.steps.filter(isNew(before.steps)),
    timersArmed: after.timers.filter(isNew(before.timers)),
    timersCleared: before.timers.filter(isNew(after.timers)).map(named),
    dead: after.dead.filter(isNew(before.dead)),
  });
  return { after, written };
}

function playOne(model: Model, change: Change): Model {
  switch (change.do) {
    case 'turn':
      return takeTurn(model, change);
    case 'mail': {
      const number = last(model.waiting.map((one) => one.mail)) + 1;
      const came = mail({ mail: number, lane: change.at, key: change.text, gated: change.at > 5 });
      return { ...model, waiting: [...model.waiting, came] };
    }
    case 'take':
      return { ...model, waiting: model.waiting.filter((_, index) => index !== change.at) };
    case 'dead': {
      const dead = letter({ letter: model.dead.length + 1, detail: change.text });
      return { ...model, dead: [...model.dead, dead] };
    }
    case 'step': {
      const is = (one: StepRecord) => one.actor === change.actor && one.step === change.name;
      const body = String(model.rows.length);
      const made = step({ actor: change.actor, step: change.name, at: model.rows.length, body });
      return { ...model, steps: [...without(model.steps, is), made] };
    }
    case 'arm': {
      const arming = last(model.timers.map((one) => one.arming)) + 1;
      const due = (arming * 7) % 5;
      const armed = timer({ actor: change.actor, timer: change.name, arming, due });
      return { ...model, timers: [...withoutTimer(model, change), armed] };
    }
    case 'clear':
      return { ...model, timers: withoutTimer(model, change) };
  }
}

const withoutTimer = (model: Model, key: { readonly actor: number; readonly name: string }) =>
  without(model.timers, (one) => one.actor === key.actor && one.timer === key.name);

function takeTurn(model: Model, change: Extract<Change, { do: 'turn' }>): Model {
  const seq = model.rows.length + 1;
  const known = model.actors.find((one) => one.actor === change.actor);
  const took = row({ seq, actor: change.actor, previous: known?.last ?? 0, type: change.text });
  const next = record({
    ...known,
    actor: change.actor,
    last: seq,
    status: change.text,
    active: !change.done && seq % 2 === 0,
    done: change.done,
    parked: !change.done && seq % 5 === 0 ? change.text : '',
    generation: (known?.generation ?? 0) + 1,
    snapshot: JSON.stringify(change.text),
  });
  const others = without(model.actors, (one) => one.actor === change.actor);
  return { ...model, rows: [...model.rows, took], actors: [...others, next] };
}

/** Expects that every read of the journal gives what the model says. */
export function expectEqual(journal: Journal, model: Model): void {
  const actors = model.actors.toSorted((a, b) => a.actor - b.actor);
  expect(journal.heads()).toEqual({
    seq: model.rows.length,
    actor: last(actors.map((one) => one.actor)),
    mail: last(model.waiting.map((one) => one.mail)),
    letter: model.dead.length,
    arming: model.rows.length * 1_000,
  });
  expect(journal.rows(0, 1_000)).toEqual(model.rows);
  expect(journal.rows(2, 3)).toEqual(model.rows.slice(2, 5));
  expect(journal.waiting()).toEqual(model.waiting);
  expect(journal.timers()).toEqual(
    model.timers.toSorted((a, b) => a.due - b.due || a.arming - b.arming),
  );
  expect(journal.deadLetters(2)).toEqual(model.dead.slice(-2));
  for (const { letter } of model.dead) {
    const older = model.dead.filter((one) => one.letter < letter);
    expect(journal.deadLetters(2, letter)).toEqual(older.slice(-2));
  }
  expect(journal.actors({})).toEqual(actors);
  expect(journal.actors({ active: true })).toEqual(actors.filter((one) => one.active));
  expect(journal.actors({ done: false })).toEqual(actors.filter((one) => !one.done));
  expect(journal.actors({ parked: true })).toEqual(actors.filter((one) => one.parked !== ''));
  for (const one of actors) {
    const own = model.rows.filter((found) => found.actor === one.actor);
    expect(journal.byAddress(one.address)).toEqual(one);
    expect(journal.history(one.actor, 0)).toEqual(own);
    expect(journal.history(one.actor, 3)).toEqual(own.filter((found) => found.seq > 3));
  }
  for (const one of model.steps) expect(journal.step(one.actor, one.step)).toEqual(one);
}
