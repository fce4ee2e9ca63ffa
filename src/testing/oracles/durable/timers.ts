/**
 * Timers: none is overdue, none fires early, twice, or after it was cleared.
 *
 * Overdue is what should have fired long ago by commits as well as by the clock: time leaps, and
 * after a restart mail that was accepted before comes first. At rest there is no such excuse.
 */
import type { Batch, JournalRow, TimerRecord } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { nameOf } from '../told.ts';

/** A timer that is armed, and since when it is overdue. */
interface Armed {
  readonly timer: TimerRecord;
  overdue?: { readonly commit: number; readonly at: number };
}

/** Commits, and milliseconds, that may go by until a timer that is due has fired. */
const slackCommits = 40;
const slackMs = 1_000;

/** Timers fire once, on time. */
export function timers(): Oracle {
  const roll = new Roll();
  const armed = new Map<string, Armed>();
  let life = 0;
  return {
    law: 'timers fire once and are not overdue',
    committed({ batch, commit }, sight) {
      roll.note(batch, sight);
      const fired = firedIn(batch, armed, roll);
      if (typeof fired === 'string') return fired;
      for (const { actor, timer } of batch.timersCleared) armed.delete(`${actor} ${timer}`);
      for (const timer of batch.timersArmed) {
        armed.set(`${timer.actor} ${timer.timer}`, { timer });
      }
      for (const [key, timer] of fired) {
        const left = armed.get(key);
        if (left?.timer === timer) return `${named(left, roll)} fired and is still armed`;
      }
      const isAnew = sight.life !== life;
      life = sight.life;
      for (const one of armed.values()) {
        if (one.timer.due > batch.at) continue;
        if (isAnew || one.overdue === undefined) one.overdue = { commit, at: batch.at };
        const { overdue } = one;
        const isLate = commit - overdue.commit > slackCommits && batch.at - overdue.at > slackMs;
        if (isLate && isWaking(one, roll)) return late(one, roll, batch.at);
      }
      return undefined;
    },
    rested(sight) {
      for (const one of armed.values()) {
        if (one.timer.due <= sight.now() && isWaking(one, roll))
          return late(one, roll, sight.now());
      }
      const left = [...armed.values()];
      // Where something ticks for ever, rest is where the watching ended.
      if (left.some((one) => isTicking(one, roll))) return undefined;
      const [lost] = left;
      return lost && `${named(lost, roll)} is armed and nobody waits for it: it would never fire`;
    },
  };
}

/** What fired in a commit, by the key of its arming; or what should not have. */
function firedIn(
  { rows }: Batch,
  armed: ReadonlyMap<string, Armed>,
  roll: Roll,
): ReadonlyMap<string, TimerRecord> | string {
  const fired = new Map<string, TimerRecord>();
  for (const row of rows) {
    if (!row.type.startsWith('xstate.after.') && !raised.has(row.type)) continue;
    const key = keyOf(row, armed, fired);
    const timer = armed.get(key)?.timer;
    const address = nameOf(roll.address(row.actor));
    if (timer === undefined || fired.has(key)) {
      return `${row.type} fired in ${address}, but was not armed`;
    }
    const early = timer.due - row.at;
    if (early > 0) return `${row.type} fired in ${address} ${early} ms too early`;
    fired.set(key, timer);
  }
  return fired;
}

/** Events that timers of our machines bring, and nobody else says. */
const raised: ReadonlySet<string> = new Set([
  'run.overdue',
  'approval.expire',
  'approval.remind',
  'supervisor.alarm',
]);

/** By which key what fires is armed: delays by their event, what is raised by any name. */
function keyOf(
  { actor, type }: JournalRow,
  armed: ReadonlyMap<string, Armed>,
  fired: ReadonlyMap<string, TimerRecord>,
): string {
  if (!raised.has(type)) return `${actor} ${type}`;
  const told = `{"type":"${type}"`;
  for (const [key, { timer }] of armed) {
    if (timer.actor === actor && timer.body.startsWith(told) && !fired.has(key)) return key;
  }
  return '';
}

/** Whether its owner takes turns. */
function isWaking({ timer }: Armed, roll: Roll): boolean {
  const owner = roll.byNumber(timer.actor);
  if (owner === undefined || owner.done) return true;
  return owner.parked === '' && !(owner.kind === 'machine' && timer.timer !== 'troupe.restart');
}

const isTicking = ({ timer }: Armed, roll: Roll): boolean =>
  ['machine', 'supervisor', 'approval'].includes(roll.byNumber(timer.actor)?.kind ?? '');

const late = (one: Armed, roll: Roll, now: number): string =>
  `${named(one, roll)} was due ${now - one.timer.due} ms ago and has not fired`;

const named = ({ timer }: Armed, roll: Roll): string =>
  `timer ${timer.timer} of ${nameOf(roll.address(timer.actor))}`;
