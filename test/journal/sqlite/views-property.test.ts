/**
 * The views against a naive computation: whatever a journal holds, each row of a view is what the
 * contract's reads say, worked out in plain code.
 */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ActorRecord, type Journal, openJournal } from '../../../src/journal/index.ts';
import { views } from '../../../src/journal/sqlite/views.ts';
import { asAddress } from '../../../src/protocol/index.ts';
import { newFile } from '../files.ts';
import { commit, letter, mail, record, row, step, timer } from '../fixtures.ts';

type Row = Readonly<Record<string, unknown>>;

const text = fc.constantFrom('a', 'é"\\\'', 'two words', '7', '');
const time = fc.integer({ min: 1, max: 2_000_000_000_000 });
const json = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text),
  fc.dictionary(fc.constantFrom('x', 'y'), text),
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const spec = fc.record({
  type: fc.option(text),
  title: fc.option(text),
  createdBy: text,
  priority: fc.nat(10),
  dueAt: fc.option(time),
  notBefore: maybe(time),
  timeoutMs: fc.option(fc.nat()),
  parent: fc.option(text),
  step: fc.option(text),
  dependsOn: fc.uniqueArray(fc.constantFrom('run/x/1', 'run/x/2')),
  requirements: fc.array(text),
  input: maybe(json),
});
const context = fc.record({
  result: maybe(json),
  reason: maybe(text),
  attempts: fc.nat(9),
  startedAt: maybe(time),
  completedAt: time,
  cost: maybe(fc.nat()),
  learnings: maybe(fc.array(text)),
  assignedTo: maybe(text),
});
const drawnActor = fc.record({
  kind: fc.constantFrom('task', 'approval', 'bot', 'machine'),
  spec,
  context,
  done: fc.boolean(),
  parked: text,
});
const envelope = fc.record({
  id: fc.uuid(),
  version: fc.constant(1),
  type: text,
  from: text,
  to: text,
  payload: maybe(json),
  at: time,
  priority: fc.nat(10),
  correlationId: text,
  causationId: maybe(text),
  expiresAt: maybe(time),
  metadata: maybe(fc.dictionary(fc.constantFrom('m', 'n'), json)),
  expects: maybe(fc.constantFrom('reply', 'parts')),
});
const place = fc.constantFrom('applied', 'pending', 'dead');
const story = fc.record({
  actors: fc.array(drawnActor, { minLength: 1, maxLength: 4 }),
  messages: fc.array(fc.record({ envelope, place }), { maxLength: 6 }),
  steps: fc.array(json, { maxLength: 3 }),
  dues: fc.array(time, { maxLength: 3 }),
});
type Story = typeof story extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Writes a story as its group would; the reads tell it again. */
function write(journal: Journal, { actors, messages, steps, dues }: Story): void {
  const bodies = messages.map(({ envelope: one, place: where }) => ({
    where,
    body: JSON.stringify({ type: 'message', at: 1, envelope: one }),
  }));
  const applied = bodies.filter(({ where }) => where === 'applied');
  const rows = [
    ...actors.map((_, index) => row({ seq: index + 1, actor: index + 1, type: 'init' })),
    ...applied.map(({ body }, index) => {
      const seq = actors.length + index + 1;
      return row({ seq, actor: 1, type: 'message', body });
    }),
  ];
  const records = actors.map((one, index) =>
    record({
      actor: index + 1,
      address: asAddress(`${one.kind === 'bot' ? 'bot' : 'run/a'}/${index + 1}`),
      kind: one.kind,
      done: one.done,
      parked: one.done ? '' : one.parked,
      input: JSON.stringify(one.spec),
      snapshot: JSON.stringify({ value: 'x', context: one.context }),
      last: index + 1,
    }),
  );
  commit(journal, {
    rows,
    actors: records,
    waiting: bodies.flatMap(({ where, body }, mailAt) =>
      where === 'pending' ? [mail({ mail: mailAt + 1, body })] : [],
    ),
    dead: bodies.flatMap(({ where, body }, at) =>
      where === 'dead'
        ? [letter({ letter: at + 1, type: 'message', reason: 'expired', body })]
        : [],
    ),
    steps: steps.map((value, at) => step({ step: `s${at}`, body: JSON.stringify(value) })),
    timersArmed: dues.map((due, at) => timer({ timer: `t${at}`, due, arming: at + 1 })),
  });
}

/** A value as a column of JSON text has it, and as one of a text or a number. */
const asJson = (value: unknown): unknown => (value === undefined ? null : JSON.stringify(value));
const plain = (value: unknown): unknown => value ?? null;

function taskOf({ address, input, snapshot, ...own }: ActorRecord): Row {
  const given = JSON.parse(input);
  const { context: known } = JSON.parse(snapshot);
  const isLate = given.dueAt !== null && given.dueAt < known.completedAt;
  return {
    ...Object.fromEntries(views.tasks.columns.map((column) => [column, null])),
    task: address,
    definition: own.definition,
    version: own.version,
    status: own.status,
    parked: own.parked === '' ? null : own.parked,
    type: plain(given.type),
    title: plain(given.title),
    input: asJson(given.input),
    assigned_to: plain(known.assignedTo),
    created_by: given.createdBy,
    priority: given.priority,
    requirements: asJson(given.requirements),
    due_at: plain(given.dueAt),
    parent: plain(given.parent),
    step: plain(given.step),
    dependencies: asJson(given.dependsOn),
    result: asJson(known.result),
    learnings: asJson(known.learnings),
    reason: plain(known.reason),
    attempts: known.attempts,
    cost: plain(known.cost),
    created_at: own.createdAt,
    started_at: plain(known.startedAt),
    completed_at: known.completedAt,
    elapsed_ms: known.completedAt - own.createdAt,
    overdue: Number(isLate),
    not_before: plain(given.notBefore),
    timeout_ms: plain(given.timeoutMs),
  };
}

function messageOf(body: string, state: string, more: Row): Row {
  const { envelope: one } = JSON.parse(body);
  return {
    id: one.id,
    state,
    version: 1,
    type: one.type,
    sender: one.from,
    recipient: one.to,
    payload: asJson(one.payload),
    sent_at: one.at,
    priority: one.priority,
    correlation_id: one.correlationId,
    causation_id: plain(one.causationId),
    conversation_id: null,
    response_to: null,
    expires_at: plain(one.expiresAt),
    metadata: asJson(one.metadata),
    expects: plain(one.expects),
    applied_at: null,
    dead_at: null,
    reason: null,
    ...more,
  };
}

/** What the reads of the contract say each view has to show. */
function naive(journal: Journal): Readonly<Record<string, readonly Row[]>> {
  const actors = journal.actors({});
  const rows = journal.rows(0, 1_000);
  const nameOf = (actor: number): unknown => journal.byNumber(actor)?.address ?? null;
  const isRun = ({ kind }: ActorRecord): boolean => kind === 'task' || kind === 'approval';
  return {
    tasks: actors.filter(isRun).map(taskOf),
    task_dependencies: actors
      .filter(isRun)
      .flatMap(({ address, input }) =>
        JSON.parse(input).dependsOn.map((on: string) => ({ task: address, depends_on: on })),
      ),
    messages: [
      ...rows
        .filter(({ type }) => type === 'message')
        .map(({ body, at }) => messageOf(body, 'applied', { applied_at: at })),
      ...journal.waiting().map(({ body }) => messageOf(body, 'pending', {})),
      ...journal
        .deadLetters(100)
        .map(({ body, at, reason }) => messageOf(body, 'dead', { dead_at: at, reason })),
    ],
    events: rows.map(({ seq, actor, previous, at, type, status, body }) => ({
      ...{ event: seq, actor: nameOf(actor), previous: previous === 0 ? null : previous },
      ...{ at, type, status: status === '' ? null : status, body },
    })),
    steps: actors.flatMap(({ actor, address }) =>
      journal
        .steps(actor)
        .map(({ step: name, at, body }) => ({ actor: address, step: name, at, value: body })),
    ),
    timers: journal.timers().map(({ actor, timer: name, due, generation, arming, body }) => ({
      ...{ actor: nameOf(actor), timer: name, due_at: due, generation, arming },
      ...{ type: JSON.parse(body).type, body },
    })),
  };
}

/** Rows in an order of their own: a view has none. */
const sorted = (rows: readonly Row[]): readonly string[] =>
  rows.map((one) => JSON.stringify(Object.entries(one).toSorted())).toSorted();

test('property: each view shows what the reads of the journal say', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (drawn) => {
      const path = newFile();
      const journal = await openJournal(path, { durability: 'process' });
      write(journal, drawn);
      const db = new DatabaseSync(path, { readOnly: true });
      for (const [name, rows] of Object.entries(naive(journal))) {
        const found = db.prepare(`SELECT * FROM ${name}`).all();
        expect(sorted(found), name).toEqual(sorted(rows));
      }
      db.close();
      journal.close();
    }),
    { numRuns: 25 },
  );
});
