/** Endless work: what never ends by itself, unless somebody does something or time runs out. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import {
  type Definition,
  isApproval,
  isBot,
  isExternal,
  isMachineDefinition,
  isTask,
  type StepDefinition,
} from '../../protocol/index.ts';
import { definitionsOf, type Taker, type Team } from './team.ts';

/** Work that may never end. */
export interface Endless {
  readonly kind: 'approval' | 'external' | 'machine';
  /** What is waited for, in words. */
  readonly why: string;
  /** What helps beside a time-out around it. */
  readonly remedy: string | undefined;
}

/** Whether a machine has an end at all: a final state at its top, in each of its regions. */
export const canFinish = (machine: AnyStateMachine): boolean => hasEnd(machine.root);

function hasEnd(node: AnyStateNode): boolean {
  const children = Object.values(node.states);
  if (node.type === 'parallel') return children.every((region) => hasEnd(region));
  return children.some(({ type }) => type === 'final');
}

/** What a step may come to run that ends only when somebody acts. */
export const endlessOf = (step: StepDefinition, team: Team): readonly Endless[] =>
  definitionsOf(step, team).flatMap((work) => endless(work, team) ?? []);

function endless(work: Definition, team: Team): Endless | undefined {
  const { id } = work;
  if (isApproval(work)) {
    if (work.expiresInMs !== undefined) return undefined;
    const why = `nobody need ever answer ${id}, which has no \`expiresIn\``;
    return { kind: 'approval', why, remedy: 'Give the approval `expiresIn`' };
  }
  if (isMachineDefinition(work)) {
    if (canFinish(work.machine)) return undefined;
    const why = `the machine ${id} has no final state, so its runs never complete`;
    return { kind: 'machine', why, remedy: 'Give the machine a final state' };
  }
  const bot = handIn(work, team);
  if (bot === undefined) return undefined;
  const why = `nobody need ever begin what the external bot ${bot.id} is given`;
  return { kind: 'external', why, remedy: undefined };
}

/** The external bot that may come to do it by hand. */
function handIn(work: Definition, team: Team): Taker | undefined {
  if (isBot(work)) return isExternal(work) ? work : undefined;
  return isTask(work) ? team.takers(work).find((bot) => isExternal(bot)) : undefined;
}
