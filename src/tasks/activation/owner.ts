/** What runs work in memory: what it is given, and what it tells whoever began it. */
import type { Cell } from '../../actor/index.ts';
import type { Work } from '../ports.ts';

/** An attempt of work that is under way in this process. */
export interface Running {
  readonly cell: Cell;
  readonly attempt: number;
  /** The run's address without `run/`. */
  readonly runId: string;
  /** Whether it told its end, or was dropped. */
  readonly isOver: boolean;
  /** Whether nothing of it runs. */
  readonly isQuiet: boolean;
  /** Resolves when its own promise has settled, whatever became of it. */
  readonly settled: Promise<void>;
  /** A step was recorded. */
  recorded(step: string, value: unknown): void;
  /** The task is IN_PROGRESS again. */
  goOn(): void;
  /** Ends it from outside: its signal aborts, its result is dropped. */
  abort(reason: unknown): void;
}

/** What an activation begins with. */
export interface Start {
  readonly attempt: number;
  readonly work: Work;
  /** Nothing can have been recorded before: the journal need not be asked. */
  readonly isFresh: boolean;
}

/** What an activation tells; `One` is the activation. */
export interface Owner<One> {
  /** New steps are held, because the troupe stops. */
  readonly isDraining: boolean;
  /** The activation is over: its result was told, or it was dropped. */
  over(activation: One): void;
  /** It may have become quiet: nothing of it runs. */
  quieter(): void;
}
