/**
 * Latencies: a histogram of durations whose size is fixed, whatever comes.
 *
 * Log-linear buckets as in Gil Tene's HdrHistogram: 16 buckets of equal width for each doubling,
 * so that durations below 32 ms are exact and all others less than 1/16 too high.
 * Invariants: noting costs one increment; `mean` and `max` are exact.
 */
import { limits } from '../protocol/index.ts';

/** How long something took, in milliseconds; all 0 when nothing was noted. */
export interface LatencyReport {
  readonly mean: number;
  /** At least so many hundredths took no longer; less than 1/16 too high. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const bitsOfDoubling = 4;
const perDoubling = 2 ** bitsOfDoubling;
const longestMs = limits.timerMs;

/** A histogram of milliseconds. */
export class Latencies {
  readonly #buckets = new Uint32Array(bucketOf(longestMs) + 1);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Notes a duration; a clock that was put back counts as none. */
  note(givenMs: number): void {
    const ms = Math.max(0, givenMs);
    const bucket = bucketOf(Math.min(ms, longestMs));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += ms;
    if (ms > this.#max) this.#max = ms;
  }

  report(): LatencyReport {
    const [p50, p95, p99] = [this.#percentile(50), this.#percentile(95), this.#percentile(99)];
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return { mean, p50, p95, p99, max: this.#max };
  }

  /** The smallest duration that enough others don't exceed (nearest rank). */
  #percentile(percent: number): number {
    const rank = Math.ceil((this.#count * percent) / 100);
    let before = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      before += count;
      if (before >= rank && count > 0) return Math.min(highestOf(bucket), this.#max);
    }
    return 0;
  }
}

/** The bucket of whole milliseconds: the doubling, then the bits behind the first. */
function bucketOf(ms: number): number {
  const doubling = Math.max(0, 31 - Math.clz32(ms) - bitsOfDoubling);
  return doubling * perDoubling + (ms >>> doubling);
}

/** The longest duration of a bucket. */
function highestOf(bucket: number): number {
  if (bucket < perDoubling * 2) return bucket;
  const doubling = Math.floor(bucket / perDoubling) - 1;
  return (bucket - doubling * perDoubling + 1) * 2 ** doubling - 1;
}
