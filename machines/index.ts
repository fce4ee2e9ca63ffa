/** Every machine, each plain XState, and the catalogue of them. */
import { botMachine } from './bot.ts';
import { systemMachine } from './system.ts';
import { taskMachine } from './task.ts';
import { workflowMachine } from './workflow.ts';

export { type BotContext, botMachine } from './bot.ts';
export { type SystemContext, systemMachine } from './system.ts';
export { taskMachine } from './task.ts';
export type { TaskContext } from './task-setup.ts';
export { workflowMachine } from './workflow.ts';
export type { WorkflowContext } from './workflow-steps.ts';

/** All machines by the kind of actor that they decide for. */
export const machines = {
  system: systemMachine,
  bot: botMachine,
  task: taskMachine,
  workflow: workflowMachine,
} as const;

/** The kinds of actors. */
export type Kind = keyof typeof machines;
