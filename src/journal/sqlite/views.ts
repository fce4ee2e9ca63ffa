/**
 * The views that people and plain SQL read: always current, for they hold no data of their own.
 *
 * Names and columns are a promise to whoever queries a journal; times are milliseconds since
 * 1970, actors are named by their address, JSON stands as text. The owner renews a view in a file
 * that differs from the one here.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ViewName } from '../file-reader.ts';
import { runViews } from './run-views.ts';
import { actorsWithInput, known, spec, type View, view } from './view.ts';

export { nowMs } from './view.ts';

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
    actorsWithInput,
  ),
  ...runViews,
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
      expects: inEnvelope('expects'),
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
  steps: view(
    'steps',
    { actor: 'a.address', step: 's.step', at: 's.at', value: "nullif(s.body, '')" },
    'FROM step_records s JOIN actor_records a USING (actor)',
  ),
  events: view(
    'events',
    {
      event: 'h.seq',
      actor: 'a.address',
      previous: 'nullif(h.previous, 0)',
      at: 'h.at',
      type: 'h.type',
      status: "nullif(h.status, '')",
      body: 'h.body',
    },
    'FROM history h LEFT JOIN actor_records a USING (actor)',
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
    `${actorsWithInput}\nWHERE a.kind = 'incident'`,
  ),
} as const satisfies Readonly<Record<ViewName, View>>;

/** Makes the views that are missing, and again those that differ. */
export function renewViews(db: DatabaseSync): void {
  for (const [name, { sql }] of outdated(db)) db.exec(`DROP VIEW IF EXISTS ${name}; ${sql}`);
}

/** The same for one connection alone, which may not write: its file stays as it is. */
export function lendViews(db: DatabaseSync): void {
  for (const [, { sql }] of outdated(db)) db.exec(sql.replace('CREATE VIEW', 'CREATE TEMP VIEW'));
}

function outdated(db: DatabaseSync): (readonly [name: string, view: View])[] {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all();
  const found = new Map(rows.map((row) => [row.name, row.sql]));
  return Object.entries(views).filter(([name, { sql }]) => found.get(name) !== sql);
}
