/** The views of runs: tasks, workflows, approvals, what they wait for, and handoffs. */
import { actorsWithInput, known, knownJson, nowMs, spec, specJson, view } from './view.ts';

const ended = `coalesce(${known('completedAt')}, ${nowMs})`;

/** What every run is made of. */
const made = {
  definition: 'a.definition',
  version: 'a.version',
  status: 'a.status',
  parked: "nullif(a.parked, '')",
  type: spec('type'),
  title: spec('title'),
  description: spec('description'),
};

/** When every run began and ended, and whether that was in time. */
const times = {
  created_at: 'a.created_at',
  started_at: known('startedAt'),
  completed_at: known('completedAt'),
  elapsed_ms: `${ended} - a.created_at`,
  overdue: `coalesce(${spec('dueAt')} < ${ended}, 0)`,
};

/** The views. */
export const runViews = {
  tasks: view(
    'tasks',
    {
      task: 'a.address',
      ...made,
      input: specJson('input'),
      domain: spec('domain'),
      assigned_to: known('assignedTo'),
      created_by: spec('createdBy'),
      priority: spec('priority'),
      requirements: specJson('requirements'),
      constraints: specJson('constraints'),
      due_at: spec('dueAt'),
      parent: spec('parent'),
      step: spec('step'),
      dependencies: specJson('dependsOn'),
      result: knownJson('result'),
      confidence: known('confidence'),
      learnings: knownJson('learnings'),
      error: `coalesce(${knownJson('error')}, ${knownJson('lastError')})`,
      recovery: known('recovery'),
      reason: known('reason'),
      attempts: known('attempts'),
      progress: known('progress'),
      note: known('note'),
      cost: known('cost'),
      ...times,
      quality: known('quality'),
      not_before: spec('notBefore'),
      timeout_ms: spec('timeoutMs'),
    },
    `${actorsWithInput}\nWHERE a.kind IN ('task', 'approval')`,
  ),
  workflows: view(
    'workflows',
    {
      workflow: 'a.address',
      ...made,
      input: specJson('input'),
      created_by: spec('createdBy'),
      priority: spec('priority'),
      due_at: spec('dueAt'),
      parent: spec('parent'),
      step: spec('step'),
      dependencies: specJson('dependsOn'),
      result: knownJson('result'),
      error: `coalesce(${knownJson('error')}, ${knownJson('failure')})`,
      reason: known('reason'),
      steps: "json_array_length(i.body, '$.plan.steps')",
      budget: spec('budget'),
      cost: known('cost'),
      ...times,
    },
    `${actorsWithInput}\nWHERE a.kind = 'workflow'`,
  ),
  approvals: view(
    'approvals',
    {
      approval: 'a.address',
      ...made,
      payload: `nullif(${spec('payload')}, '')`,
      digest: spec('digest'),
      created_by: spec('createdBy'),
      priority: spec('priority'),
      parent: spec('parent'),
      step: spec('step'),
      due_at: spec('dueAt'),
      expires_in_ms: spec('expiresInMs'),
      remind_every_ms: spec('remindEveryMs'),
      reminders: `coalesce(${known('reminders')}, 0)`,
      approved: known('decision.approve'),
      decided_by: known('decision.by'),
      decided_at: known('decision.at'),
      comment: known('decision.comment'),
      result: knownJson('result'),
      error: knownJson('error'),
      reason: known('reason'),
      ...times,
    },
    `${actorsWithInput}\nWHERE a.kind = 'approval'`,
  ),
  handoffs: view(
    'handoffs',
    {
      handoff: 'a.address',
      task: spec('run'),
      status: 'a.status',
      from_bot: spec('from'),
      to_bot: spec('to'),
      reason: `coalesce(${spec('reason.own')}, ${spec('reason')})`,
      context: specJson('context'),
      state: specJson('state'),
      requested_at: spec('requestedAt'),
      expires_at: `${spec('requestedAt')} + ${spec('timeoutMs')}`,
      ended_at: known('endedAt'),
      decided_by: known('by'),
      note: known('note'),
    },
    `${actorsWithInput}\nWHERE a.kind = 'handoff'`,
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
};
