/**
 * Assignment: which bot takes a task that is not pinned to one.
 *
 * The least loaded of those that fit; among equals the one that prefers the capability most, then
 * the first by id, so that the same team gives the same answer every time.
 */
import type { BotContext } from '../../machines/index.ts';
import type { Host } from '../engine/index.ts';
import {
  type Bot,
  botAddress,
  type Candidate,
  type Capability,
  type Route,
  type Task,
  troupeError,
} from '../protocol/index.ts';

/** The bots that could take a task, with their load. */
export function candidatesFor(task: Task, bots: readonly Bot[], host: Host): Candidate[] {
  return bots
    .filter((bot) => bot.work !== undefined && fits(task.route, bot))
    .map((bot) => ({
      id: bot.id,
      domain: bot.domain,
      capabilities: bot.capabilities,
      specialisations: bot.specialisations,
      load: loadOf(bot, host),
    }));
}

/** The id of the bot that takes the task. @throws TroupeError `NOBODY_CAPABLE`. */
export function chooseBot(task: Task, bots: readonly Bot[], host: Host): string {
  const { route } = task;
  if (route.by === 'bot') return route.bot.id;
  const candidates = candidatesFor(task, bots, host);
  const chosen =
    route.by === 'choose'
      ? candidates.find(({ id }) => id === route.choose(candidates))
      : candidates.toSorted((a, b) => byFitness(route, a, b)).at(0);
  if (chosen !== undefined) return chosen.id;
  const ids = bots.map(({ id }) => id);
  throw troupeError('NOBODY_CAPABLE', { task: task.id, wanted: wantedText(route), bots: ids });
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
  }
}

/** `name` takes any version; `name@1.2.0` that one or a later one of the same major version. */
function offers({ name, version }: Capability, wanted: string): boolean {
  const [wantedName, wantedVersion] = wanted.split('@');
  if (name !== wantedName) return false;
  return wantedVersion === undefined || isCompatible(version, wantedVersion);
}

function isCompatible(offered: string, wanted: string): boolean {
  const [major = 0, minor = 0, patch = 0] = offered
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = wanted
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  if (major !== wantedMajor) return false;
  return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
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

function loadOf(bot: Bot, host: Host): number {
  const cell = host.find(botAddress(bot.id));
  if (cell === undefined) return 0;
  const { slots, messages }: BotContext = cell.snapshot.context;
  return slots.length + messages.length + cell.mailbox.size;
}

function wantedText(route: Route): string {
  if (route.by === 'capability') return `capability ${route.capability}`;
  if (route.by === 'domain') return `domain ${route.domain}`;
  return 'a bot that its choose function names';
}
