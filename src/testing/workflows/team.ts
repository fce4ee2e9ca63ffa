/**
 * The team of a check: who is there, found as the runtime finds it: what was given, and all that
 * this uses.
 */
import type { AnyStateMachine } from 'xstate';
import { escalation } from '../../approvals/index.ts';
import { collectDefinitions } from '../../bots/index.ts';
import {
  type Bot,
  type Definition,
  isBot,
  isDefinition,
  type StepDefinition,
  type StepFunction,
  type Task,
} from '../../protocol/index.ts';
import { canTake } from '../../tasks/index.ts';

/** A bot that may take tasks, whatever parts it gives. */
export type Taker = Bot<unknown, unknown, unknown>;

/** Who is there. */
export interface Team {
  /** The definition that an id names; undefined: nothing is registered under it. */
  readonly named: (id: string) => Definition | undefined;
  /** The bots that can take a task. */
  readonly takers: (task: Task) => readonly Taker[];
  readonly ids: readonly string[];
}

/** What a step runs, and as what: `its work`, `its fallback`, `its work find`. */
export interface StepWork {
  readonly as: string;
  /** A text: the id of something that nobody registered. */
  readonly work: Definition | StepFunction | string;
}

/**
 * The team of these definitions.
 * @throws TroupeError `DUPLICATE_DEFINITION`, `BAD_OPTION`, `BAD_ID`.
 */
export function teamOf(definitions: readonly (Definition | AnyStateMachine)[]): Team {
  const found = collectDefinitions(definitions, [escalation]);
  const ids = found.ids();
  const bots = ids.flatMap((id) => botIn(found.latest(id)));
  return {
    named: (id) => found.latest(id),
    takers: (task) =>
      task.route.by === 'bot' ? [task.route.bot] : bots.filter((bot) => canTake(task, bot)),
    ids,
  };
}

const botIn = (found: Definition | undefined): readonly Bot[] =>
  found !== undefined && isBot(found) ? [found] : [];

/** All that a step may come to run, names looked up. */
export function worksOf({ work, fallback = [], each }: StepDefinition, team: Team): StepWork[] {
  const own =
    each?.works === undefined
      ? [{ as: 'its work', work }]
      : Object.entries(each.works).map(([name, one]) => ({ as: `its work ${name}`, work: one }));
  const all = [...own, ...fallback.map((one) => ({ as: 'its fallback', work: one }))];
  return all.map(({ as, work: one }) => ({
    as,
    work: typeof one === 'string' ? (team.named(one) ?? one) : one,
  }));
}

/** The definitions among all that a step may come to run. */
export const definitionsOf = (step: StepDefinition, team: Team): readonly Definition[] =>
  worksOf(step, team).flatMap(({ work }) => (isDefinition(work) ? [work] : []));
