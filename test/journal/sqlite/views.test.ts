/**
 * The views: their names and columns are pinned, for queries outside depend on them; their
 * values come from what the machines really remember.
 */
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { taskMachine } from '../../../machines/index.ts';
import { type ActorRecord, openJournal, openReader } from '../../../src/journal/index.ts';
import { views } from '../../../src/journal/sqlite/views.ts';
import {
  asAddress,
  type Envelope,
  type TaskEvent,
  type TaskSpec,
} from '../../../src/protocol/index.ts';
import { newFile } from '../files.ts';
import { commit, letter, mail, record, row, timer } from '../fixtures.ts';

/** A reader of a journal that holds one batch. */
async function holding(given: Parameters<typeof commit>[1]) {
  const path = newFile();
  const journal = await openJournal(path);
  commit(journal, given);
  journal.close();
  return openReader(path);
}

const specOf = (given: Partial<TaskSpec>): TaskSpec => ({
  run: 'run/answer/1',
  definition: 'answer',
  version: '1',
  parent: null,
  step: null,
  type: 'research',
  title: 'Find it',
  description: 'All of it',
  domain: 'science',
  createdBy: 'client/1',
  createdAt: 1_000,
  priority: 8,
  requirements: ['web'],
  constraints: ['cheap'],
  dueAt: 5_000,
  dependsOn: [],
  onDependencyFailure: 'fail',
  retry: { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 },
  timeoutMs: null,
  input: { question: '?' },
  route: 'pinned',
  bot: 'finder',
  ...given,
});

/** The record of a task after these events, as the engine writes it. */
function taskRecord(given: Partial<TaskSpec>, events: readonly TaskEvent[]): ActorRecord {
  const spec = specOf(given);
  let [snapshot] = initialTransition(taskMachine, spec);
  for (const event of events) [snapshot] = transition(taskMachine, snapshot, event);
  const { spec: _, ...context } = snapshot.context;
  const status =
    typeof snapshot.value === 'string' ? snapshot.value : Object.keys(snapshot.value)[0];
  return record({
    address: asAddress(spec.run),
    parent: spec.parent ?? '',
    input: JSON.stringify(spec),
    snapshot: JSON.stringify({ value: snapshot.value, context, status: snapshot.status }),
    status: status ?? '',
    done: snapshot.status !== 'active',
    createdAt: spec.createdAt,
    last: 1,
  });
}

test('the views and their columns are those that the documentation promises', () => {
  const columns = Object.entries(views).map(
    ([name, { columns }]) => `${name}: ${columns.join(' ')}`,
  );
  expect(columns).toEqual([
    'actors: address actor kind definition version structure generation parent status active ' +
      'done parked input snapshot watchers last_row created_at updated_at',
    'tasks: task definition version status parked type title description input domain ' +
      'assigned_to created_by priority requirements constraints due_at parent step dependencies ' +
      'result confidence learnings error recovery reason attempts progress note cost created_at ' +
      'started_at completed_at elapsed_ms overdue quality not_before timeout_ms',
    'workflows: workflow definition version status parked type title description input ' +
      'created_by priority due_at parent step dependencies result error reason steps budget ' +
      'cost created_at started_at completed_at elapsed_ms overdue',
    'approvals: approval definition version status parked type title description payload digest ' +
      'created_by priority parent step due_at expires_in_ms remind_every_ms reminders approved ' +
      'decided_by decided_at comment result error reason created_at started_at completed_at ' +
      'elapsed_ms overdue',
    'handoffs: handoff task status from_bot to_bot reason context state requested_at expires_at ' +
      'ended_at decided_by note',
    'task_dependencies: task depends_on',
    'timers: actor timer due_at generation arming type body',
    'messages: id state version type sender recipient payload sent_at priority correlation_id ' +
      'causation_id conversation_id response_to expires_at metadata expects ' +
      'applied_at dead_at reason',
    'dead_letters: letter at recipient type message_type reason detail fate settled_at body',
    'steps: actor step at value',
    'events: event actor previous at type status body',
    'incidents: incident status code about message times opened_at last_at last_message ' +
      'closed_at closed_by',
  ]);
});

test('given a completed task, then the row has every field of it', async () => {
  const reader = await holding({
    rows: [row({ seq: 1 })],
    actors: [
      taskRecord({}, [
        { type: 'task.assigned', at: 1_100, bot: 'finder', slot: 'run/answer/1#1' },
        { type: 'task.report', at: 1_200, attempt: 1, confidence: 0.9, learnings: ['x'], cost: 2 },
        { type: 'task.report', at: 1_300, attempt: 1, note: 'nearly' },
        { type: 'task.complete', at: 1_500, attempt: 1, result: { hits: [1] } },
      ]),
    ],
  });
  expect(reader.view('tasks')).toEqual([
    {
      task: 'run/answer/1',
      definition: 'answer',
      version: '1',
      status: 'COMPLETED',
      parked: null,
      type: 'research',
      title: 'Find it',
      description: 'All of it',
      input: '{"question":"?"}',
      domain: 'science',
      assigned_to: 'finder',
      created_by: 'client/1',
      priority: 8,
      requirements: '["web"]',
      constraints: '["cheap"]',
      due_at: 5_000,
      parent: null,
      step: null,
      dependencies: '[]',
      result: '{"hits":[1]}',
      confidence: 0.9,
      learnings: '["x"]',
      error: null,
      recovery: null,
      reason: null,
      attempts: 1,
      progress: 1,
      note: 'nearly',
      cost: 2,
      created_at: 1_000,
      started_at: 1_100,
      completed_at: 1_500,
      elapsed_ms: 500,
      overdue: 0,
      quality: null,
      not_before: null,
      timeout_ms: null,
    },
  ]);
});

test('given failed, cancelled and late tasks, then columns say why', async () => {
  const error = { code: 'TERMINAL', message: 'no', retryable: false, recovery: 'ask again' };
  const failed = taskRecord({ dueAt: 1_100 }, [
    { type: 'task.assigned', at: 1_100, bot: 'finder', slot: 'run/answer/1#1' },
    { type: 'task.fail', at: 1_200, attempt: 1, error, chance: 0 },
  ]);
  const cancelled = taskRecord({ run: 'run/answer/2', dueAt: null }, [
    { type: 'run.cancel', at: 1_300, reason: 'enough', orphan: false },
  ]);
  const open = taskRecord({ run: 'run/answer/3', input: undefined }, []);
  const again = taskRecord({ run: 'run/answer/4' }, [
    { type: 'task.assigned', at: 1_100, bot: 'finder', slot: 'run/answer/4#1' },
    { type: 'task.fail', at: 1_200, attempt: 1, error: { ...error, retryable: true }, chance: 0 },
  ]);
  const reader = await holding({
    rows: [1, 2, 3, 4].map((seq) => row({ seq, actor: seq })),
    actors: [failed, { ...cancelled, actor: 2 }, { ...open, actor: 3 }, { ...again, actor: 4 }],
  });
  const [first, second, third, fourth] = reader.view('tasks');
  expect(first).toMatchObject({
    status: 'FAILED',
    error: JSON.stringify(error),
    recovery: 'ask again',
    completed_at: 1_200,
    overdue: 1,
  });
  expect(second).toMatchObject({ status: 'CANCELLED', reason: 'enough', error: null, overdue: 0 });
  expect(third).toMatchObject({ status: 'PENDING', input: null, result: null, overdue: 1 });
  expect(fourth).toMatchObject({ status: 'PENDING', attempts: 1 });
  expect(fourth?.error).toContain('TERMINAL');
  expect(Number(third?.elapsed_ms)).toBeGreaterThan(1_000_000_000);
  expect(reader.view('tasks', { where: { status: 'FAILED' } })).toEqual([first]);
  expect(reader.view('tasks', { limit: 1 })).toEqual([first]);
  expect(() => reader.view('tasks', { where: { "x' OR 1": 1 } })).toThrow('is no column');
});

test('given runs that wait for others and a plan, then the dependencies are rows', async () => {
  const plan = {
    steps: [
      { name: 'find it', after: [] },
      { name: 'write', after: [0] },
      { name: 'print', after: [0, 1] },
    ],
  };
  const flow = { kind: 'workflow', address: asAddress('run/book/1') };
  const child = (actor: number, step: string): ActorRecord => {
    const run = `run/book/1/${encodeURIComponent(step)}`;
    return { ...taskRecord({ run, parent: 'run/book/1', step }, []), actor };
  };
  const waits = ['run/book/1', 'run/answer/7'];
  const reader = await holding({
    rows: [1, 2, 3, 4].map((seq) => row({ seq, actor: seq })),
    actors: [
      record({ ...flow, actor: 1, input: JSON.stringify({ dependsOn: ['run/answer/9'], plan }) }),
      child(2, 'find it'),
      child(3, 'write'),
      { ...taskRecord({ run: 'run/after/1', dependsOn: waits }, []), actor: 4 },
    ],
  });
  const pairs = reader.view('task_dependencies').map((one) => `${one.task} ${one.depends_on}`);
  expect(pairs.toSorted()).toEqual([
    'run/after/1 run/answer/7',
    'run/after/1 run/book/1',
    'run/book/1 run/answer/9',
    'run/book/1/write run/book/1/find%20it',
  ]);
});

test('given messages in every place, then each is a row with its state', async () => {
  const envelope = (id: string): Envelope => ({
    version: 1,
    id,
    type: 'quote',
    from: 'client/1',
    to: 'bot/trader',
    payload: { symbol: 'ABC' },
    at: 900,
    priority: 8,
    correlationId: 'c',
    causationId: 'm-0',
    conversationId: 't',
    responseTo: 'm-9',
    expiresAt: 9_000,
    metadata: { a: 1 },
    expects: 'reply',
  });
  const body = (id: string) => JSON.stringify({ type: 'message', at: 1, envelope: envelope(id) });
  const reader = await holding({
    rows: [row({ seq: 1, at: 1_000, type: 'message', body: body('m-1') }), row({ seq: 2 })],
    actors: [record({ last: 2 })],
    waiting: [mail({ mail: 1, body: body('m-2') }), mail({ mail: 2 })],
    dead: [
      letter({ letter: 1, at: 1_200, type: 'message', reason: 'expired', body: body('m-3') }),
      letter({ letter: 2, detail: 'gone' }),
    ],
  });
  const fields = {
    version: 1,
    type: 'quote',
    sender: 'client/1',
    recipient: 'bot/trader',
    payload: '{"symbol":"ABC"}',
    sent_at: 900,
    priority: 8,
    correlation_id: 'c',
    causation_id: 'm-0',
    conversation_id: 't',
    response_to: 'm-9',
    expires_at: 9_000,
    metadata: '{"a":1}',
    expects: 'reply',
  };
  const nowhere = { applied_at: null, dead_at: null, reason: null };
  expect(reader.view('messages')).toEqual([
    { ...fields, ...nowhere, id: 'm-1', state: 'applied', applied_at: 1_000 },
    { ...fields, ...nowhere, id: 'm-2', state: 'pending' },
    { ...fields, ...nowhere, id: 'm-3', state: 'dead', dead_at: 1_200, reason: 'expired' },
  ]);
  expect(reader.view('dead_letters', { where: { letter: 2 } })).toEqual([
    {
      letter: 2,
      at: 1_000,
      recipient: 'bot/nobody',
      type: 'quote',
      message_type: null,
      reason: 'unknown-recipient',
      detail: 'gone',
      fate: null,
      settled_at: null,
      body: '{"type":"quote"}',
    },
  ]);
});

test('given actors and timers, then their views name actors by address', async () => {
  const bot = record({ kind: 'bot', address: asAddress('bot/finder'), parked: 'why', last: 1 });
  const reader = await holding({
    rows: [row({ seq: 1 })],
    actors: [bot],
    timersArmed: [timer({ timer: 'pause', arming: 3, due: 7 })],
  });
  expect(reader.view('actors')).toEqual([
    expect.objectContaining({ address: 'bot/finder', parent: null, parked: 'why', last_row: 1 }),
  ]);
  expect(reader.view('tasks')).toEqual([]);
  expect(reader.view('timers')).toEqual([
    {
      actor: 'bot/finder',
      timer: 'pause',
      due_at: 7,
      generation: 1,
      arming: 3,
      type: 'xstate.after.1',
      body: '{"type":"xstate.after.1"}',
    },
  ]);
});

test('given a journal in use, then plain SQL of another program reads current views', async () => {
  const path = newFile();
  const journal = await openJournal(path);
  commit(journal, { rows: [row({ seq: 1 })], actors: [taskRecord({}, [])] });
  const other = new DatabaseSync(path, { readOnly: true });
  const count = other.prepare("SELECT count(*) AS count FROM tasks WHERE status = 'PENDING'");
  expect(count.get()).toEqual({ count: 1 });
  const more = { ...taskRecord({ run: 'run/answer/2' }, []), actor: 2, last: 2 };
  commit(journal, { rows: [row({ seq: 2, actor: 2 })], actors: [more] });
  expect(count.get()).toEqual({ count: 2 });
  other.close();
  journal.close();
});

test('given many finished actors, then recovery finds the living by index', async () => {
  const path = newFile();
  const journal = await openJournal(path);
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepare.mockRestore());
  for (const filter of [{ done: false }, { active: true }, { parked: true, kind: 'task' }]) {
    journal.actors(filter);
  }
  journal.close();
  const queries = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
  expect(queries).toHaveLength(3);
  const db = new DatabaseSync(path);
  for (const sql of queries) {
    const given = [...sql.matchAll(/\?/g)].map(() => 1);
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...given);
    expect(JSON.stringify(plan)).toMatch(/(living|active|parked)_actors/);
  }
  db.close();
});
