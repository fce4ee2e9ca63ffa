/**
 * When what may happen in a picture: the rules of plans, written down once more by names and
 * without books, each worked out anew from how far the steps are. A law of the tests says that a
 * run decides by its own, faster books exactly what stands here.
 *
 * What may begin begins at once: while a step may start, nothing else can happen (`isSteady`).
 * Which of several goes first is left open, for a run tells that by estimates, and those change.
 */
import { exceeds } from '../../policies/index.ts';
import type { NamedCondition, PictureContext, PictureStep, StepStatus } from './context.ts';

/** Whether a step may begin. */
export function mayStart(its: PictureContext, step: string): boolean {
  if (its.phase !== 'open' || its.isPaused || isHalted(its)) return false;
  const { cost = 0 } = stepIn(its, step);
  return isReady(its, step) && hasPlace(its, step) && canPay(its, cost);
}

/** Whether nothing may begin now. */
export const isSteady = (its: PictureContext): boolean =>
  !namesOf(its).some((step) => mayStart(its, step));

/** Whether a step is ruled out by how those ended that it waits for. */
export const isRuledOut = (its: PictureContext, step: string): boolean =>
  hasHeard(its, step) && stepIn(its, step).after.length > 0 && !mayRun(its, step);

/** Whether a run of a step that is under way can end. */
export const mayEnd = (its: PictureContext, step: string): boolean =>
  statusOf(its, step) === 'STARTED' && its.phase !== 'undoing' && isSteady(its);

/** Whether a step can complete; a loop's result is judged before, unless the run is stopping. */
export function mayComplete(its: PictureContext, step: string): boolean {
  if (!mayEnd(its, step)) return false;
  if (stepIn(its, step).rounds === undefined) return true;
  return !its.isPaused && (its.phase === 'stopping' || its.steps[step]?.hasResult === true);
}

/** Whether the run of a step that is under way can be cancelled: what has a result can not. */
export const mayBeCancelled = (its: PictureContext, step: string): boolean =>
  mayEnd(its, step) && its.steps[step]?.hasResult === false;

/** Whether a run of a loop can end with a result that is to be judged. */
export const mayReturn = (its: PictureContext, step: string): boolean =>
  mayBeCancelled(its, step) && (its.phase !== 'stopping' || its.isPaused);

/** Whether a loop can go round again. */
export const mayGoRound = (its: PictureContext, step: string): boolean =>
  mayEnd(its, step) &&
  !its.isPaused &&
  its.phase !== 'stopping' &&
  its.steps[step]?.hasResult === true &&
  (its.steps[step]?.rounds ?? 1) < (stepIn(its, step).rounds ?? 1);

/** Whether a step's own condition can turn out false: it is asked before its first run. */
export function maySkip(its: PictureContext, step: string): boolean {
  const { work = 0, tries = 1, rounds = 1, hasResult = false } = its.steps[step] ?? {};
  const isFirst = work === 0 && tries === 1 && rounds === 1 && !hasResult;
  return mayEnd(its, step) && !its.isPaused && isFirst;
}

/** Whether a run that fails is begun anew: not one whose result its loop would not have. */
export const mayTryAgain = (its: PictureContext, step: string): boolean =>
  mayEnd(its, step) &&
  its.phase !== 'stopping' &&
  its.steps[step]?.hasResult !== true &&
  (its.steps[step]?.tries ?? 1) < (stepIn(its, step).tries ?? 1);

/** Whether another work takes over from one that fails for good. */
export const mayFallBack = (its: PictureContext, step: string): boolean =>
  mayEnd(its, step) &&
  its.phase !== 'stopping' &&
  (its.steps[step]?.work ?? 0) < (stepIn(its, step).fallbacks ?? 0);

/** Whether nothing is under way, and all that follows from what ended is told. */
export const isQuiet = (its: PictureContext): boolean =>
  openOnes(its).length === 0 && !namesOf(its).some((step) => isRuledOut(its, step));

/** Whether something was done, or may have been, that can be undone. */
export const mustUndo = (its: PictureContext): boolean =>
  its.undoable.length > 0 ||
  namesOf(its).some((step) => stepIn(its, step).undo === true && statusOf(its, step) === 'STARTED');

/** Whether a step is the next one to be undone. */
export const isNextToUndo = (its: PictureContext, step: string): boolean =>
  its.phase === 'undoing' && !its.isPaused && its.undoable.at(-1) === step;

/** Whether the plan has come to its good end. */
export function isDone(its: PictureContext): boolean {
  if (its.isPaused || isOverspent(its)) return false;
  return isOver(its) && !hasFatal(its);
}

/** Whether the plan has come to a bad end. */
export function hasFailed(its: PictureContext): boolean {
  if (its.isPaused || namesOf(its).some((step) => isRuledOut(its, step))) return false;
  if (isOverspent(its)) return true;
  const { onFailure } = its.rules;
  const isFatal = onFailure === 'fail-fast' || onFailure === 'retry' || isOver(its);
  if (isFatal && hasFatal(its)) return true;
  // What is left may not begin: it can't be paid for, or a failure forbids it.
  return isQuiet(its) && !isOver(its) && isSteady(its);
}

const namesOf = (its: PictureContext): readonly string[] => Object.keys(its.plan);

const nothing: PictureStep = { after: [] };

const stepIn = (its: PictureContext, step: string): PictureStep => its.plan[step] ?? nothing;

const statusOf = (its: PictureContext, step: string): StepStatus =>
  its.steps[step]?.status ?? 'WAITING';

/** It waits, and all that it waits for has ended. */
const hasHeard = (its: PictureContext, step: string): boolean =>
  statusOf(its, step) === 'WAITING' &&
  stepIn(its, step).after.every((name) => !['WAITING', 'STARTED'].includes(statusOf(its, name)));

const isReady = (its: PictureContext, step: string): boolean =>
  hasHeard(its, step) && !isRuledOut(its, step);

/** Nothing is under way, and nothing is left that could be, money and failures aside. */
const isOver = (its: PictureContext): boolean =>
  isQuiet(its) && !namesOf(its).some((step) => isReady(its, step));

function mayRun(its: PictureContext, step: string): boolean {
  const { runsWhen, after } = stepIn(its, step);
  const holds = (condition: NamedCondition): boolean => {
    if (condition === 'always') return true;
    if ('fine' in condition) return isFine(its, condition.fine);
    if ('all' in condition) return condition.all.every(holds);
    if ('any' in condition) return condition.any.some(holds);
    const status = statusOf(its, condition.step);
    return condition.is.some((end) => end === status);
  };
  return runsWhen === undefined ? after.every((name) => isFine(its, name)) : holds(runsWhen);
}

function isFine(its: PictureContext, step: string): boolean {
  const status = statusOf(its, step);
  if (status === 'COMPLETED' || status === 'SKIPPED') return true;
  if (status !== 'FAILED' && status !== 'CANCELLED') return false;
  return its.rules.onFailure === 'best-effort' || stepIn(its, step).optional === true;
}

/** A step failed, or was cancelled, that may not. */
const hasFatal = (its: PictureContext): boolean =>
  namesOf(its).some((step) => {
    const status = statusOf(its, step);
    if (status !== 'FAILED' && status !== 'CANCELLED') return false;
    return !isFine(its, step) && !isHandled(its, step, status);
  });

/** Whether a step that asks for that end has not been ruled out or skipped. */
const isHandled = (its: PictureContext, step: string, end: 'FAILED' | 'CANCELLED'): boolean =>
  stepIn(its, step).handled?.[end]?.some(
    (by) =>
      statusOf(its, by) !== 'SKIPPED' && statusOf(its, by) !== 'OMITTED' && !isRuledOut(its, by),
  ) === true;

const isHalted = (its: PictureContext): boolean =>
  isOverspent(its) || (hasFatal(its) && its.rules.onFailure !== 'continue');

const openOnes = (its: PictureContext): readonly string[] =>
  namesOf(its).filter((step) => statusOf(its, step) === 'STARTED');

/** Approvals need no place; of the steps whose cost nobody knows one has a place at a time. */
function hasPlace(its: PictureContext, step: string): boolean {
  const { isFree, unpriced } = stepIn(its, step);
  if (isFree === true) return true;
  const taken = openOnes(its).map((name) => stepIn(its, name));
  const places = taken.filter((open) => open.isFree !== true);
  const isAlone = unpriced !== true || !places.some((open) => open.unpriced === true);
  return isAlone && places.length < its.rules.concurrency;
}

const isOverspent = ({ rules, spent }: PictureContext): boolean =>
  rules.budget !== undefined && exceeds(spent, rules.budget);

function canPay(its: PictureContext, cost: number): boolean {
  if (its.rules.budget === undefined) return true;
  const committed = openOnes(its).reduce((sum, step) => sum + (stepIn(its, step).cost ?? 0), 0);
  return !exceeds(its.spent + committed + cost, its.rules.budget);
}
