/**
 * Harness of the benchmarks: A and B in turns, and what to make of their times.
 *
 * The machine is never quiet, so nothing here is an absolute: contestants take short rounds in
 * turns, each second round in the opposite order, and a ratio is the median of the ratios of
 * neighbouring rounds. Beside wall time stands the CPU time of the whole process, which a busy
 * neighbour distorts less. Every round gives a result, all rounds of all contestants the same
 * one: nothing is optimised away, and all do the same work.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';

/** Named parameters, all of them numbers. */
export type Parameters = Readonly<Record<string, number>>;

/** A benchmark: one subject, some figures. */
export interface Bench<P extends Parameters = Parameters> {
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly about: string;
  readonly parameters: P;
  /** Tiny parameters: the tests run it with them, so that it can't rot. */
  readonly quick: P;
  measure(parameters: P): Promise<readonly Figure[]>;
}

/** A contestant: makes a round ready, outside the measured time. */
export type Contestant = () => Round | Promise<Round>;

/** One round of a contestant. */
export interface Round {
  /** The measured part. */
  run(): unknown;
  /** What came of it, for the digest. */
  result(): unknown;
  /** Gives back what it took. */
  end?(): unknown;
}

/** A measured round. */
export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** What a contest measured. */
export interface Contest {
  /** Of the result that all rounds share. */
  readonly digest: string;
  /** The rounds of each contestant, in order. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

/** A lowest or highest value that a figure must have. */
export interface Bound {
  readonly of: 'value' | 'ratio';
  readonly min?: number;
  readonly max?: number;
  /** Whether it must hold; others are aims. */
  readonly isDue: boolean;
}

/** One line of the table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Such as `/s`, `µs`, `bytes`, `ms`. */
  readonly unit: string;
  /** Microseconds of CPU for each operation. */
  readonly cpuUs?: number | undefined;
  /** Microseconds that it takes longer than the line above. */
  readonly addsUs?: number | undefined;
  /** What it is compared with; ratios above 1 are better than it unless the bound is a `max`. */
  readonly against?: Comparison | undefined;
  readonly bounds: readonly Bound[];
  readonly digest: string;
}

/** A comparison by paired rounds. */
export interface Comparison {
  readonly name: string;
  /** Medians of wall time and of CPU time; the quartiles of the former. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly cpuRatio: number;
}

/** Lets contestants take rounds in turns. */
export async function contest(
  contestants: Readonly<Record<string, Contestant>>,
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<Contest> {
  const samples = Object.fromEntries(
    Object.keys(contestants).map((name) => [name, [] as Sample[]]),
  );
  const digests = new Map<string, string>();
  for (let round = -warmUps; round < rounds; round += 1) {
    const entries = Object.entries(contestants);
    for (const [name, contestant] of round % 2 === 0 ? entries : entries.toReversed()) {
      const { sample, result } = await take(contestant);
      digests.set(digestOf(result), name);
      if (round >= 0) samples[name]?.push(sample);
    }
  }
  assert.equal(digests.size, 1, `results differ: ${JSON.stringify([...digests])}`);
  return { digest: [...digests.keys()].join(), samples };
}

/**
 * Only what is young: a full collection takes with it the hidden classes of objects that live
 * within a round only, and with them the compiled code, so that every round would begin cold.
 */
const young = { type: 'minor' } as const;

async function take(contestant: Contestant): Promise<{ sample: Sample; result: unknown }> {
  const round = await contestant();
  globalThis.gc?.(young);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const running = round.run();
  if (running instanceof Promise) await running;
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const result = round.result();
  await round.end?.();
  return { sample: { wallMs, cpuMs: (user + system) / 1_000 }, result };
}

/** The digest of a result: equal JSON texts have equal ones. */
export const digestOf = (result: unknown): string =>
  hash('sha256', JSON.stringify(result), 'base64url').slice(0, 10);

/** How many operations a second, and what it takes against another contestant. */
export function rate(
  contested: Contest,
  operations: number,
  figure: { readonly name: string; readonly of: string; readonly against?: string },
  bounds: readonly Bound[] = [],
): Figure {
  const own = samplesOf(contested, figure.of);
  return {
    name: figure.name,
    value: (operations * 1_000) / median(own.map(({ wallMs }) => wallMs)),
    unit: '/s',
    cpuUs: (median(own.map(({ cpuMs }) => cpuMs)) * 1_000) / operations,
    against:
      figure.against === undefined ? undefined : faster(contested, figure.of, figure.against),
    bounds,
    digest: contested.digest,
  };
}

/** How much faster one contestant is than another: 1 for as fast, 0.5 for half as fast. */
export const faster = (contested: Contest, own: string, other: string): Comparison =>
  compare(other, samplesOf(contested, other), samplesOf(contested, own));

/** How much longer one contestant takes than another: 1 for as long, 2 for twice as long. */
export const longer = (contested: Contest, own: string, other: string): Comparison =>
  compare(other, samplesOf(contested, own), samplesOf(contested, other));

/** Microseconds that a round of one contestant takes longer than one of another. */
export function addedUs(contested: Contest, own: string, other: string): number {
  const others = samplesOf(contested, other);
  const extra = samplesOf(contested, own).map(
    ({ wallMs }, round) => wallMs - (others[round]?.wallMs ?? Number.NaN),
  );
  return median(extra) * 1_000;
}

function compare(name: string, above: readonly Sample[], below: readonly Sample[]): Comparison {
  const ratios = above.map(({ wallMs }, round) => wallMs / (below[round]?.wallMs ?? 0));
  const cpuRatios = above.map(({ cpuMs }, round) => cpuMs / (below[round]?.cpuMs ?? 0));
  return {
    name,
    ratio: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    cpuRatio: median(cpuRatios),
  };
}

/** The rounds of a contestant. */
export function samplesOf({ samples }: Contest, name: string): readonly Sample[] {
  const own = samples[name];
  assert(own !== undefined, `no contestant is called ${name}`);
  return own;
}

/** The median of some numbers. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which a share of some numbers lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
