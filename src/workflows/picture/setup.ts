/** The guards and actions of pictures, by name: the same for all plans. */
import type * as XState from 'xstate';
import type { Phase, PictureContext, PictureEvent, StepFacts, StepStatus } from './context.ts';
import * as rules from './rules.ts';
import { xstate } from './xstate.ts';

interface Its {
  readonly context: PictureContext;
}

interface OfStep {
  readonly step: string;
}

/** Guards about one step, which they are told by name. */
const ofSteps = {
  mayStart: ({ context }: Its, { step }: OfStep) => rules.mayStart(context, step),
  isRuledOut: ({ context }: Its, { step }: OfStep) => rules.isRuledOut(context, step),
  mayEnd: ({ context }: Its, { step }: OfStep) => rules.mayEnd(context, step),
  mayComplete: ({ context }: Its, { step }: OfStep) => rules.mayComplete(context, step),
  mayBeCancelled: ({ context }: Its, { step }: OfStep) => rules.mayBeCancelled(context, step),
  maySkip: ({ context }: Its, { step }: OfStep) => rules.maySkip(context, step),
  mayReturn: ({ context }: Its, { step }: OfStep) => rules.mayReturn(context, step),
  mayGoRound: ({ context }: Its, { step }: OfStep) => rules.mayGoRound(context, step),
  mayTryAgain: ({ context }: Its, { step }: OfStep) => rules.mayTryAgain(context, step),
  mayFallBack: ({ context }: Its, { step }: OfStep) => rules.mayFallBack(context, step),
  isNextToUndo: ({ context }: Its, { step }: OfStep) => rules.isNextToUndo(context, step),
};

/** Guards about the whole run. */
const ofRuns = {
  isGoing: ({ context }: Its) => !context.isPaused,
  isPaused: ({ context }: Its) => context.isPaused,
  mayCancel: ({ context }: Its) =>
    rules.isSteady(context) && (context.phase === 'open' || context.phase === 'finishing'),
  /** A cancel ends a pause, also on the way out. */
  mayCancelPaused: ({ context }: Its) => rules.isSteady(context),
  mayPause: ({ context }: Its) => !context.isPaused && rules.isSteady(context),
  mayTimeOut: ({ context }: Its) => !context.isPaused && rules.isSteady(context),
  isDone: ({ context }: Its) => rules.isDone(context),
  hasFailed: ({ context }: Its) => rules.hasFailed(context),
  mustUndo: ({ context }: Its) => rules.mustUndo(context),
  isQuiet: ({ context }: Its) => !context.isPaused && rules.isQuiet(context),
  isUndone: ({ context }: Its) => !context.isPaused && context.undoable.length === 0,
  wasCancelled: ({ context }: Its) => context.ending === 'CANCELLED',
};

const makeSetup = ({ assign, setup }: typeof XState) =>
  setup({
    types: {} as { context: PictureContext; events: PictureEvent },
    guards: { ...ofSteps, ...ofRuns },
    actions: {
      enter: assign((_, p: { phase: Phase }) => ({ phase: p.phase })),
      pause: assign({ isPaused: true }),
      resume: assign({ isPaused: false }),
      /** How it will end. */
      turn: assign((_, p: { ending: 'FAILED' | 'CANCELLED' }) => ({ ending: p.ending })),
      /** A run has ended: what it cost. */
      pay: assign(({ context, event }) => ({ spent: context.spent + (event.cost ?? 0) })),
      /** A step is somewhere else now. */
      mark: assign(({ context }, p: { step: string; status: StepStatus }) => ({
        ...withFacts(context, p.step, () => ({ status: p.status, hasResult: false })),
        undoable: undoableAfter(context, p),
      })),
      takeResult: assign(({ context }, p: OfStep) =>
        withFacts(context, p.step, () => ({ hasResult: true })),
      ),
      goRound: assign(({ context }, p: OfStep) =>
        withFacts(context, p.step, ({ rounds }) => ({
          rounds: rounds + 1,
          tries: 1,
          hasResult: false,
        })),
      ),
      tryAgain: assign(({ context }, p: OfStep) =>
        withFacts(context, p.step, ({ tries }) => ({ tries: tries + 1, hasResult: false })),
      ),
      fallBack: assign(({ context }, p: OfStep) =>
        withFacts(context, p.step, ({ work }) => ({ work: work + 1, tries: 1, hasResult: false })),
      ),
      /** The step that completed last is undone, or could not be. */
      strike: assign(({ context }) => ({ undoable: context.undoable.slice(0, -1) })),
    },
  });

let made: ReturnType<typeof makeSetup> | undefined;

/** What all pictures are made with. */
export function pictureSetup(): ReturnType<typeof makeSetup> {
  made ??= makeSetup(xstate());
  return made;
}

function withFacts(
  { steps }: PictureContext,
  step: string,
  change: (facts: StepFacts) => Partial<StepFacts>,
): Pick<PictureContext, 'steps'> {
  const facts = steps[step];
  return {
    steps: facts === undefined ? steps : { ...steps, [step]: { ...facts, ...change(facts) } },
  };
}

const undoableAfter = (
  { plan, undoable }: PictureContext,
  { step, status }: { readonly step: string; readonly status: StepStatus },
): readonly string[] =>
  status === 'COMPLETED' && plan[step]?.undo === true ? [...undoable, step] : undoable;
