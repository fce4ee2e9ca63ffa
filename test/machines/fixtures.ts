/** Specs with defaults, so that every field a test sets is about that test. */
import {
  type ApprovalSpec,
  type BotSpec,
  type Failure,
  limits,
  type Plan,
  type RunSpec,
  type TaskSpec,
  type WorkflowSpec,
} from '../../src/protocol/index.ts';

const runSpec: RunSpec = {
  run: 'run/answer/a-1',
  definition: 'answer',
  version: '1',
  parent: null,
  step: null,
  type: null,
  title: null,
  description: null,
  domain: null,
  createdBy: 'client/1',
  createdAt: 1_000,
  priority: 5,
  requirements: [],
  constraints: [],
  dueAt: null,
  dependsOn: [],
  onDependencyFailure: 'fail',
  retry: { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 },
  timeoutMs: null,
};

/** A task pinned to the bot `finder`. */
export const taskSpec = (own: Partial<TaskSpec> = {}): TaskSpec => ({
  ...runSpec,
  route: 'pinned',
  bot: own.route === undefined || own.route === 'pinned' ? 'finder' : null,
  ...own,
});

/** A plan of steps by name, each with the names it waits for. */
export function planOf(steps: Readonly<Record<string, readonly string[]>>): Plan {
  const names = Object.keys(steps);
  return {
    steps: Object.entries(steps).map(([name, after]) => ({
      name,
      after: after.map((other) => names.indexOf(other)),
    })),
  };
}

/** A workflow of one step, `only`. */
export const workflowSpec = (own: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  ...runSpec,
  plan: planOf({ only: [] }),
  concurrency: limits.concurrency,
  inline: null,
  ...own,
});

/** A question to a person that waits for ever. */
export const approvalSpec = (own: Partial<ApprovalSpec> = {}): ApprovalSpec => ({
  ...runSpec,
  payload: '{"text":"ready?"}',
  digest: 'd1',
  ...own,
});

/** A bot of two slots. */
export const botSpec = (own: Partial<BotSpec> = {}): BotSpec => ({
  id: 'finder',
  name: 'Finder',
  domain: null,
  capabilities: [],
  concurrency: 2,
  ...own,
});

/** A failure that another attempt may get over. */
export const failure = (own: Partial<Failure> = {}): Failure => ({
  code: 'WORK_FAILED',
  message: 'it broke',
  retryable: true,
  ...own,
});
