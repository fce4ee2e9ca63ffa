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
  Keep,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { batch, letter, mail, record, row, step, timer } from './fixtures.ts';

/** One change inside a group; numbers choose among what there is. */
type Change =
  | { readonly do: 'turn'; readonly actor: number; readonly text: string; readonly done: boolean }
  | { readonly do: 'mail' | 'take' | 'dead'; readonly at: number; readonly text: string }
  | { readonly do: 'step' | 'arm' | 'clear'; readonly actor: number; readonly name: string };

/** A group of changes, how it ends, and whether the journal is opened again after it. */
export interface RandomGroup {
  readonly changes: readonly Change[];
  /** What is kept after it; undefined: nothing is trimmed. */
  readonly keep: Keep | undefined;
  readonly end: 'commit' | 'abort';
  readonly reopens: boolean;
}

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const actor = fc.integer({ min: 1, max: 6 });
const at = fc.nat(9);
const name = fc.constantFrom('a', 'b', 'ü');

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn'), actor, text, done: fc.boolean() }) },
  fc.record({ do: fc.constantFrom('mail', 'take', 'dead'), at, text }),
  fc.record({ do: fc.constantFrom('step', 'arm', 'clear'), actor, name }),
);

const sometimes = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const keep: fc.Arbitrary<Keep> = fc.record({
  rows: sometimes(fc.nat(8)),
  rowsSince: sometimes(fc.integer({ min: 1_000, max: 1_030 })),
  runs: sometimes(fc.nat(3)),
  runsSince: sometimes(fc.integer({ min: 1_000, max: 1_030 })),
  letters: sometimes(fc.nat(3)),
});

/** Random groups, among them empty ones, aborted ones and openings anew. */
export const randomGroups: fc.Arbitrary<RandomGroup[]> = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 12 }),
    end: fc.constantFrom('commit', 'commit', 'commit', 'abort'),
    reopens: fc.boolean(),
    keep: sometimes(keep),
  }),
  { maxLength: 12 },
);

/** What was committed. */
export interface Model {
  /** The highest numbers ever given. */
  readonly seq: number;
  readonly actor: number;
  readonly letter: number;
  /** The last row that was cut. */
  readonly cut: number;
  readonly rows: readonly JournalRow[];
  readonly actors: readonly ActorRecord[];
  readonly waiting: readonly WaitingMail[];
  readonly steps: readonly StepRecord[];
  readonly timers: readonly TimerRecord[];
  readonly dead: readonly DeadLetter[];
}

export const emptyModel: Model = {
  seq: 0,
  actor: 0,
  letter: 0,
  cut: 0,
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

/** Whose mail, step or timer a change is about: nobody has any who is not there. */
const whose = (change: Change): number | undefined => {
  if (change.do === 'mail') return mail({ mail: 1 }).actor;
  return change.do === 'step' || change.do === 'arm' ? change.actor : undefined;
};

function playOne(model: Model, change: Change): Model {
  const owner = whose(change);
  if (owner !== undefined && !model.actors.some((one) => one.actor === owner)) return model;
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
      const number = model.letter + 1;
      const dead = letter({ letter: number, detail: change.text });
      return { ...model, letter: number, dead: [...model.dead, dead] };
    }
    case 'step': {
      const is = (one: StepRecord) => one.actor === change.actor && one.step === change.name;
      const body = String(model.seq);
      const made = step({ actor: change.actor, step: change.name, at: model.seq, body });
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

/** Where actors stand: two below the first one, a handoff of the fourth one. */
const places = [
  { address: 'run/answer/0', parent: '' },
  { address: 'run/answer/0/a', parent: 'run/answer/0' },
  { address: 'run/answer/0/a/b', parent: 'run/answer/0/a' },
  { address: 'run/answer/3', parent: '' },
  { address: 'handoff/answer/3/1', parent: '', kind: 'handoff' },
  { address: 'run/answer/30', parent: '' },
] as const;

/** The actor at the root of an actor's family. */
const roots: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 6 };

function takeTurn(model: Model, change: Extract<Change, { do: 'turn' }>): Model {
  const seq = model.seq + 1;
  const isThere = (number: number) => model.actors.some((one) => one.actor === number);
  // Nobody is below a run that is not there.
  const root = roots[change.actor] ?? change.actor;
  const actor = isThere(root) ? change.actor : root;
  const known = model.actors.find((one) => one.actor === actor);
  const took = row({ seq, actor, previous: known?.last ?? 0, type: change.text });
  const { address, ...place } = places[actor - 1] ?? places[0];
  const next = record({
    ...known,
    ...place,
    address: asAddress(address),
    actor,
    last: seq,
    status: change.text,
    active: !change.done && seq % 2 === 0,
    done: change.done,
    parked: !change.done && seq % 5 === 0 ? change.text : '',
    generation: (known?.generation ?? 0) + 1,
    snapshot: JSON.stringify(change.text),
    updatedAt: 1_000 + seq,
  });
  return {
    ...model,
    seq,
    actor: Math.max(model.actor, actor),
    rows: [...model.rows, took],
    actors: [...without(model.actors, (one) => one.actor === actor), next],
  };
}

/** What is left when all that is beyond `keep` is gone. */
export function trimmed(model: Model, keep: Keep): Model {
  const { rows = Number.POSITIVE_INFINITY, rowsSince = 0 } = keep;
  const firstRow = model.rows.findIndex((one) => one.seq > model.seq - rows && one.at >= rowsSince);
  const kept = firstRow < 0 ? [] : model.rows.slice(firstRow);
  const dropped = familiesBeyond(model, keep);
  const stays = ({ actor }: { readonly actor: number }) => !dropped.includes(actor);
  return {
    ...model,
    rows: kept,
    cut: (kept[0]?.seq ?? model.seq + 1) - 1,
    dead: model.dead.filter(
      (one) => one.letter > model.letter - (keep.letters ?? Number.POSITIVE_INFINITY),
    ),
    actors: model.actors.filter(stays),
    steps: model.steps.filter(stays),
  };
}

/** Numbers of the actors of all families that are to go. */
function familiesBeyond(model: Model, keep: Keep): readonly number[] {
  const { runs = Number.POSITIVE_INFINITY, runsSince = 0 } = keep;
  const ended = model.actors
    .filter((one) => one.done && one.parent === '' && one.kind !== 'handoff')
    .toSorted((a, b) => a.last - b.last);
  const first = ended.findIndex(
    (one, index) => index >= ended.length - runs && one.updatedAt >= runsSince,
  );
  const beyond = first < 0 ? ended : ended.slice(0, first);
  const isOver = (one: ActorRecord) =>
    one.done && ![...model.waiting, ...model.timers].some(({ actor }) => actor === one.actor);
  return beyond.flatMap(({ actor }) => {
    const family = model.actors.filter((one) => roots[one.actor] === actor);
    return family.every(isOver) ? family.map((one) => one.actor) : [];
  });
}

/** Expects that every read of the journal gives what the model says. */
export function expectEqual(journal: Journal, model: Model): void {
  const actors = model.actors.toSorted((a, b) => a.actor - b.actor);
  expect(journal.heads()).toEqual({
    seq: model.seq,
    actor: model.actor,
    mail: last(model.waiting.map((one) => one.mail)),
    letter: model.letter,
    arming: model.seq * 1_000,
  });
  expect(journal.rows(0, 1_000)).toEqual(model.rows);
  expect(journal.rows(2, 3)).toEqual(model.rows.filter(({ seq }) => seq > 2).slice(0, 3));
  expect(journal.anchor().seq).toBe(model.cut);
  expect(journal.extent()).toMatchObject({ rows: model.rows.length, cut: model.cut });
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
    const own = historyOf(model, one.last);
    expect(journal.byAddress(one.address)).toEqual(one);
    expect(journal.history(one.actor, 0)).toEqual(own);
    expect(journal.history(one.actor, 3)).toEqual(own.filter((found) => found.seq > 3));
  }
  for (const one of model.steps) expect(journal.step(one.actor, one.step)).toEqual(one);
}

/** The rows of an actor from its last one back, as far as they are kept. */
function historyOf(model: Model, from: number): readonly JournalRow[] {
  const found = model.rows.find(({ seq }) => seq === from);
  return found === undefined ? [] : [...historyOf(model, found.previous), found];
}
