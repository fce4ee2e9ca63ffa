/**
 * Staging handoffs: asking a bot to take a task, and moving it.
 *
 * A task is asked for and moved by commands on a run that has no mail left, so nothing comes
 * between the check and the move; both actors, the handoff and the task, are told in one commit.
 * Invariant: a command that is refused has staged nothing.
 */
import type { HandoffContext, TaskContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { isDone, type Stage, statusOf } from '../../engine/index.ts';
import {
  type Address,
  asAddress,
  type Bot,
  type HandoffRequest,
  type HandoffSpec,
  isExternal,
  limits,
  nameAfter,
  parse,
  runIdOf,
  type Schema,
  said,
  type Task,
  type TaskSpec,
  troupeError,
} from '../../protocol/index.ts';
import { drivenBy } from '../recipes.ts';
import type { Wanted } from './handoff-options.ts';
import { handoffIdOf } from './report.ts';

/** What handoffs ask about definitions. */
export interface HandoffPorts {
  /** The bot of an id, as it is registered now. */
  readonly bot: (id: string) => Bot | undefined;
  /** The task of an id and version. */
  readonly task: (id: string, version: string) => Task | undefined;
  /** All ids, for errors. */
  readonly ids: () => readonly string[];
}

/** What is recorded with a run that was taken over, for the work of its new bot. */
export type HandedOver = Pick<HandoffSpec, 'from' | 'reason' | 'context' | 'state'>;

/** The name under which a run records what its n-th handoff said. */
export const nameOfFacts = (handoffs: number): string => nameAfter(handoffs, '~handoff');

/**
 * What a run's input goes through on its way to a bot that took it over: the task's own schema,
 * then that bot's.
 */
export const inputsAt = (bot: Pick<Bot, 'input'>, task: Task | undefined): readonly Schema[] =>
  [task?.input, bot.input].flatMap((schema) => schema ?? []);

/**
 * Stages the request that a bot takes a task; one that decides by itself has decided.
 * @param step the name under which the task's work waits for the answer.
 * @throws TroupeError `ILLEGAL_MOVE`, `HANDOFF_OPEN`, `NOT_REGISTERED`, `BAD_OPTION`, `INVALID`,
 *   `SCHEMA_ASYNC`.
 */
export function stageHandoff(
  stage: Stage,
  cell: Cell,
  wanted: Wanted,
  step: string | null,
  ports: HandoffPorts,
): Address {
  const from = holderOf(stage, cell);
  const bot = takerOf(cell, wanted.to, ports);
  if (from === bot.id) throw refusal(cell, `at ${from} already`);
  const spec = specOf(stage, cell, { from, wanted, step });
  const answer = answerOf(bot, requestOf(spec, contextOf(cell).spec));
  stage.create({
    address: asAddress(spec.handoff),
    kind: 'handoff',
    definition: 'handoff',
    version: '1',
    structure: '',
    parent: '',
    spec,
  });
  const { handoff, run, to, reason } = spec;
  stage.send(asAddress(run), { type: 'handoff.requested', handoff, from, to, reason, step });
  if (answer === 'yes') stageMove(stage, cell, spec, { bot, by: to, ports });
  else if (answer !== 'asked') stageNo(stage, spec, { by: to, note: answer.note });
  return asAddress(handoff);
}

/** Checks that the bot of an open handoff can take its task. @throws as `stageHandoff`. */
export function takerOf(cell: Cell, to: string, { bot, task, ids }: HandoffPorts): Bot {
  const found = bot(to);
  if (found === undefined) throw troupeError('NOT_REGISTERED', { definition: to, known: ids() });
  if (found.work === undefined && !isExternal(found)) {
    const problem = 'only handles messages and cannot be run';
    throw troupeError('BAD_OPTION', { where: 'handoff', field: 'to', problem: `${to} ${problem}` });
  }
  const { spec } = cell;
  let value: unknown = structuredClone(spec.input);
  for (const schema of inputsAt(found, task(spec.definition, spec.version))) {
    value = parse(schema, value, `input of ${runIdOf(cell.address)} at ${to}`);
  }
  return found;
}

/** Stages a yes: handoff and task are told, and what was said is recorded with the task. */
export function stageMove(
  stage: Stage,
  cell: Cell,
  spec: HandoffSpec,
  { bot, by, ports }: { readonly bot: Bot; readonly by: string; readonly ports: HandoffPorts },
): void {
  const { handoff, from, to, reason, context, state } = spec;
  const number = (contextOf(cell).handoffs ?? 0) + 1;
  const facts: HandedOver = { from, reason, context, state };
  const driven = drivenBy(bot, ports.task(cell.spec.definition, cell.spec.version));
  stage.record(cell, nameOfFacts(number), facts);
  stage.send(asAddress(handoff), { type: 'handoff.accept', by });
  const event = { type: 'handoff.accepted', handoff, from, to, reason, ...driven };
  stage.send(cell.address, event);
}

/** Stages a no; the handoff tells the task. */
export function stageNo(
  stage: Stage,
  { handoff }: HandoffSpec,
  { by, note }: { readonly by: string; readonly note: string },
): void {
  stage.send(asAddress(handoff), { type: 'handoff.decline', by, note });
}

/** The bot that has a task, when it may be handed on. @throws why it may not. */
function holderOf(stage: Stage, cell: Cell): string {
  const { kind } = cell.identity;
  if (kind !== 'task') throw refusal(cell, `${called(kind)}, and only tasks move`);
  if (isDone(cell.snapshot)) throw refusal(cell, statusOf(cell.snapshot));
  const { assignedTo, handoff, handoffs = 0, spec } = contextOf(cell);
  if (spec.route === 'none') throw refusal(cell, 'a function, and has no bot');
  if (assignedTo === undefined) throw refusal(cell, 'at no bot yet');
  if (handoffs >= limits.handoffs) {
    throw troupeError('HANDOFFS_EXHAUSTED', { run: runIdOf(cell.address), handoffs });
  }
  if (handoff === undefined) return assignedTo;
  const open: HandoffContext | undefined = stage.find(asAddress(handoff))?.snapshot.context;
  const to = open?.spec.to ?? '';
  throw troupeError('HANDOFF_OPEN', {
    run: runIdOf(cell.address),
    handoff: handoffIdOf(handoff),
    to,
  });
}

interface Asking {
  readonly from: string;
  readonly wanted: Wanted;
  readonly step: string | null;
}

function specOf(stage: Stage, cell: Cell, { from, wanted, step }: Asking): HandoffSpec {
  const { to, reason, context, state, timeoutMs } = wanted;
  return {
    handoff: nextAddress(stage, cell),
    run: cell.address,
    from,
    to,
    reason,
    ...(context === undefined ? {} : { context }),
    ...(state === undefined ? {} : { state }),
    step,
    requestedAt: stage.now,
    timeoutMs,
  };
}

/** Requests of one run are numbered, also of its earlier lives; the first free one, by halving. */
function nextAddress(stage: Stage, cell: Cell): Address {
  const numbered = (number: number) => asAddress(`handoff/${runIdOf(cell.address)}/${number}`);
  const isTaken = (number: number) => stage.find(numbered(number)) !== undefined;
  let free = 1;
  while (isTaken(free)) free *= 2;
  let taken = Math.floor(free / 2);
  while (free - taken > 1) {
    const middle = Math.floor((free + taken) / 2);
    if (isTaken(middle)) taken = middle;
    else free = middle;
  }
  return numbered(free);
}

const requestOf = (spec: HandoffSpec, { input, priority, title }: TaskSpec): HandoffRequest =>
  structuredClone({
    id: handoffIdOf(spec.handoff),
    runId: runIdOf(asAddress(spec.run)),
    from: spec.from,
    to: spec.to,
    reason: spec.reason,
    context: spec.context,
    state: spec.state,
    input,
    priority,
    title: title ?? undefined,
  });

/** A bot's answer: with work it takes what fits, for an external one somebody is asked. */
function answerOf(bot: Bot, request: HandoffRequest): 'yes' | 'asked' | { readonly note: string } {
  const policy = bot.handoffs ?? (bot.work === undefined ? 'ask' : 'accept');
  if (policy === 'accept') return 'yes';
  if (policy === 'ask') return 'asked';
  try {
    const answer: unknown = policy(request);
    // A promise is no answer; its rejection is nobody's.
    if (answer instanceof Promise) answer.catch(() => undefined);
    if (answer === true) return 'yes';
    const what = answer === false ? 'said no' : 'must return true or false';
    return { note: `its handoffs function ${what}` };
  } catch (error) {
    return { note: `its handoffs function threw: ${said(error)}` };
  }
}

const contextOf = (cell: Cell): TaskContext => cell.snapshot.context;

const called = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

const refusal = (cell: Cell, state: string) =>
  troupeError('ILLEGAL_MOVE', { run: runIdOf(cell.address), state, event: 'handoff' });
