/**
 * Code: the seam at which an app's own functions are called. The runtime calls them as they are; a
 * simulation puts itself between, to watch, to disturb, and to let stubs stand in.
 */

/** Which function is called. */
export interface CodePlace {
  /** Id of the definition that it belongs to. */
  readonly definition: string;
  /** The step (of what undoes it `<step>~undo`), message type or source; absent: a bot's work. */
  readonly part?: string | undefined;
  readonly kind: 'work' | 'step' | 'handler' | 'promise';
}

/** Gives what is called in place of a function; it gets what the function would get. */
export type CodeSeam = <Given>(
  place: CodePlace,
  code: (given: Given) => unknown,
) => (given: Given) => unknown;

/** No seam: the function itself. */
export const asItIs: CodeSeam = (_, code) => code;
