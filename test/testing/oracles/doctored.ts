/**
 * Doctored: journals that say what never happened. A recorded voyage is changed in one place, and
 * one oracle reads it.
 */
import type {
  ActorRecord,
  Batch,
  JournalRow,
  TimerRecord,
  WaitingMail,
} from '../../../src/journal/index.ts';
import type { OracleOf } from '../../../src/testing/oracles/index.ts';
import type { CallRecord, RequestRecord, Sight } from '../../../src/testing/simulation/index.ts';
import type { Watched } from './watched.ts';

/** A batch that may be changed. */
export interface Doctored {
  at: number;
  rows: JournalRow[];
  actors: ActorRecord[];
  waiting: WaitingMail[];
  taken: number[];
  steps: Batch['steps'][number][];
  timersArmed: TimerRecord[];
  timersCleared: Batch['timersCleared'][number][];
  dead: Batch['dead'][number][];
}

/** What was committed, as plain data of its own. */
export function recordedBy({ commitsTold }: Pick<Watched, 'commitsTold'>): Doctored[] {
  return commitsTold.map(({ batch }): Doctored => {
    const { at, rows, actors, waiting, taken, steps, timersArmed, timersCleared, dead } = batch;
    const all = { at, rows, actors, waiting, taken, steps, timersArmed, timersCleared, dead };
    return JSON.parse(JSON.stringify(all));
  });
}

/** An empty batch. */
export const nothing = (at = 0): Doctored => ({
  at,
  rows: [],
  actors: [],
  waiting: [],
  taken: [],
  steps: [],
  timersArmed: [],
  timersCleared: [],
  dead: [],
});

/** What is seen beside the commits. */
export type Seen = Partial<Omit<Sight, 'calls' | 'requests'>> & {
  readonly calls?: readonly Partial<CallRecord>[];
  readonly requests?: readonly Partial<RequestRecord>[];
};

/** What an oracle says of a journal, at a commit or at rest; undefined: nothing. */
export function saidOf(
  oracleOf: OracleOf,
  batches: readonly Doctored[],
  seen: Seen = {},
): string | undefined {
  const oracle = oracleOf();
  const moment = { commits: 0 };
  const sight = sightOf(seen, moment);
  for (const [index, batch] of batches.entries()) {
    moment.commits = index + 1;
    const found = oracle.committed?.({ batch, commit: index + 1 }, sight);
    if (found !== undefined) return found;
  }
  return oracle.rested?.(sight);
}

/** What is seen after so many commits: requests that were answered by then. */
export function sightOf(seen: Seen, moment: { readonly commits: number }): Sight {
  const { calls = [], requests = [], ...rest } = seen;
  const madeCalls = calls.map(aCall);
  const madeRequests = requests.map(aRequest);
  return {
    journal: nobody,
    now: () => Number.MAX_SAFE_INTEGER,
    life: 1,
    isHealed: true,
    definitions: [],
    errors: [],
    ...rest,
    get commits() {
      return moment.commits;
    },
    get calls() {
      return madeCalls.filter(({ commit }) => commit < moment.commits);
    },
    get requests() {
      return madeRequests.filter(({ acknowledgedAt = 0 }) => acknowledgedAt < moment.commits);
    },
  };
}

const aCall = (given: Partial<CallRecord>): CallRecord => ({
  of: 'scout',
  nth: 1,
  key: 'scout/1',
  kind: 'work',
  attempt: 1,
  life: 1,
  commit: 0,
  input: undefined,
  beganAt: 0,
  end: 'done',
  ...given,
});

const aRequest = (given: Partial<RequestRecord>): RequestRecord => ({
  nth: 1,
  call: 'start',
  of: 'scout',
  runId: undefined,
  args: [],
  life: 1,
  at: 0,
  end: 'done',
  ...given,
});

const nobody: Sight['journal'] = {
  heads: () => ({ seq: 0, actor: 0, mail: 0, letter: 0, arming: 0 }),
  byAddress: () => undefined,
  byNumber: () => undefined,
  actors: () => [],
  waiting: () => [],
  mailOf: () => [],
  timers: () => [],
  timersOf: () => [],
  timersBetween: () => [],
  dueAfter: () => undefined,
  busy: () => [],
  anchor: () => ({ seq: 0, hash: '' }),
  extent: () => ({ rows: 0, cut: 0, fileBytes: 0, logBytes: 0 }),
  steps: () => [],
  step: () => undefined,
  history: () => [],
  rows: () => [],
  deadLetters: () => [],
};
