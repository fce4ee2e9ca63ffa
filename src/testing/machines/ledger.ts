/**
 * Ledger: what was seen while a machine was told stories: places that were reached and how often,
 * how guards answered and where first, and what went wrong, each with the first story of it.
 */
import { type Configuration, type GuardWatch, type Macrostep, placeOf } from '../charts/index.ts';
import type { FindingCode } from '../findings/index.ts';
import type { Step } from './model/model.ts';
import { type Trail, trailTo } from './model/trail.ts';

/** Something that went wrong in a story. */
export interface Trouble {
  readonly code: FindingCode;
  readonly place: string;
  readonly message: string;
  readonly trail: Trail;
}

/** What is seen of a step before it is taken. */
interface Going {
  readonly before: Trail | undefined;
  readonly step: Step;
}

/** Counts what is seen. Guards tell it what they answer. */
export class Ledger implements GuardWatch {
  readonly states = new Map<string, number>();
  readonly transitions = new Map<string, number>();
  readonly isTrue = new Map<string, number>();
  readonly isFalse = new Map<string, number>();
  /** Places of guards that answered the same question with yes and no. */
  readonly wavering = new Set<string>();
  /** Places of transitions that went round without an end. */
  readonly loops = new Set<string>();
  readonly #asked = new Map<string, Going>();
  readonly #troubles = new Map<string, Trouble>();
  /** Place and error of the guard that threw last. */
  #thrown: { readonly place: string; readonly error: unknown } | undefined;
  #going: Going | undefined;

  get troubles(): readonly Trouble[] {
    return [...this.#troubles.values()];
  }

  /** A step is about to be taken. */
  going(before: Trail | undefined, step: Step): void {
    this.#going = { before, step };
    this.#thrown = undefined;
  }

  answered(place: string, isTrue: boolean): void {
    count(isTrue ? this.isTrue : this.isFalse, place);
    if (this.#going !== undefined && !this.#asked.has(place)) this.#asked.set(place, this.#going);
  }

  wavered(place: string): void {
    this.wavering.add(place);
    if (this.#going === undefined) return;
    const trail = trailTo(this.#going.before, this.#going.step, undefined);
    const message = `it answers the same question with yes and with no; ${decide}`;
    this.trouble({ code: 'not-durable', place, message, trail });
  }

  threw(place: string, error: unknown): void {
    this.#thrown ??= { place, error };
  }

  /** The innermost guard that threw in this step. */
  get thrown(): { readonly place: string; readonly error: unknown } | undefined {
    return this.#thrown;
  }

  /** The first story in which a guard was asked. */
  askedIn(place: string): Trail | undefined {
    const going = this.#asked.get(place);
    return going && trailTo(going.before, going.step, undefined);
  }

  /** A step was taken. */
  took({ taken, passed }: Pick<Macrostep, 'taken' | 'passed'>): void {
    for (const place of taken) count(this.transitions, place);
    for (const { _nodes: nodes } of passed) this.#in(nodes);
  }

  /** What went wrong; only the first story of each is kept. */
  trouble(trouble: Trouble): void {
    const key = `${trouble.code}:${trouble.place}`;
    if (!this.#troubles.has(key)) this.#troubles.set(key, trouble);
  }

  /** The first story of the same trouble. */
  trailOf({ code, place }: Pick<Trouble, 'code' | 'place'>): Trail | undefined {
    return this.#troubles.get(`${code}:${place}`)?.trail;
  }

  #in(nodes: Configuration['_nodes']): void {
    for (const node of nodes) if (node.parent !== undefined) count(this.states, placeOf(node));
  }
}

const decide = 'let it look at the context and the event alone';

function count(counts: Map<string, number>, place: string): void {
  counts.set(place, (counts.get(place) ?? 0) + 1);
}
