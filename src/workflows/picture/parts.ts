/** What a chart of a picture is made of: plain data that XState and Stately read. */
import type { Phase, StepStatus } from './context.ts';

interface OfStep {
  readonly step: string;
}

/** A guard by name. */
export type PictureGuard =
  | {
      readonly type:
        | 'mayStart'
        | 'isRuledOut'
        | 'mayEnd'
        | 'mayComplete'
        | 'mayBeCancelled'
        | 'maySkip'
        | 'mayReturn'
        | 'mayGoRound'
        | 'mayTryAgain'
        | 'mayFallBack'
        | 'isNextToUndo';
      readonly params: OfStep;
    }
  | 'isGoing'
  | 'isPaused'
  | 'mayCancel'
  | 'mayCancelPaused'
  | 'mayPause'
  | 'mayTimeOut'
  | 'isDone'
  | 'hasFailed'
  | 'mustUndo'
  | 'isQuiet'
  | 'isUndone'
  | 'wasCancelled';

/** An action by name. */
export type PictureAction =
  | { readonly type: 'enter'; readonly params: { readonly phase: Phase } }
  | { readonly type: 'turn'; readonly params: { readonly ending: 'FAILED' | 'CANCELLED' } }
  | { readonly type: 'mark'; readonly params: OfStep & { readonly status: StepStatus } }
  | {
      readonly type: 'takeResult' | 'goRound' | 'tryAgain' | 'fallBack';
      readonly params: OfStep;
    }
  | 'pause'
  | 'resume'
  | 'pay'
  | 'strike';

/** A transition. */
export interface Move {
  readonly target?: string;
  readonly reenter?: boolean;
  readonly guard?: PictureGuard;
  readonly actions?: readonly PictureAction[];
  readonly description?: string;
}

/** A state. */
export interface ChartState {
  readonly id?: string;
  readonly type?: 'parallel' | 'final';
  readonly description?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  readonly initial?: string;
  readonly entry?: readonly PictureAction[];
  readonly on?: Readonly<Record<string, Move | readonly Move[]>>;
  readonly always?: Move | readonly Move[];
  readonly states?: Readonly<Record<string, ChartState>>;
}
