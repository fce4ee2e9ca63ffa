/** What an activation is given, and what it tells whoever began it. */
import type { Work } from '../ports.ts';

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
