/**
 * Waits: what a run waits for that has not ended, as a sentence that says what hangs, why, and what
 * to do; nothing when that is a person's open question, or an event that a machine waits for.
 *
 * A wait is followed to its cause: from a workflow to its step, from a run to the child or the
 * other run that it waits for, from who wants a slot to who holds it.
 */
import type { ActorRecord } from '../../../journal/index.ts';
import { asAddress, assertNever, childAddress, stepOfRun } from '../../../protocol/index.ts';
import type { CallRecord, Sight } from '../../simulation/sight.ts';
import type { Roll } from '../roll.ts';
import { nameOf, ordinal, sentence, stateOf } from '../told.ts';

/** Follows waits, at rest. */
export class Waits {
  readonly #roll: Roll;
  readonly #sight: Sight;
  readonly #below = new Map<string, ActorRecord[]>();
  /** Runs whose wait is being followed, or was. */
  readonly #followed = new Map<string, string | undefined>();

  constructor(roll: Roll, sight: Sight) {
    this.#roll = roll;
    this.#sight = sight;
    for (const { record } of roll.all()) {
      if (record.done || record.parent === '') continue;
      const siblings = this.#below.get(record.parent);
      if (siblings === undefined) this.#below.set(record.parent, [record]);
      else siblings.push(record);
    }
  }

  /** The first wait that never ends; undefined: there is none. */
  forEver(): string | undefined {
    for (const { record } of this.#roll.all()) {
      const found =
        record.kind === 'bot'
          ? this.#handling(record)
          : record.address.startsWith('run/')
            ? this.#cause(record)
            : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What a run waits for, when that never comes. */
  #cause(record: ActorRecord): string | undefined {
    const { address } = record;
    if (record.done || this.#followed.has(address)) return this.#followed.get(address);
    // Who waits in a circle is told of by whoever comes first.
    this.#followed.set(address, undefined);
    const found = this.#causeOf(record);
    this.#followed.set(address, found);
    return found;
  }

  #causeOf(record: ActorRecord): string | undefined {
    const name = nameOf(record.address);
    if (record.parked !== '') {
      const remedy = 'register it as it was, then let it go on with `troupe.parked.retry`';
      return `${name} is parked for ever: ${record.parked}: ${remedy}`;
    }
    if (record.kind === 'machine') return this.#promise(record);
    const { isPaused, isPausedAbove } = stateOf(record).context;
    if (isPaused === true) return `${name} is paused, and nobody resumes it: call its resume()`;
    if (isPausedAbove === true) return this.#pausedAbove(record);
    if (isAt(record, 'BLOCKED', 'byDependency')) return this.#dependency(record);
    if (record.kind === 'workflow') return this.#children(record);
    if (record.kind !== 'approval') return this.#task(record);
    return isAt(record, 'BLOCKED', 'asking') ? undefined : stuck(record);
  }

  #pausedAbove(record: ActorRecord): string | undefined {
    const above = this.#roll.byAddress(record.parent);
    if (above !== undefined && !above.done) return this.#cause(above);
    return sentence(
      `${nameOf(record.address)} is paused with the run above it, which has ended: nobody`,
      'resumes it',
    );
  }

  #task(record: ActorRecord): string | undefined {
    const { address, status } = record;
    if (status === 'PENDING') return this.#pending(record);
    if (status === 'ASSIGNED') return this.#byHand(record, 'nobody begins it');
    if (status === 'BLOCKED') return this.#children(record);
    const call = this.#lastCall(nameOf(address));
    if (call !== undefined) {
      return neverCame(call, `${nameOf(address)} waits for ever`, this.#remedy(record));
    }
    if (this.#isByHand(record)) return this.#byHand(record, 'nobody reports its end');
    return this.#children(record);
  }

  /** What would end the waiting: the time-out of what was started, or of the step that it is. */
  #remedy({ address, definition, parent }: ActorRecord): string {
    const { route, step } = this.#roll.spec(address);
    if (route !== 'none') return `${definition} a timeout`;
    const { step: name } = stepOfRun(step ?? '');
    return `step ${name} of ${this.#roll.byAddress(parent)?.definition ?? definition} a timeout`;
  }

  #isByHand({ address, snapshot }: ActorRecord): boolean {
    return this.#roll.spec(address).byHand !== undefined || snapshot.includes('"byHand"');
  }

  #byHand(record: ActorRecord, why: string): string {
    const { assignedTo = 'its bot' } = stateOf(record).context;
    const call = this.#lastCall(nameOf(record.address));
    const what = `${nameOf(record.address)} is ${record.status} at ${assignedTo}, and ${why}`;
    if (call !== undefined) return neverCame(call, what, this.#remedy(record));
    return `${what}: give a stub for ${assignedTo}, or drive the run in the scenario`;
  }

  /** It waits for a bot, for a slot, or for its time. */
  #pending(record: ActorRecord): string | undefined {
    const name = nameOf(record.address);
    if (this.#roll.spec(record.address).type === 'sleep') return this.#sleep(record);
    const { assignedTo } = stateOf(record).context;
    if (assignedTo === undefined && isAt(record, 'PENDING', 'unrouted')) {
      return sentence(
        `${name} waits for ever for a bot that can do it: no bot of the team has what`,
        `${record.definition} asks for`,
      );
    }
    const bot = this.#roll.byAddress(`bot/${encodeURIComponent(assignedTo ?? '')}`);
    if (bot === undefined || bot.status === 'open' || !isAt(record, 'PENDING', 'queued')) {
      return stuck(record);
    }
    const { slots } = stateOf(bot).context;
    let isHeld = false;
    for (const slot of Array.isArray(slots) ? slots : []) {
      const holder = this.#roll.byAddress(String(slot).slice(0, String(slot).lastIndexOf('#')));
      if (holder === undefined || holder.done) continue;
      isHeld = true;
      const found = this.#cause(holder);
      if (found !== undefined) return found;
    }
    return isHeld ? undefined : (this.#handling(bot) ?? stuck(record));
  }

  /** A sleep in work: nobody does anything but its timer. */
  #sleep({ address, actor, definition }: ActorRecord): string {
    const name = nameOf(address);
    const timer = this.#sight.journal.timers().find((one) => one.actor === actor);
    const late = timer === undefined ? 0 : this.#sight.now() - timer.due;
    if (timer === undefined) return `${name} sleeps for ever: nothing is armed that would wake it`;
    if (late >= 0) return `${name} sleeps for ever: it should have woken ${late} ms ago`;
    return sentence(
      `${name} sleeps until ${new Date(timer.due).toISOString()}, longer than anybody watched: if`,
      `${definition} sleeps again and again, give its loop a bound`,
    );
  }

  #dependency(record: ActorRecord): string | undefined {
    const { dependsOn = [], onDependencyFailure } = this.#roll.spec(record.address);
    let isOpen = false;
    for (const address of dependsOn) {
      const other = this.#roll.byAddress(address);
      if (other === undefined)
        return `${nameOf(record.address)} waits for ${nameOf(address)}, which does not exist`;
      // It was started so as to wait for better days.
      if (other.done && other.status !== 'COMPLETED' && onDependencyFailure === 'wait')
        return undefined;
      if (other.done) continue;
      isOpen = true;
      const found = this.#cause(other);
      if (found !== undefined) return found;
    }
    return isOpen ? undefined : stuck(record);
  }

  /** It waits for the runs below it, or for an answer. */
  #children(record: ActorRecord): string | undefined {
    const { children = [] } = stateOf(record).context;
    const own = children.map((name) => childAddress(asAddress(record.address), name));
    const open = [...(this.#below.get(record.address) ?? [])];
    for (const address of own) {
      const child = this.#roll.byAddress(address);
      if (child?.done === true) {
        return sentence(
          `${nameOf(record.address)} waits for ${nameOf(address)}, which is ${child.status}: it`,
          'was not told, or forgot it',
        );
      }
    }
    for (const child of open) {
      const found = this.#cause(child);
      if (found !== undefined) return found;
    }
    // What is asked of others (`~ask`) and handed on has a time-out of its own.
    return open.length > 0 ? undefined : stuck(record);
  }

  /** A machine may wait for events for ever, but not for a promise. */
  #promise(record: ActorRecord): string | undefined {
    const promise = stateOf(record).children?.find(
      (child) => child.kind === 'promise' && child.ended === undefined,
    );
    if (promise === undefined) return undefined;
    const name = nameOf(record.address);
    const call = this.#sight.calls.findLast(
      ({ kind, key, end }) => kind === 'promise' && key.startsWith(`${name}/`) && isOpen(end),
    );
    if (call === undefined) {
      return `${name} waits for its promise ${promise.id}, but nothing is under way for it`;
    }
    return neverCame(call, `${name} waits for ever`, 'a delayed transition (`after`) to its state');
  }

  /** A bot's handler that never ends. */
  #handling(bot: ActorRecord): string | undefined {
    const { messages = [] } = stateOf(bot).context;
    for (const { id, type } of messages) {
      const call = this.#sight.calls.findLast((one) => one.kind === 'handler' && one.key === id);
      const name = nameOf(bot.address);
      if (call !== undefined && isOpen(call.end)) {
        return neverCame(call, `${name} handles ${type} for ever`, `${bot.definition} a timeout`);
      }
      return `${name} has message ${type} (${id}) under way, but its handler does not run`;
    }
    return undefined;
  }

  /** The last call for a run that is under way, or whose answer never came; its steps first. */
  #lastCall(runId: string): CallRecord | undefined {
    const { calls, life } = this.#sight;
    const isOf = ({ kind, key }: CallRecord): boolean =>
      kind === 'step'
        ? key === runId || key.slice(0, key.lastIndexOf('/')) === runId
        : key === runId;
    const own = calls.filter((call) => isOf(call) && call.life === life && isOpen(call.end));
    return own.findLast(({ kind }) => kind === 'step') ?? own.at(-1);
  }
}

const isOpen = (end: CallRecord['end']): boolean => {
  switch (end) {
    case 'open':
    case 'lost':
      return true;
    case 'done':
    case 'failed':
    case 'aborted':
      return false;
    default:
      return assertNever(end, 'every end of a call is known');
  }
};

function neverCame({ of, nth, end }: CallRecord, what: string, remedy: string): string {
  const never = end === 'lost' ? 'never came' : 'does not come, for its promise never settles';
  return sentence(
    `${what}: ${of}'s ${ordinal(nth)} answer ${never} and nothing ends the waiting; give`,
    `${remedy}`,
  );
}

/** The runtime's own fault. */
const stuck = (record: ActorRecord): string =>
  sentence(
    `${nameOf(record.address)} is ${placeOf(record)}, but nothing that it waits for is`,
    'under way: it was forgotten',
  );

function placeOf(record: ActorRecord): string {
  const { value } = stateOf(record);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const isAt = (record: ActorRecord, state: string, inner: string): boolean => {
  const { value } = stateOf(record);
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, state) : undefined;
  return found === inner || (typeof found === 'object' && found !== null && inner in found);
};
