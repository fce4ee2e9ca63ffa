/**
 * Why nothing goes on: each open run, question and request that waits for nothing but what never
 * comes, and the remedy. A run that waits for those below it is not told: they are.
 */
import { approvalReport } from '../../approvals/index.ts';
import type { ActorRecord, TimerRecord } from '../../journal/index.ts';
import type { CallRecord, RequestRecord, Sight } from '../simulation/sight.ts';
import type { OpenAsking } from './activations.ts';
import { eventsAwaited } from './awaited.ts';
import { ordinal } from './words.ts';

/** How many reasons are told; the first ones are of the runs that began first. */
const REASONS_MAX = 12;

/** What a run's snapshot tells, whatever machine decides it. */
interface Told {
  readonly value: unknown;
  readonly context: {
    readonly assignedTo?: string;
    readonly waitingFor?: readonly string[];
    readonly isPaused?: boolean;
    readonly isPausedAbove?: boolean;
    readonly slots?: unknown;
  };
}

/** What it was started with. */
interface Given {
  readonly dependsOn?: readonly string[];
  readonly byHand?: unknown;
  readonly bot?: string | null;
}

/** One open run, and what is beside it. */
interface OpenRun {
  readonly record: ActorRecord;
  readonly id: string;
  readonly given: Given;
  readonly told: Told;
  readonly sight: Sight;
  readonly isAbove: boolean;
  readonly timers: readonly TimerRecord[];
  readonly asked: readonly OpenAsking[];
}

/**
 * Says why a team that rests has not ended everything; empty: it has.
 * @param asked what work has asked for and got no answer to: `Repeatable.open`.
 */
export function whyStuck(sight: Sight, asked: readonly OpenAsking[] = []): string[] {
  const open = sight.journal.actors({ done: false }).filter(isRun);
  const parents = new Set(open.map(({ parent }) => parent));
  const timers = sight.journal.timers();
  const runs = open.map((record): OpenRun => {
    const id = idOf(record.address);
    return {
      record,
      id,
      given: JSON.parse(record.input),
      told: JSON.parse(record.snapshot),
      sight,
      isAbove: parents.has(record.address),
      timers: timers.filter(({ actor, body }) => actor === record.actor && !isReminder(body)),
      asked: asked.filter(({ runId }) => idOf(runId) === id),
    };
  });
  const reasons = [
    ...runs.flatMap((run) => reasonOf(run) ?? []),
    ...sight.calls.filter(isOpenHandler).map(handlerText),
    ...sight.requests.filter(({ end }) => end === 'open').map(requestText),
  ];
  if (reasons.length <= REASONS_MAX) return reasons;
  return [...reasons.slice(0, REASONS_MAX), `and ${reasons.length - REASONS_MAX} more`];
}

const isRun = ({ address }: ActorRecord): boolean => address.startsWith('run/');

const isReminder = (body: string): boolean => /"type":"(approval\.remind|run\.overdue)"/.test(body);

const idOf = (address: string): string => decodeURIComponent(address.replace(/^run\//, ''));

/** Why a run does not end; undefined: because of runs below it, or above it. */
function reasonOf(run: OpenRun): string | undefined {
  const { id, record, told } = run;
  if (record.parked !== '') return `${id} is parked (${record.parked}): ${parkedRemedy}`;
  if (told.context.isPaused === true) return `${id} is paused: resume it`;
  if (told.context.isPausedAbove === true) return undefined;
  const waits = waitOf(run);
  return waits === undefined ? undefined : `${id} waits for ${waits}`;
}

const parkedRemedy =
  'register its definition as it was, then let it go on with `troupe.parked.retry`';

function waitOf(run: OpenRun): string | undefined {
  const { record, told, given, isAbove, timers } = run;
  if (isIn(told, 'BLOCKED', 'byDependency')) {
    const others = told.context.waitingFor ?? given.dependsOn ?? [];
    return `${others.map(idOf).join(', ')} to complete`;
  }
  if (record.kind === 'approval') return personText(record);
  if (isAbove) return undefined;
  if (record.kind === 'task') return taskWait(run);
  const [call] = callsOf(run);
  if (call !== undefined) return callText(call, remedyOf(record, call));
  if (record.kind === 'machine') return eventText(run);
  return timers.length > 0 ? timeText(timers) : undefined;
}

function personText(record: ActorRecord): string {
  const { definition, status, expiresAt } = approvalReport(record);
  const who = `a person's answer to ${definition}`;
  if (status === 'PENDING') return `its turn to ask ${definition}`;
  if (expiresAt !== undefined) return `${who}, until ${whenText(expiresAt)}`;
  return `${who}, which never expires: give it \`expiresIn\`, or say in \`people\` who answers`;
}

function taskWait(run: OpenRun): string | undefined {
  const { told, given, timers, asked } = run;
  const bot = told.context.assignedTo ?? given.bot ?? 'a bot';
  if (isIn(told, 'PENDING', 'queued')) return slotText(run, bot);
  if (isIn(told, 'PENDING', 'unrouted')) {
    return `a bot that can do ${run.record.definition}: add one, or give one the capability`;
  }
  const byHand = given.byHand !== undefined;
  if (byHand && told.value === 'ASSIGNED')
    return `${bot}, who works by hand and has not begun: begin it, or stub ${bot}`;
  if (byHand) return `${bot}, who has begun by hand and reported no end: end it, or stub ${bot}`;
  const [step, ...steps] = callsOf(run);
  if (step?.kind === 'work' && steps.length === 0 && asked.length > 0) return askedText(asked);
  const inner = steps.find(({ kind }) => kind === 'step') ?? step;
  if (inner !== undefined) return callText(inner, remedyOf(run.record, inner));
  return timers.length > 0 ? timeText(timers) : undefined;
}

function slotText({ sight }: OpenRun, bot: string): string {
  const record = sight.journal.byAddress(`bot/${encodeURIComponent(bot)}`);
  const { context = {} }: Partial<Told> = record === undefined ? {} : JSON.parse(record.snapshot);
  const slots: readonly unknown[] = Array.isArray(context.slots) ? context.slots : [];
  const holders = slots.map((slot) => idOf(String(slot).replace(/#\d+$/, '')));
  const by = holders.length === 0 ? 'messages' : holders.join(', ');
  return `a slot of ${bot}, held by ${by}: let that end, or raise its \`concurrency\``;
}

/** Calls of a run that have given no answer, those of its steps included. */
function callsOf({ id, sight }: OpenRun): readonly CallRecord[] {
  return sight.calls.filter(({ key, end, life, kind }) => {
    if (life !== sight.life || (end !== 'open' && end !== 'lost') || kind === 'handler')
      return false;
    const of = idOf(key);
    return of === id || of.startsWith(`${id}/`);
  });
}

function callText({ of, nth, end, kind }: CallRecord, remedy: string): string {
  const name = `the ${ordinal(nth)} answer of ${of}`;
  if (end === 'lost') return `${name}, which never comes: ${remedy}`;
  const why = kind === 'work' ? ', and none of its steps or messages is open' : '';
  return `${name}, which does not end${why}: ${remedy}`;
}

const timeLimit = 'give it a `timeout`';

/** Who bounds a call: of work its run, which for a routed task is not that of the bot. */
function remedyOf({ definition }: ActorRecord, { kind, of }: CallRecord): string {
  if (kind === 'promise') return 'leave its state `after` some time';
  if (kind !== 'work' || definition === of) return timeLimit;
  return `give the task ${definition} a \`timeout\`, for that of ${of} does not hold there`;
}

const askedText = (asked: readonly OpenAsking[]): string =>
  `what it asked for: ${asked.map(({ what }) => what).join(', ')}`;

function eventText({ record, told, sight }: OpenRun): string {
  const events = eventsAwaited(record.definition, told.value, sight.definitions);
  const state = typeof told.value === 'string' ? told.value : JSON.stringify(told.value);
  const which = events.length === 0 ? 'an event' : events.join(' or ');
  return `${which} in its state ${state}: send it, or leave the state \`after\` some time`;
}

const isOpenHandler = ({ kind, end }: CallRecord): boolean => kind === 'handler' && end !== 'done';

const handlerText = (call: CallRecord): string => `somebody waits for ${callText(call, timeLimit)}`;

const requestText = ({ call, of, nth }: RequestRecord): string =>
  `the scenario waits for the answer to its ${ordinal(nth)} request, ${call} ${idOf(of)}`;

const timeText = (timers: readonly TimerRecord[]): string =>
  whenText(Math.min(...timers.map(({ due }) => due)));

const whenText = (at: number): string => new Date(at).toISOString();

/** Whether a state's value is this one below that one. */
function isIn({ value }: Told, above: string, below: string): boolean {
  return Reflect.get(Object(value), above) === below;
}
