/**
 * The views that people and plain SQL read: always current, for they hold no data of their own.
 *
 * Names and columns are a promise to whoever queries a journal; times are milliseconds since
 * 1970, actors are named by their address, JSON stands as text. The owner renews a view in a file
 * that differs from the one here.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ViewName } from '../file-reader.ts';

/** A view: its columns, in order, and the statement that makes it. */
interface View {
  readonly columns: readonly string[];
  readonly sql: string;
}

function view(name: string, columns: Readonly<Record<string, string>>, source: string): View {
  const names = Object.keys(columns);
  const values = Object.values(columns).join(',\n  ');
  const sql = `CREATE VIEW ${name}(${names.join(', ')}) AS\nSELECT ${values}\n${source}`;
  return { columns: names, sql };
}

const spec = (field: string): string => `i.body ->> '$.${field}'`;
const known = (field: string): string => `a.snapshot ->> '$.context.${field}'`;
const json = (field: string): string => `a.snapshot -> '$.context.${field}'`;
/** The time, as an SQL expression. */
export const nowMs = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const ended = `coalesce(${known('completedAt')}, ${nowMs})`;
const inEnvelope = (field: string): string => `envelope ->> '$.${field}'`;

/** The views. */
export const views = {
  actors: view(
    'actors',
    {
      address: 'a.address',
      actor: 'a.actor',
      kind: 'a.kind',
      definition: 'a.definition',
      version: 'a.version',
      structure: 'a.structure',
      generation: 'a.generation',
      parent: "nullif(a.parent, '')",
      status: 'a.status',
      active: 'a.active',
      done: 'a.done',
      parked: "nullif(a.parked, '')",
      input: 'i.body',
      snapshot: 'a.snapshot',
      watchers: 'a.watchers',
      last_row: 'a.last',
      created_at: 'a.created_at',
      updated_at: 'a.updated_at',
    },
    'FROM actor_records a JOIN actor_inputs i USING (actor)',
  ),
  tasks: view(
    'tasks',
    {
      task: 'a.address',
      definition: 'a.definition',
      version: 'a.version',
      status: 'a.status',
      parked: "nullif(a.parked, '')",
      type: spec('type'),
      title: spec('title'),
      description: spec('description'),
      input: "i.body -> '$.input'",
      domain: spec('domain'),
      assigned_to: known('assignedTo'),
      created_by: spec('createdBy'),
      priority: spec('priority'),
      requirements: "i.body -> '$.requirements'",
      constraints: "i.body -> '$.constraints'",
      due_at: spec('dueAt'),
      parent: spec('parent'),
      step: spec('step'),
      dependencies: "i.body -> '$.dependsOn'",
      result: json('result'),
      confidence: known('confidence'),
      learnings: json('learnings'),
      error: `coalesce(${json('error')}, ${json('lastError')})`,
      recovery: known('recovery'),
      reason: known('reason'),
      attempts: known('attempts'),
      progress: known('progress'),
      note: known('note'),
      cost: known('cost'),
      created_at: 'a.created_at',
      started_at: known('startedAt'),
      completed_at: known('completedAt'),
      elapsed_ms: `${ended} - a.created_at`,
      overdue: `coalesce(${spec('dueAt')} < ${ended}, 0)`,
    },
    "FROM actor_records a JOIN actor_inputs i USING (actor)\nWHERE a.kind IN ('task', 'approval')",
  ),
  // What a run was told to wait for, and the steps that a started step of a plan waited for.
  task_dependencies: view(
    'task_dependencies',
    { task: 'task', depends_on: 'depends_on' },
    `FROM (
  SELECT a.address AS task, d.value AS depends_on
  FROM actor_records a JOIN actor_inputs i USING (actor), json_each(i.body, '$.dependsOn') d
  WHERE a.kind IN ('task', 'workflow', 'approval')
  UNION
  SELECT step.address, other.address FROM (
    SELECT a.address AS run, s.value ->> '$.name' AS step, o.value ->> '$.name' AS other
    FROM actor_records a JOIN actor_inputs i USING (actor),
      json_each(i.body, '$.plan.steps') s, json_each(s.value, '$.after') n,
      json_each(i.body, '$.plan.steps') o
    WHERE a.kind = 'workflow' AND o.key = n.value
  ) edge
  JOIN (SELECT a.address, a.parent, ${spec('step')} AS step
    FROM actor_records a JOIN actor_inputs i USING (actor) WHERE a.parent <> '') step
    ON step.parent = edge.run AND step.step = edge.step
  JOIN (SELECT a.address, a.parent, ${spec('step')} AS step
    FROM actor_records a JOIN actor_inputs i USING (actor) WHERE a.parent <> '') other
    ON other.parent = edge.run AND other.step = edge.other
)`,
  ),
  timers: view(
    'timers',
    {
      actor: 'a.address',
      timer: 't.timer',
      due_at: 't.due',
      generation: 't.generation',
      arming: 't.arming',
      type: "t.body ->> '$.type'",
      body: 't.body',
    },
    'FROM timer_records t LEFT JOIN actor_records a USING (actor)',
  ),
  messages: view(
    'messages',
    {
      id: inEnvelope('id'),
      state: 'state',
      version: inEnvelope('version'),
      type: inEnvelope('type'),
      sender: inEnvelope('from'),
      recipient: inEnvelope('to'),
      payload: "envelope -> '$.payload'",
      sent_at: inEnvelope('at'),
      priority: inEnvelope('priority'),
      correlation_id: inEnvelope('correlationId'),
      causation_id: inEnvelope('causationId'),
      conversation_id: inEnvelope('conversationId'),
      response_to: inEnvelope('responseTo'),
      expires_at: inEnvelope('expiresAt'),
      metadata: "envelope -> '$.metadata'",
      applied_at: 'applied_at',
      dead_at: 'dead_at',
      reason: 'reason',
    },
    `FROM (
  SELECT 'applied' AS state, body -> '$.envelope' AS envelope,
    at AS applied_at, NULL AS dead_at, NULL AS reason
  FROM history WHERE type = 'message'
  UNION ALL
  SELECT 'pending', body -> '$.envelope', NULL, NULL, NULL
  FROM mail_records WHERE body ->> '$.type' = 'message'
  UNION ALL
  SELECT 'dead', body -> '$.envelope', NULL, at, reason
  FROM letter_records WHERE body ->> '$.type' = 'message'
)`,
  ),
  dead_letters: view(
    'dead_letters',
    {
      letter: 'l.letter',
      at: 'l.at',
      recipient: 'l.recipient',
      type: 'l.type',
      message_type: "l.body ->> '$.envelope.type'",
      reason: 'l.reason',
      detail: "nullif(l.detail, '')",
      fate: "s.body ->> '$.fate'",
      settled_at: 's.at',
      body: 'l.body',
    },
    `FROM letter_records l LEFT JOIN step_records s
ON s.step = '~letter/' || l.letter
AND s.actor = (SELECT actor FROM actor_records WHERE address = 'system')`,
  ),
  incidents: view(
    'incidents',
    {
      incident: 'a.address',
      status: 'a.status',
      code: spec('code'),
      about: spec('about'),
      message: spec('message'),
      times: known('count'),
      opened_at: spec('openedAt'),
      last_at: known('lastAt'),
      last_message: `coalesce(${known('lastMessage')}, ${spec('message')})`,
      closed_at: known('closedAt'),
      closed_by: known('closedBy'),
    },
    "FROM actor_records a JOIN actor_inputs i USING (actor)\nWHERE a.kind = 'incident'",
  ),
} as const satisfies Readonly<Record<ViewName, View>>;

/** Makes the views that are missing, and again those that differ. */
export function renewViews(db: DatabaseSync): void {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all();
  const found = new Map(rows.map((row) => [row.name, row.sql]));
  for (const [name, { sql }] of Object.entries(views)) {
    if (found.get(name) !== sql) db.exec(`DROP VIEW IF EXISTS ${name}; ${sql}`);
  }
}
