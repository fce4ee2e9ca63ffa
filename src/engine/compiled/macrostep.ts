/**
 * Macrostep: SCXML's loop by the tables. An event's transitions are taken, then those that need no
 * event, then raised events, until the chart is at rest; the scope sees each microstep.
 * It follows XState's `macrostep`, line by line where order can be seen.
 */
import type { ActorEvent } from '../../protocol/index.ts';
import type { Past, Scope, Snapshot } from './chart/chart.ts';
import { endless } from './chart/errors.ts';
import { asNamed, pastOf, stopOf } from './chart/xstate.ts';
import { configurationAt } from './compiled.ts';
import { moveOf } from './moves.ts';
import { operationOf } from './operations.ts';
import { type Choice, type Configuration, type Move, NONE } from './tables.ts';
import { Work } from './work.ts';

/** The step of an active snapshot from a configuration, on an event that is not XState's own. */
export function macrostep(
  from: Configuration,
  snapshot: Snapshot,
  event: ActorEvent,
  scope: Scope,
): Snapshot {
  const choice = from.on(event.type).choose(snapshot, event);
  const work = new Work(snapshot, event, scope);
  if (choice === NONE && event.type.startsWith('xstate.error.actor')) return failed(work);
  return settled(work, take(work, from, choice));
}

/** Goes on from a configuration until the chart is at rest; who is done stops its children. */
export function settled(work: Work, from: Configuration): Snapshot {
  settle(work, from);
  const { snapshot: last } = work;
  if (work.status !== 'active') stopChildren(work);
  return last;
}

/** Takes transitions without an event and raised events until there are none. */
function settle(work: Work, first: Configuration): void {
  const { options } = first.machine;
  const maxIterations = options?.maxIterations ?? Number.POSITIVE_INFINITY;
  let configuration = first;
  let isAtRest = false;
  for (let iteration = 1; work.status === 'active'; iteration += 1) {
    if (iteration > maxIterations) throw endless(maxIterations);
    const before = work.snapshot;
    let choice: Choice = isAtRest ? NONE : eventless(configuration, work);
    const isEventless: boolean = choice !== NONE;
    if (!isEventless) {
      if (!work.hasRaised) return;
      work.takeRaised();
      choice = configuration.on(work.event.type).choose(before, work.event);
    }
    configuration = take(work, configuration, choice);
    isAtRest = isEventless && work.snapshot === before;
  }
}

const eventless = ({ eventless }: Configuration, work: Work): Choice =>
  eventless === undefined ? NONE : eventless.choose(work.snapshot, work.event);

/** One microstep. */
function take(work: Work, from: Configuration, choice: Choice): Configuration {
  const move = choice === NONE ? undefined : (choice.move ?? workOut(work, from, choice));
  const to = move === undefined ? from : make(work, move);
  show(work, work.snapshot, choice);
  return to;
}

/** Makes a move; the result is where it leads. */
export function make(work: Work, move: Move): Configuration {
  const past = pastOf(work.last);
  for (const operation of move.operations) operation.run(work);
  if (move.isMoving) work.enter(move.to.face, withRemembered(past, move));
  return move.to;
}

function workOut(work: Work, from: Configuration, choice: Choice): Move {
  const { transitions } = choice;
  const past = pastOf(work.last);
  const to = (nodes: Configuration['nodes']) => configurationAt(from.machine, nodes);
  const move = moveOf({ from, transitions, past, to });
  if (!move.isFleeting) choice.move = move;
  return move;
}

const withRemembered = (past: Past, { remembered }: Move): Past =>
  remembered === undefined ? past : { ...past, ...remembered };

function show({ scope, event }: Work, snapshot: Snapshot, { transitions }: Choice): void {
  scope.system._sendInspectionEvent({
    type: '@xstate.microstep',
    actorRef: scope.self,
    event,
    snapshot,
    _transitions: transitions.slice(),
  });
}

/** A child's error that nothing takes ends the parent. */
function failed(work: Work): Snapshot {
  stopChildren(work);
  const snapshot = work.fail(work.event.error);
  show(work, snapshot, NONE);
  return snapshot;
}

function stopChildren(work: Work): void {
  const { machine } = work.last;
  for (const child of Object.values(work.children))
    operationOf(machine, asNamed(stopOf(child)), undefined).run(work);
}
