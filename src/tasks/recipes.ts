/** How the runs of bots and tasks, and of functions without a bot, are made. */
import type { Bot, ByHand, RunSpec, Task, TaskSpec } from '../protocol/index.ts';

/** The spec of a bot's run: pinned to it. */
export const botRunSpec = (bot: Bot, base: RunSpec): TaskSpec => ({
  ...base,
  domain: bot.domain ?? null,
  route: 'pinned',
  bot: bot.id,
  ...drivenBy(bot),
});

/** The spec of a task's run: pinned when it names a bot, else routed when it starts. */
export const taskRunSpec = (task: Task, base: RunSpec): TaskSpec => ({
  ...base,
  domain: task.route.by === 'domain' ? task.route.domain : null,
  requirements: [...task.requirements, ...base.requirements],
  constraints: [...task.constraints, ...base.constraints],
  route: task.route.by === 'bot' ? 'pinned' : 'routed',
  bot: task.route.by === 'bot' ? task.route.bot.id : null,
  ...(task.route.by === 'bot' ? drivenBy(task.route.bot, task) : {}),
});

/** How the runs of a bot are driven: by hand, when it has no work of its own. */
export function drivenBy(
  bot: Pick<Bot, 'work' | 'heartbeatMs'>,
  task?: Task,
): { readonly byHand?: ByHand } {
  if (bot.work !== undefined) return {};
  const heartbeatMs = task?.heartbeatMs ?? bot.heartbeatMs;
  return { byHand: heartbeatMs === undefined ? {} : { heartbeatMs } };
}

/** The spec of a function step's run: it needs no bot. */
export const functionRunSpec = (base: RunSpec): TaskSpec => ({
  ...base,
  type: 'function',
  route: 'none',
  bot: null,
});
