/**
 * Assignment: which bot takes a task that is not pinned to one.
 *
 * The least loaded of those that fit; among equals the one that prefers the capability most, then
 * the first by id, so that the same team gives the same answer every time.
 */
import type { BotContext } from '../../machines/index.ts';
import { isCompatible } from '../bots/index.ts';
import type { Host } from '../engine/index.ts';
import {
  assertNever,
  type Bot,
  type ByHand,
  botAddress,
  type Candidate,
  type Capability,
  isExternal,
  type Route,
  type Task,
  type TroupeError,
  troupeError,
} from '../protocol/index.ts';
import { drivenBy } from './recipes.ts';

/** Who could take tasks, and how busy they are. */
export interface Team {
  readonly bots: readonly Bot[];
  readonly host: Host;
  /** The bots of tasks on their way to them. */
  readonly onTheWay: readonly string[];
  /** Those that declined it: they are asked again when nobody else is there. */
  readonly declinedBy?: readonly string[] | undefined;
}

/** The bots that could take a task, with their load. */
export function candidatesFor(task: Task, team: Team): Candidate[] {
  return team.bots
    .filter((bot) => canTake(task, bot))
    .map((bot) => ({
      id: bot.id,
      domain: bot.domain,
      capabilities: bot.capabilities,
      specialisations: bot.specialisations,
      load: loadOf(bot, team),
    }));
}

/** Whether a bot can take a task: it has work or is external, and offers what is wanted. */
export const canTake = ({ route }: Task, bot: Bot): boolean =>
  (bot.work !== undefined || isExternal(bot)) && fits(route, bot);

/** What a routed task wants, in words. */
export function wantedText(route: Route): string {
  if (route.by === 'capability') return `capability ${route.capability}`;
  if (route.by === 'domain') return `domain ${route.domain}`;
  return 'a bot that its choose function names';
}

/** Who takes a task; or why nobody does, and whether a bot that comes may yet take it. */
export type Assignment =
  | { readonly bot: string; readonly byHand?: ByHand }
  | { readonly refusal: TroupeError; readonly canWait: boolean };

/** The id of the bot that takes the task. @throws TroupeError `NOBODY_CAPABLE`. */
export function chooseBot(task: Task, team: Team): string {
  const assignment = assign(task, team);
  if ('refusal' in assignment) throw assignment.refusal;
  return assignment.bot;
}

/** Assigns a task to a bot, if one can take it. */
export function assign(task: Task, team: Team): Assignment {
  const { route } = task;
  if (route.by === 'bot') return { bot: route.bot.id };
  const candidates = willing(candidatesFor(task, team), team);
  const chosen = route.by === 'choose' ? ownChoice(route, candidates) : fittest(route, candidates);
  const found = candidates.find(({ id }) => id === chosen.id);
  const bot = team.bots.find(({ id }) => id === found?.id);
  if (bot !== undefined) return { bot: bot.id, ...drivenBy(bot, task) };
  const bots = team.bots.map(({ id }) => id);
  const data = { task: task.id, wanted: wantedText(route), bots };
  const refusal = troupeError('NOBODY_CAPABLE', data, chosen.error);
  return { refusal, canWait: candidates.length === 0 };
}

function willing(candidates: readonly Candidate[], { declinedBy = [] }: Team) {
  const others = candidates.filter(({ id }) => !declinedBy.includes(id));
  return others.length === 0 ? candidates : others;
}

interface Choice {
  readonly id?: unknown;
  readonly error?: unknown;
}

/** An app's choice: any value may come, or a throw; it is not asked when there is nobody. */
function ownChoice(route: Route & { by: 'choose' }, candidates: readonly Candidate[]): Choice {
  if (candidates.length === 0) return {};
  try {
    const id: unknown = route.choose([...candidates]);
    // A promise is no id; its rejection is nobody's.
    if (id instanceof Promise) id.catch(() => undefined);
    return { id };
  } catch (error) {
    return { error };
  }
}

function fittest(route: Route, candidates: readonly Candidate[]): Choice {
  return { id: candidates.toSorted((a, b) => byFitness(route, a, b)).at(0)?.id };
}

function fits(route: Route, bot: Bot): boolean {
  switch (route.by) {
    case 'bot':
      return route.bot.id === bot.id;
    case 'capability':
      return bot.capabilities.some((capability) => offers(capability, route.capability));
    case 'domain':
      return bot.domain === route.domain;
    case 'choose':
      return true;
    default:
      return assertNever(route, 'a task is routed in a known way');
  }
}

/** `name` takes any version; `name@1.2.0` that one or a later one of the same major version. */
function offers({ name, version }: Capability, wanted: string): boolean {
  const [wantedName, wantedVersion] = wanted.split('@');
  if (name !== wantedName) return false;
  return wantedVersion === undefined || isCompatible(version, wantedVersion);
}

function byFitness(route: Route, a: Candidate, b: Candidate): number {
  const preference = preferenceOf(route, b) - preferenceOf(route, a);
  return a.load - b.load || preference || (a.id < b.id ? -1 : 1);
}

function preferenceOf(route: Route, { capabilities }: Candidate): number {
  if (route.by !== 'capability') return 0;
  const fitting = capabilities.filter((capability) => offers(capability, route.capability));
  return Math.max(...fitting.map(({ priority }) => priority));
}

function loadOf(bot: Bot, { host, onTheWay }: Team): number {
  const coming = onTheWay.filter((id) => id === bot.id).length;
  const cell = host.find(botAddress(bot.id));
  if (cell === undefined) return coming;
  const { slots, messages }: BotContext = cell.snapshot.context;
  return coming + slots.length + messages.length + cell.mailbox.size;
}
