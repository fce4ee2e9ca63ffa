/**
 * Duplicated code, found by jscpd's detector (a Rabin-Karp search over tokens): at least 50 tokens
 * and 5 lines, mode mild.
 *
 * jscpd's own file search is not used: it takes paths for patterns and leaves out, unsaid, files
 * above 1,000 lines or 100 kB. Which of two places becomes `a` and which `b` depends on the order
 * of files; it is jscpd's, deepest folder first. Files that jscpd would leave out come after all
 * others, so that they add findings and change none.
 */
import { hash } from 'node:crypto';
import { type Disk, failureText, nodeDisk, textsOf } from './disk.ts';
import type { Chunk, Clone, Duplication, Progress } from './findings.ts';
import { requireFrom } from './tools.ts';

/** What counts as a clone, and the bounds of the search. */
export const duplicationLimits = {
  tokens: 50,
  lines: 5,
  /** Files above either come last: the limits that jscpd has by default. */
  lateLines: 1_000,
  lateBytes: 102_400,
  /** Characters searched in one audit: each costs about 40 bytes of memory. */
  chars: 16_000_000,
} as const;

/** Finds clones within and across files of one language. */
export async function duplication(
  chunk: Chunk,
  progress?: Progress,
  disk: Disk = nodeDisk,
): Promise<Duplication> {
  const found: Duplication = {
    ...{ clones: [], duplicatedLines: 0, duplicationPercent: 0 },
    ...{ changed: [], skipped: [] },
  };
  const search = makeSearch();
  const texts = await orderedTexts(chunk, found, disk);
  let lines = 0;
  for (const [index, { file, text }] of texts.entries()) {
    try {
      const { clones, lines: searched } = await search(file, text);
      for (const clone of clones) found.clones.push(clone);
      lines += searched;
    } catch (error) {
      found.skipped.push({ file, reason: 'analyser-failed', detail: failureText(error) });
    }
    progress?.(index + 1, texts.length);
  }
  found.duplicatedLines = found.clones.reduce((sum, clone) => sum + clone.lines - 1, 0);
  found.duplicationPercent = lines && Math.round((10_000 * found.duplicatedLines) / lines) / 100;
  return found;
}

interface Text {
  readonly file: string;
  readonly text: string;
  readonly late: boolean;
}

/** The texts in the order of the search, without those too short for a clone. */
async function orderedTexts(chunk: Chunk, found: Duplication, disk: Disk): Promise<Text[]> {
  const texts: Text[] = [];
  let chars = 0;
  for await (const { file, text } of textsOf(chunk, found, disk)) {
    const lines = text.split('\n').length;
    if (lines < duplicationLimits.lines) continue;
    chars += text.length;
    if (chars > duplicationLimits.chars) {
      const detail = `duplication is searched in the first ${duplicationLimits.chars} characters`;
      found.skipped.push({ file, reason: 'too-large', detail });
      continue;
    }
    const { lateLines, lateBytes } = duplicationLimits;
    texts.push({ file, text, late: lines > lateLines || text.length > lateBytes });
  }
  const depthFirst = texts.sort((a, b) => byBreadth(b.file, a.file));
  return [...depthFirst.filter(({ late }) => !late), ...depthFirst.filter(({ late }) => late)];
}

/** Upper folders first, then by name, as a breadth first walk finds files. */
function byBreadth(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  if (left.length !== right.length) return left.length - right.length;
  const at = left.findIndex((name, i) => name !== right[i]);
  return at < 0 || (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

type Search = (file: string, text: string) => Promise<{ clones: Clone[]; lines: number }>;

function makeSearch(): Search {
  const require = requireFrom('jscpd');
  const core: JscpdCore = require('@jscpd/core');
  const { Tokenizer }: JscpdTokenizer = require('@jscpd/tokenizer');
  const detector = new core.Detector(new Tokenizer(), new FrameStore(), [], {
    minTokens: duplicationLimits.tokens,
    minLines: duplicationLimits.lines,
    maxLines: Number.MAX_SAFE_INTEGER,
    mode: core.mild,
    hashFunction: (value) => hash('md5', value),
  });
  let lines = 0;
  detector.on('START_DETECTION', ({ source }) => {
    lines += source.getLinesCount();
  });
  return async (file, text) => {
    lines = 0;
    const clones = await detector.detect(file, text, formatOf(file));
    return { clones: clones.map(cloneOf), lines };
  };
}

function formatOf(file: string): string {
  const kind = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  if (kind === 'jsx' || kind === 'tsx') return kind;
  return kind.endsWith('ts') ? 'typescript' : 'javascript';
}

function cloneOf({ duplicationA: a, duplicationB: b }: JscpdClone): Clone {
  return {
    ...{ a: a.sourceId, aStart: a.start.line, aEnd: a.end.line },
    ...{ b: b.sourceId, bStart: b.start.line, bEnd: b.end.line },
    lines: a.end.line - a.start.line + 1,
    tokens: a.end.position - a.start.position,
  };
}

/**
 * Remembers every frame of 50 tokens by its hash. jscpd's own store keeps the tokens themselves, a
 * kilobyte for each; a clone needs only the lines where a frame starts and ends.
 */
class FrameStore {
  readonly #spaces = new Map<string, Map<string, number>>();
  readonly #sources: string[] = [];
  #frames = new Map<string, number>();
  #places = new Uint32Array(3 * 4_096);
  #count = 0;

  namespace(name: string): void {
    this.#frames = this.#spaces.get(name) ?? new Map();
    this.#spaces.set(name, this.#frames);
  }

  /** Rejects for an unknown frame, as the detector expects. */
  get(id: string): Promise<JscpdFrame> {
    const at = this.#frames.get(id);
    if (at === undefined) return Promise.reject(undefined);
    const [source = 0, start = 0, end = 0] = this.#places.subarray(at, at + 3);
    return Promise.resolve({
      id,
      sourceId: this.#sources[source] ?? '',
      start: tokenAt(start),
      end: tokenAt(end),
    });
  }

  set(id: string, frame: JscpdFrame): Promise<JscpdFrame> {
    if (this.#sources.at(-1) !== frame.sourceId) this.#sources.push(frame.sourceId);
    const at = 3 * this.#count;
    if (at === this.#places.length) {
      const larger = new Uint32Array(2 * this.#places.length);
      larger.set(this.#places);
      this.#places = larger;
    }
    const { start, end } = frame;
    this.#places.set([this.#sources.length - 1, start.loc.start.line, end.loc.end.line], at);
    this.#frames.set(id, at);
    this.#count += 1;
    return Promise.resolve(frame);
  }

  close(): void {
    this.#spaces.clear();
  }
}

function tokenAt(line: number): JscpdToken {
  const place = { line, column: 0, position: 0 };
  return { loc: { start: place, end: place }, range: [0, 0] };
}

// The part of jscpd's interface that is used here.

interface JscpdPlace {
  readonly line: number;
  readonly column: number;
  readonly position: number;
}

interface JscpdToken {
  readonly loc: { readonly start: JscpdPlace; readonly end: JscpdPlace };
  readonly range: readonly [number, number];
}

interface JscpdFrame {
  readonly id: string;
  readonly sourceId: string;
  readonly start: JscpdToken;
  readonly end: JscpdToken;
}

interface JscpdFragment {
  readonly sourceId: string;
  readonly start: JscpdPlace;
  readonly end: JscpdPlace;
}

interface JscpdClone {
  readonly duplicationA: JscpdFragment;
  readonly duplicationB: JscpdFragment;
}

interface JscpdDetector {
  detect(id: string, text: string, format: string): Promise<JscpdClone[]>;
  on(
    event: 'START_DETECTION',
    told: (event: { source: { getLinesCount(): number } }) => void,
  ): void;
}

interface JscpdCore {
  readonly mild: unknown;
  readonly Detector: new (
    tokenizer: unknown,
    store: FrameStore,
    validators: readonly never[],
    options: {
      readonly minTokens: number;
      readonly minLines: number;
      readonly maxLines: number;
      readonly mode: unknown;
      readonly hashFunction: (value: string) => string;
    },
  ) => JscpdDetector;
}

interface JscpdTokenizer {
  readonly Tokenizer: new () => unknown;
}
