/** Records and batches with defaults, so that what a test sets is what it is about. */
import type {
  ActorRecord,
  Batch,
  DeadLetter,
  Journal,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';

export const row = (given: Partial<JournalRow> & { seq: number }): JournalRow => ({
  actor: 1,
  previous: 0,
  at: 1_000 + given.seq,
  type: 'task.report',
  status: '',
  body: `{"type":"task.report","n":${given.seq}}`,
  ...given,
});

export const record = (given: Partial<ActorRecord> = {}): ActorRecord => {
  const actor = given.actor ?? 1;
  return {
    actor,
    address: asAddress(`run/answer/${actor}`),
    kind: 'task',
    definition: 'answer',
    version: '1',
    structure: 'hash',
    generation: 1,
    parent: '',
    status: 'PENDING',
    active: false,
    done: false,
    parked: '',
    input: '{"dependsOn":[],"input":{"question":"?"}}',
    snapshot: '{"value":"PENDING","context":{}}',
    last: 0,
    watchers: '[]',
    createdAt: 1_000,
    updatedAt: 1_000,
    ...given,
  };
};

export const mail = (given: Partial<WaitingMail> & { mail: number }): WaitingMail => ({
  actor: 1,
  lane: 5,
  gated: false,
  key: '',
  expiresAt: 0,
  body: `{"type":"slot.request","n":${given.mail}}`,
  ...given,
});

export const step = (given: Partial<StepRecord> & { step: string }): StepRecord => ({
  actor: 1,
  at: 1_000,
  body: '{"ok":true}',
  ...given,
});

export const timer = (given: Partial<TimerRecord> & { timer: string }): TimerRecord => ({
  actor: 1,
  generation: 1,
  arming: 1,
  due: 5_000,
  body: '{"type":"xstate.after.1"}',
  ...given,
});

export const letter = (given: Partial<DeadLetter> & { letter: number }): DeadLetter => ({
  at: 1_000,
  to: 'bot/nobody',
  type: 'quote',
  reason: 'unknown-recipient',
  detail: '',
  body: '{"type":"quote"}',
  ...given,
});

export const batch = (given: Partial<Batch> = {}): Batch => ({
  at: 1_000,
  rows: [],
  actors: [],
  waiting: [],
  taken: [],
  steps: [],
  timersArmed: [],
  timersCleared: [],
  dead: [],
  ...given,
});

/** Commits one group. */
export function commit(journal: Journal, given: Partial<Batch>): void {
  if (journal.begin()) journal.commit(batch(given));
}

/** One turn of one actor: its row and its record. */
export function turn(seq: number, given: Partial<ActorRecord> = {}): Partial<Batch> {
  const actor = given.actor ?? 1;
  return {
    rows: [row({ seq, actor, previous: given.last ?? 0 })],
    actors: [record({ ...given, last: seq })],
  };
}
