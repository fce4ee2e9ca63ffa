/**
 * Runs each machine to its end by `createActor` alone, outside of any test runner, and prints what
 * came of it; `builds.test.ts` runs this under both builds of XState.
 */
import { createActor } from 'xstate';
import { botMachine, systemMachine, taskMachine, workflowMachine } from '../../machines/index.ts';
import { botSpec, taskSpec, workflowSpec } from './fixtures.ts';

const task = createActor(taskMachine, { input: taskSpec() }).start();
task.send({ type: 'task.assigned', at: 1_000, bot: 'finder', slot: 'run/answer/a-1#1' });
task.send({ type: 'task.complete', at: 2_000, attempt: 1, result: 42 });

const workflow = createActor(workflowMachine, { input: workflowSpec() }).start();
const outcome = { status: 'COMPLETED', result: 1 } as const;
workflow.send({ type: 'child.settled', at: 2_000, step: 'only', outcome });
workflow.send({ type: 'workflow.finished', at: 3_000, result: 'report' });

const bot = createActor(botMachine, { input: botSpec({ concurrency: 1 }) }).start();
bot.send({ type: 'slot.request', at: 1, slot: 'run/answer/a-1#1' });

const system = createActor(systemMachine, { input: { workspace: 'main', startedAt: 0 } }).start();
system.send({ type: 'system.recovered', at: 1, live: 0, parked: 0 });
system.send({ type: 'system.drain', at: 2 });
system.send({ type: 'system.drained', at: 3 });

console.log(
  JSON.stringify({
    build: import.meta.resolve('xstate').includes('development') ? 'development' : 'production',
    task: task.getSnapshot().output,
    workflow: workflow.getSnapshot().output,
    bot: bot.getSnapshot().value,
    system: system.getSnapshot().status,
  }),
);
