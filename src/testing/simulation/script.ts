/**
 * Scripts: what happens to a team, as plain data that shrinks. A script says what the world does:
 * which faults strike where, and what people answer. Everything else follows from it, for chance
 * comes from its seed.
 *
 * A place is counted, never timed: the fifth commit, the second call of `finder`. A place that a
 * run does not come to means nothing.
 */

/** What can go wrong, by the names that users switch them on with. */
export const faultKinds = [
  'crash',
  'disk-full',
  'duplicate',
  'delay',
  'reorder',
  'drop',
  'bot-error',
  'slow-bot',
  'malformed',
  'clock-jump',
  'cancel',
  'pause',
] as const;
/** One of them. */
export type FaultKind = (typeof faultKinds)[number];

/** The nth call, 1 for the first, of code: `finder`, `finder.search`, `answer.publish`. */
export interface CallPlace {
  readonly of: string;
  readonly nth: number;
}

/** A fault at its place. */
export type Fault =
  /**
   * The process ends at this commit, counted over all its lives: `before` it is durable (what was
   * not yet synced is lost), or `after` (only its acknowledgement is lost). Then it starts again.
   */
  | { readonly fault: 'crash'; readonly commit: number; readonly moment: 'before' | 'after' }
  /** This commit fails for want of room; the journal refuses all until the process starts again. */
  | { readonly fault: 'disk-full'; readonly commit: number }
  /** Time leaps forward at this commit. */
  | { readonly fault: 'clock-jump'; readonly commit: number; readonly ms: number }
  /** At this commit somebody cancels, or pauses, one of the scenario's runs. */
  | { readonly fault: 'cancel'; readonly commit: number; readonly run: number }
  | { readonly fault: 'pause'; readonly commit: number; readonly run: number }
  /** The scheduler's order is drawn. */
  | { readonly fault: 'reorder' }
  /** The scenario's nth call is made again, as by a client that heard no answer. */
  | { readonly fault: 'duplicate'; readonly request: number }
  /** An external bot reports its end twice. */
  | { readonly fault: 'duplicate'; readonly call: CallPlace }
  /**
   * It throws: `before` it does anything, or `after` it did all. `forGood`: so does every later try
   * of the same, by its key, until faults end.
   */
  | {
      readonly fault: 'bot-error';
      readonly call: CallPlace;
      readonly moment: 'before' | 'after';
      readonly forGood?: true | undefined;
    }
  /** It begins to do something only after `ms`. */
  | { readonly fault: 'slow-bot'; readonly call: CallPlace; readonly ms: number }
  /** It does all, and its answer takes `ms` to come. */
  | { readonly fault: 'delay'; readonly call: CallPlace; readonly ms: number }
  /** It does all, and its answer never comes. */
  | { readonly fault: 'drop'; readonly call: CallPlace }
  /** Its answer is this instead. */
  | { readonly fault: 'malformed'; readonly call: CallPlace; readonly value: unknown };

/** What a person answers to the nth question, 1 for the first that anybody is asked. */
export interface Answering {
  readonly question: number;
  readonly answer: 'yes' | 'no' | 'nothing';
  /** How long after the question. */
  readonly afterMs: number;
  /** Says it again at once: the same, or the contrary. */
  readonly again?: 'same' | 'contrary' | undefined;
  /** What a yes carries, when the approval asks for it; absent: one is drawn from the seed. */
  readonly value?: unknown;
}

/** What happens in one run. A question is answered as the team's `people` says, else as its
 * entry here does, else with a yes. */
export interface Script {
  /** Input of the scenario. */
  readonly given: unknown;
  /** Of chance, ids, and the order of the scheduler. */
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly people: readonly Answering[];
}

/** The script in which nothing goes wrong. */
export const calm = (given: unknown, seed = 1): Script => ({ given, seed, faults: [], people: [] });
