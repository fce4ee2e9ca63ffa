/**
 * Places: where faults can strike, as the calm runs of a team showed it. Faults make runs longer,
 * so places a bit beyond are drawn too; one that a run does not come to means nothing.
 */
import { collectDefinitions } from '../../../bots/index.ts';
import {
  type Definition,
  isApproval,
  isBot,
  isExternal,
  isWorkflow,
  type Schema,
} from '../../../protocol/index.ts';
import type { Played } from '../../simulation/played.ts';
import type { SimulatedTeam } from '../../simulation/team.ts';

/** What a team showed, and the times that mean something to it. */
export interface Places {
  readonly commits: number;
  /** Code that was called, and how often. */
  readonly calls: readonly { readonly of: string; readonly count: number }[];
  /** Ids of external bots. */
  readonly external: readonly string[];
  readonly requests: number;
  /** Runs that the scenario started. */
  readonly runs: number;
  readonly questions: number;
  /** What a yes brings along; undefined: nothing, or different approvals take different things. */
  readonly answer: Schema | undefined;
  /** Milliseconds on whose sides something may differ: time-outs, reminders, ends of patience. */
  readonly times: readonly number[];
}

const usualTimes = [1, 1_000, 60_000, 3_600_000];

/** The places of a team, from its calm runs: the most that any of them showed. */
export function placesOf(team: SimulatedTeam, calmRuns: readonly Played[]): Places {
  const definitions = collectDefinitions(team.definitions).all();
  const most = (count: (played: Played) => number): number => Math.max(0, ...calmRuns.map(count));
  return {
    commits: most(({ commits }) => commits),
    calls: callsOf(calmRuns),
    external: definitions.filter((one) => isBot(one) && isExternal(one)).map(({ id }) => id),
    requests: most(({ requests }) => requests.length),
    runs: most(({ requests }) => requests.filter(({ call }) => /^(run|start)$/.test(call)).length),
    questions: most(({ questions }) => questions),
    answer: answerOf(definitions),
    times: [...new Set([...usualTimes, ...definitions.flatMap(timesOf)])].toSorted((a, b) => a - b),
  };
}

/** The one schema of answers; with several nobody knows which question is asked when. */
function answerOf(definitions: readonly Definition[]): Schema | undefined {
  const taken = definitions.filter(isApproval).flatMap(({ answer }) => answer ?? []);
  return taken.length === 1 ? taken[0] : undefined;
}

function callsOf(calmRuns: readonly Played[]): Places['calls'] {
  const most = new Map<string, number>();
  for (const { of, nth } of calmRuns.flatMap(({ calls }) => calls)) {
    most.set(of, Math.max(nth, most.get(of) ?? 0));
  }
  return [...most].map(([of, count]) => ({ of, count }));
}

/** The times that a definition speaks of. */
function timesOf(definition: Definition): number[] {
  const times = [definition.timeoutMs];
  if (isApproval(definition)) times.push(definition.remindEveryMs, definition.expiresInMs);
  if (isBot(definition)) times.push(definition.heartbeatMs);
  if (isWorkflow(definition)) times.push(...definition.steps.map(({ timeoutMs }) => timeoutMs));
  return times.filter((ms) => ms !== undefined);
}
