/** Power loss, again and again: a team under load is traced, then started on what may be left. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Durability, isTroupeError, simulatedClock } from '../../../src/index.ts';
import { verifyChain } from '../../../src/journal/chain.ts';
import { type Image, type Kind, TracedDisk } from './disk.ts';
import { type Counts, sendOn, troupeOn, wrongIn } from './ledger.ts';
import { type Change, changesIn } from './trace.ts';

/** A trace of a folder with the journal `team.db`. */
export interface Traced {
  readonly folder: string;
  readonly trace: Buffer;
}

/** What became of a team after the power failed. */
export interface Loss {
  /** How many of the trace's changes had been made. */
  readonly at: number;
  /** Code of the error by which the start was refused. */
  readonly refused: string | undefined;
  /** What that error says. */
  readonly said: string;
  /** What is wrong with what is left, as sentences. */
  readonly wrong: readonly string[];
  /** What was acknowledged when the power failed. */
  readonly acknowledged: Counts;
}

/** How to draw losses. */
export interface LossOptions {
  readonly kind: Kind;
  readonly count: number;
  readonly seed: number;
  readonly durability: Durability;
}

/** Draws points of a trace and what the disk holds after each, and starts the team on it. */
export async function losses(traced: Traced, options: LossOptions): Promise<Loss[]> {
  const changes = changesIn(traced.trace);
  const { random } = simulatedClock(options.seed);
  const points = Array.from({ length: options.count }, () =>
    Math.floor(random() * (changes.length + 1)),
  ).sort((a, b) => a - b);
  const disk = new TracedDisk(traced.folder);
  const acknowledging = acknowledgements();
  const found: Loss[] = [];
  let made = 0;
  for (const at of points) {
    for (const change of changes.slice(made, at)) {
      disk.apply(change);
      acknowledging.apply(change);
    }
    made = at;
    const acknowledged = acknowledging.counts();
    const image = disk.draw(random, options.kind);
    found.push({ at, acknowledged, ...(await startOn(image, options.durability, acknowledged)) });
  }
  return found;
}

/** Reads what the team has acknowledged from what it has written. */
function acknowledgements() {
  const handles = new Set<string>();
  const counts: Record<string, number> = {};
  return {
    apply(change: Change): void {
      if (change.type === 'open' && basename(change.path) === 'acknowledged') {
        handles.add(change.handle);
      }
      if (change.type !== 'write' || !handles.has(change.handle)) return;
      const [id = '', n = ''] = change.bytes.toString().trim().split(' ');
      counts[id] = Number(n);
    },
    counts: (): Counts => ({ ...counts }),
  };
}

/** Starts the team on what is left, and lets it go on. */
async function startOn(image: Image, durability: Durability, acknowledged: Counts) {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'troupe-disk-'));
  const path = join(folder, 'team.db');
  try {
    for (const [name, bytes] of image) {
      const isShared = name.endsWith('-shm');
      if (!isShared) writeFileSync(join(folder, basename(name)), bytes, { mode: 0o600 });
    }
    const troupe = await troupeOn(path, durability);
    const wrong = await wrongIn(troupe, acknowledged);
    await sendOn(troupe, 'a', { count: 1, acknowledged: () => {} });
    await troupe.stop();
    const chain = wrongInChain(path);
    return { refused: undefined, said: '', wrong: [...wrong, ...chain] };
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    return { refused: error.code, said: error.message, wrong: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with the history of a closed journal. */
export function wrongInChain(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT * FROM history ORDER BY seq').all();
  db.close();
  const found = verifyChain(
    rows.map((row) => ({
      seq: Number(row.seq),
      actor: Number(row.actor),
      previous: Number(row.previous),
      at: Number(row.at),
      type: String(row.type),
      status: String(row.status),
      body: String(row.body),
      hash: String(row.hash),
    })),
  );
  return found.ok ? [] : [`row ${found.seq} of the history is ${found.problem}`];
}
