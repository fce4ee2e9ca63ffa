/**
 * What is outside of a scripted team: it outlives crashes, remembers every deed, and lets the
 * process end at a commit or around a deed. A life ends where its crash says; of what it still
 * believes afterwards nothing reaches the outside or the journal.
 */
import type { Journal } from '../../../src/journal/index.ts';
import { asAddress, troupeError } from '../../../src/protocol/index.ts';

/** Where a life ends: at its n-th commit, or at the n-th deed that it does. */
export interface Crash {
  readonly of: 'commit' | 'deed';
  readonly at: number;
  /** Of a deed: before the function does anything, or when it returns, before it is recorded. */
  readonly moment: 'before' | 'after';
}

/** Something that was done in the world, once or again. */
export interface Deed {
  readonly key: string;
  readonly life: number;
}

/** What the outside keeps when a process ends. */
export interface Kept {
  readonly life: number;
  readonly deeds: readonly Deed[];
  /** What was done though it was recorded, or twice at the same time. */
  readonly wrongs: readonly string[];
}

/** The outside. */
export class Outside {
  readonly deeds: Deed[];
  readonly wrongs: string[];
  /** Of this life. */
  commits = 0;
  /** The commits that bringing back what was live took, in this life. */
  recovery = 0;
  isAlive = false;
  #life: number;
  #begun = 0;
  #crash: Crash | undefined;
  #journal: Journal | undefined;
  #underWay = new Set<string>();
  /** A group is open: what it decides is not durable yet. */
  #isDeciding = false;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #died: () => void;

  /** @param died does what the end of the process does. */
  constructor(wait: (ms: number) => Promise<void>, died: () => void, kept?: Kept) {
    this.#wait = wait;
    this.#died = died;
    this.#life = kept?.life ?? 0;
    this.deeds = [...(kept?.deeds ?? [])];
    this.wrongs = [...(kept?.wrongs ?? [])];
  }

  get life(): number {
    return this.#life;
  }

  keep(): Kept {
    return { life: this.#life, deeds: this.deeds, wrongs: this.wrongs };
  }

  /** A process begins; gives the journal that it is to write to. */
  begin(journal: Journal, crash: Crash | undefined): Journal {
    this.#life += 1;
    this.isAlive = true;
    this.commits = 0;
    this.recovery = 0;
    this.#begun = 0;
    this.#crash = crash;
    this.#underWay = new Set();
    this.#isDeciding = false;
    this.#journal = journal;
    return this.#mortal(journal);
  }

  /** A run whose start was acknowledged is there, also when the process has just died. */
  acknowledged(runId: string): void {
    if (this.#journal?.byAddress(asAddress(`run/${runId}`)) !== undefined) return;
    this.wrongs.push(`the start of ${runId} was acknowledged and is not durable`);
  }

  /** A step of a bot's work. */
  step<Value>(key: string, value: Value): Promise<Value> {
    const at = key.lastIndexOf('/');
    return this.#does(key, value, (journal) => {
      const run = journal.byAddress(asAddress(`run/${key.slice(0, at)}`));
      return run !== undefined && journal.step(run.actor, key.slice(at + 1)) !== undefined;
    });
  }

  /** A function step, whose result is that of its run. */
  run<Value>(key: string, value: Value): Promise<Value> {
    return this.#does(key, value, (journal) => journal.byAddress(asAddress(`run/${key}`))?.done);
  }

  /** What a handler or a promise does: nothing is asked, but the key. */
  does<Value>(key: string, value: Value): Promise<Value> {
    return this.#does(key, value, () => false);
  }

  async #does<Value>(
    key: string,
    value: Value,
    isRecorded: (journal: Journal) => boolean | undefined,
  ): Promise<Value> {
    if (!this.isAlive) return never();
    const life = this.#life;
    this.#begun += 1;
    const nth = this.#begun;
    if (this.#journal !== undefined && isRecorded(this.#journal) === true) {
      this.wrongs.push(`${key} is done again in life ${life}, though it is recorded`);
    }
    if (this.#isDeciding) this.wrongs.push(`${key} is done before the commit that decides it`);
    if (this.#underWay.has(key)) this.wrongs.push(`${key} is done twice at the same time`);
    this.#underWay.add(key);
    if (this.#ends('deed', nth, 'before')) return never();
    this.deeds.push({ key, life });
    await this.#wait(3);
    if (!this.isAlive || life !== this.#life) return never();
    this.#underWay.delete(key);
    if (this.#ends('deed', nth, 'after')) return never();
    return value;
  }

  /** Whether the process ends here; it has, then. */
  #ends(of: Crash['of'], at: number, moment: Crash['moment']): boolean {
    const crash = this.#crash;
    if (crash?.of !== of || crash.at !== at || crash.moment !== moment) return false;
    this.isAlive = false;
    this.#died();
    return true;
  }

  #mortal(journal: Journal): Journal {
    const life = this.#life;
    const check = (): void => {
      if (this.isAlive && this.#life === life) return;
      throw troupeError('JOURNAL_FAILED', { path: journal.path, reason: 'the process is dead' });
    };
    const passes = (moment: Crash['moment']): void => {
      if (this.#ends('commit', this.commits, moment)) check();
    };
    return {
      ...journal,
      begin: () => {
        check();
        this.#isDeciding = journal.begin();
        return this.#isDeciding;
      },
      commit: (batch) => {
        check();
        this.commits += 1;
        passes('before');
        journal.commit(batch);
        this.#isDeciding = false;
        passes('after');
      },
      abort: () => {
        check();
        journal.abort();
        this.#isDeciding = false;
      },
      close: () => undefined,
    };
  }
}

/** What a dead process gets. */
const never = (): Promise<never> => new Promise(() => undefined);
