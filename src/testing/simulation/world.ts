/**
 * The world around a simulated team: its clock and disk, which outlive every crash, the script
 * whose faults strike at their places, and the record of all that was called, asked and answered.
 *
 * Invariant: what a process that has ended still does reaches nobody.
 */
import { type SimulatedClock, simulatedClock } from '../../clock/index.ts';
import { type Batch, type JournalReads, simulatedDisk } from '../../journal/index.ts';
import { type Definition, troupeError } from '../../protocol/index.ts';
import type { Troupe } from '../../troupe/index.ts';
import type { Disk, Ground, KeptWorld, OnCommit } from './outside/ground.ts';
import type { Breach, Happening } from './played.ts';
import type { Fault, Script } from './script.ts';
import type { CallRecord, RequestRecord, Sight } from './sight.ts';

/** What follows each commit. */
export interface Watching {
  /** What the commit broke; undefined: nothing. */
  committed(batch: Batch, commit: number): Breach | undefined;
  /** Lets people, clients and external bots see what there is to do. */
  noticed(batch: Batch): void;
}

type Kinds = Fault['fault'];
type FaultOf<Kind extends Kinds> = Extract<Fault, { readonly fault: Kind }>;

/** One world; it lives through one script. */
export class World implements Sight {
  readonly clock: SimulatedClock;
  readonly disk: Disk;
  readonly script: Script;
  readonly definitions: readonly Definition[];
  /** Whether the scheduler's order is drawn. */
  readonly isShuffled: boolean;
  readonly calls: CallRecord[] = [];
  readonly requests: RequestRecord[] = [];
  readonly happenings: Happening[] = [];
  readonly errors: string[] = [];
  watching: Watching | undefined;
  troupe: Troupe | undefined;
  /** The first law that broke. */
  breach: Breach | undefined;
  life = 0;
  isTrimmed = false;
  /** Whether the process lives; after `disk-full` it does, though its journal refuses all. */
  isAlive = false;
  isDiskFull = false;
  isHealed = false;
  /** Waits of the world itself: people who think, code that is slow. */
  pending = 0;
  /** Faults that came to their place. */
  readonly #struck = new Set<Fault>();
  readonly #ground: Ground | undefined;

  constructor(script: Script, definitions: readonly Definition[], ground?: Ground) {
    this.#ground = ground;
    this.script = script;
    this.definitions = definitions;
    const shuffle = script.faults.some(({ fault }) => fault === 'reorder');
    this.isShuffled = shuffle;
    const kept = ground?.kept;
    this.clock = simulatedClock(script.seed, { shuffle, from: kept?.clock });
    const onCommit: OnCommit = (commit, moment, batch) => this.#onCommit(commit, moment, batch);
    this.disk = ground?.disk(onCommit) ?? simulatedDisk({ onCommit });
    if (kept !== undefined) this.#goOnFrom(kept);
    else if (this.strike('reorder', () => true) !== undefined) {
      this.note('fault', 'the scheduler runs what waits in any order', true);
    }
  }

  get journal(): JournalReads {
    return this.disk.reads;
  }

  get commits(): number {
    return this.disk.commits;
  }

  now(): number {
    return this.clock.now();
  }

  /** A process begins. */
  begin(): void {
    this.life += 1;
    this.isAlive = true;
    this.isDiskFull = false;
    this.pending = 0;
    if (this.life > 1) this.note('life', 'the process starts again', false);
  }

  /** The process is over: what it called is lost. */
  end(): void {
    this.isAlive = false;
    this.troupe = undefined;
    this.clock.clear();
    for (const call of this.calls) if (call.end === 'open') call.end = 'lost';
    for (const request of this.requests) if (request.end === 'open') request.end = 'lost';
  }

  note(kind: Happening['kind'], text: string, isScripted: boolean): void {
    this.happenings.push({ at: this.now(), commit: this.commits, kind, text, isScripted });
  }

  /** Takes note of the first law that broke. */
  broke(law: string, found: string): void {
    this.breach ??= { law, found, commit: this.commits };
  }

  /** Waits in this life; one that has ended never goes on. */
  wait(ms: number): Promise<void> {
    const { life } = this;
    this.pending += 1;
    return new Promise((resolve) => {
      this.clock.after(ms, () => {
        if (life !== this.life || !this.isAlive) return;
        this.pending -= 1;
        resolve();
      });
    });
  }

  /** The faults that are due, of one kind; from now on they have struck. */
  strike<Kind extends Kinds>(
    kind: Kind,
    isDue: (fault: FaultOf<Kind>) => boolean,
  ): FaultOf<Kind> | undefined {
    if (this.isHealed || this.script.faults.length === this.#struck.size) return undefined;
    const isOf = (fault: Fault): fault is FaultOf<Kind> => fault.fault === kind;
    const found = this.script.faults
      .filter(isOf)
      .find((fault) => !this.#struck.has(fault) && isDue(fault));
    if (found !== undefined) this.#struck.add(found);
    return found;
  }

  /** Faults that came to their place. */
  get struck(): readonly Fault[] {
    return [...this.#struck];
  }

  /** All that it knows, for a world that goes on from here. */
  keep(): KeptWorld {
    const { life, isHealed, commits, calls, happenings } = this;
    const requests = this.requests.map((one) => ({ ...one, args: [] }));
    const struck = this.struck.map((fault) => this.script.faults.indexOf(fault));
    const clock = this.clock.place();
    return { life, isHealed, clock, commits, calls, requests, happenings, struck };
  }

  #goOnFrom({ life, isHealed, calls, requests, happenings, struck }: KeptWorld): void {
    this.life = life;
    this.isHealed = isHealed;
    this.calls.push(...calls);
    this.requests.push(...requests);
    this.happenings.push(...happenings);
    for (const place of struck) {
      const fault = this.script.faults[place];
      if (fault !== undefined) this.#struck.add(fault);
    }
    this.end();
  }

  #onCommit(commit: number, moment: 'before' | 'after', batch: Batch): void {
    if (moment === 'before') this.#before(commit);
    else this.#after(commit, batch);
  }

  #before(commit: number): void {
    if (!this.isAlive) throw faultOf('the process has ended');
    const full = this.strike('disk-full', (fault) => fault.commit === commit);
    if (full !== undefined) {
      this.isDiskFull = true;
      this.note('fault', `the disk is full at commit ${commit}`, true);
      throw faultOf('no space left on the disk');
    }
    this.#crashAt(commit, 'before');
  }

  #after(commit: number, batch: Batch): void {
    this.breach ??= this.watching?.committed(batch, commit);
    this.#crashAt(commit, 'after');
    this.watching?.noticed(batch);
    const jump = this.strike('clock-jump', (fault) => fault.commit === commit);
    if (jump !== undefined) {
      this.note('fault', `the clock leaps forward by ${spanText(jump.ms)}`, true);
      this.clock.leap(jump.ms);
    }
    this.#disturb('cancel', commit);
    this.#disturb('pause', commit);
  }

  #crashAt(commit: number, moment: 'before' | 'after'): void {
    const crash = this.strike(
      'crash',
      (fault) => fault.commit === commit && fault.moment === moment,
    );
    if (crash === undefined) return;
    const how = moment === 'before' ? 'is durable' : 'is acknowledged';
    this.note('fault', `the process ends before commit ${commit} ${how}`, true);
    this.#ground?.crash();
    this.isAlive = false;
    throw faultOf(`crash ${moment} commit ${commit}`);
  }

  /** Somebody cancels or pauses a run that was started by itself. */
  #disturb(kind: 'cancel' | 'pause', commit: number): void {
    const fault = this.strike(kind, (one) => one.commit === commit);
    if (fault === undefined) return;
    const open = this.journal
      .actors({ done: false, parent: '' })
      .filter(({ address }) => address.startsWith('run/'));
    const chosen = open[fault.run % Math.max(1, open.length)];
    if (chosen === undefined) return;
    const runId = chosen.address.slice('run/'.length);
    const says = kind === 'cancel' ? 'cancels' : 'pauses';
    this.clock.soon(() => {
      if (!this.isAlive) return;
      this.note('fault', `somebody ${says} ${decodeURIComponent(runId)}`, true);
      void this.#drive(kind, runId);
    });
  }

  async #drive(kind: 'cancel' | 'pause', runId: string): Promise<void> {
    try {
      const run = await this.troupe?.runs.get(runId);
      await (kind === 'cancel' ? run?.cancel('somebody cancelled it') : run?.pause());
    } catch {
      // It has ended meanwhile, or the process has: refused, as it may be.
    }
  }
}

const faultOf = (fault: string) => troupeError('INJECTED_FAULT', { call: 'the journal', fault });

/** A span of time in words. */
export function spanText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const [size, unit] = units.find(([one]) => ms >= one) ?? [1, 'ms'];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
