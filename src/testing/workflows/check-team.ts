/**
 * The check of all that is no machine: workflows with everything that they use, bots and tasks.
 * They are looked at together: who can do what, and what waits how long, is a matter of the team.
 */
import {
  type Bot,
  type Definition,
  isBot,
  isExternal,
  isTask,
  isWorkflow,
  type StepEnd,
  type Workflow,
} from '../../protocol/index.ts';
import type { Bounds, Looked } from '../check.ts';
import type { Coverage, CoveredPlace, Finding } from '../findings/index.ts';
import { lackOf, stepsNobodyCanDo } from './doers.ts';
import { type EndLetter, explore } from './explore.ts';
import { type EndedLetter, possibleEnds } from './possible.ts';
import type { Team } from './team.ts';
import { terrainOf } from './terrain.ts';
import { undoFindings } from './undoing.ts';
import { type Known, unreachableSteps } from './unreachable.ts';
import { partsOf, waitingForever } from './waiting.ts';

/** What the check of a team says. */
export interface TeamResult {
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly isExhausted: boolean;
  /** How far it looked at each workflow, by id. */
  readonly looked: ReadonlyMap<string, Looked>;
}

/**
 * Checks definitions that are no machines, and the workflows that they use.
 * @param boundsOf bounds by the id of a workflow.
 */
export function checkTeam(
  definitions: readonly Definition[],
  team: Team,
  boundsOf: (id: string) => Bounds,
): TeamResult {
  const parts = new Set(definitions.filter(isWorkflow).flatMap((one) => [...partsOf(one, team)]));
  const workflows = new Set([...definitions, ...parts].filter(isWorkflow));
  const known = new Map([...workflows].map((one) => [one, knownOf(one, team, boundsOf(one.id))]));
  const all = [...known.values()];
  const wayTo = (workflow: Workflow, step: number) =>
    known.get(workflow)?.explored.started(step)?.();
  return {
    findings: [
      ...definitions.flatMap((one) => singleFindings(one, team, parts)),
      ...all.flatMap(({ workflow }) => stepsNobodyCanDo(workflow, team)),
      ...all.flatMap(unreachableSteps),
      ...waitingForever(definitions, team, wayTo),
      ...all.flatMap((one) => undoFindings(one, team)),
    ],
    coverage: all.flatMap(coverageOf),
    isExhausted: all.every(({ explored }) => explored.isExhausted),
    looked: new Map(
      all.map(({ workflow: { id }, explored: { isExhausted } }) => [
        id,
        { ...boundsOf(id), isExhausted },
      ]),
    ),
  };
}

function knownOf(workflow: Workflow, team: Team, bounds: Bounds): Known {
  const terrain = terrainOf(workflow, team);
  return {
    workflow,
    terrain,
    explored: explore(terrain, bounds),
    possible: possibleEnds(terrain),
  };
}

/** What is wrong with a bot or a task by itself. */
function singleFindings(
  definition: Definition,
  team: Team,
  parts: ReadonlySet<Definition>,
): readonly Finding[] {
  const { id, kind } = definition;
  const facts = { definition: id, place: `${kind} ${id}`, witness: [] };
  if (isTask(definition)) {
    const lack = lackOf(definition, team);
    return lack === undefined
      ? []
      : [{ ...facts, code: 'step-nobody-can-do', message: `${lack}.` }];
  }
  if (!isBot(definition) || parts.has(definition) || !isForgotten(definition)) return [];
  const message =
    'it is external and has neither `heartbeat` nor `timeout`: a run that was begun and is not ' +
    'gone on with waits for ever. Give it one of them.';
  return [{ ...facts, code: 'failure-never-ends', message }];
}

const isForgotten = (bot: Bot): boolean =>
  isExternal(bot) && bot.heartbeatMs === undefined && bot.timeoutMs === undefined;

const ends: readonly (readonly [EndedLetter, StepEnd])[] = [
  ['C', 'COMPLETED'],
  ['F', 'FAILED'],
  ['X', 'CANCELLED'],
  ['K', 'SKIPPED'],
  ['O', 'OMITTED'],
];

/** Ends that steps came to; and those that they did not come to, though nothing rules them out. */
function coverageOf({ workflow, explored, possible, terrain }: Known): Coverage {
  return workflow.steps.flatMap((step, number) =>
    ends.flatMap(([letter, end]): CoveredPlace[] => {
      const hits = explored.reached(number, end)?.hits ?? 0;
      const isDue = isOwn(terrain.ends[number], letter)
        ? !explored.isExhausted || letter === 'C'
        : !explored.isExhausted && possible[number]?.has(letter) === true;
      const place = `${step.name} ${end}`;
      return hits > 0 || isDue ? [{ definition: workflow.id, kind: 'step', place, hits }] : [];
    }),
  );
}

const isOwn = (own: readonly EndLetter[] = [], letter: EndedLetter): boolean =>
  own.some((one) => one === letter);
