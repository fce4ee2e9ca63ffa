/** The catalogue of machines: which one decides for which kind of actor. */
import { approvalMachine } from './approval.ts';
import { botMachine } from './bot.ts';
import { handoffMachine } from './handoff.ts';
import { inboxMachine } from './inbox.ts';
import { incidentMachine } from './incident.ts';
import { supervisorMachine } from './supervisor.ts';
import { systemMachine } from './system.ts';
import { taskMachine } from './task.ts';
import { workflowMachine } from './workflow.ts';

/** All machines by the kind of actor that they decide for. */
export const machines = {
  system: systemMachine,
  bot: botMachine,
  inbox: inboxMachine,
  task: taskMachine,
  workflow: workflowMachine,
  handoff: handoffMachine,
  approval: approvalMachine,
  incident: incidentMachine,
  supervisor: supervisorMachine,
} as const;

/** The kinds of actors. */
export type Kind = keyof typeof machines;
