/**
 * Pages: splits an answer that is too large for one row of a journal, and puts it together again.
 *
 * Lists and records are split between their entries; a number stands on the first page and is 0 on
 * the others, so that sums over pages are right; texts stand on every page.
 */
import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { Duplication, Survey } from '../analysers/index.ts';
import type { Page, PageOrder } from './orders.ts';

/** Characters of JSON in one page: a row of a journal takes 1 MiB, and other fields need some. */
export const pageChars = 400_000;

/** Splits an answer; small ones are one page. */
export function pagesOf<Whole extends object>(
  schema: z.ZodType<Whole>,
  whole: Whole,
  charsMax = pageChars,
): [Page<Whole>, ...Page<Whole>[]] {
  const text = JSON.stringify(whole);
  // Pages of other lengths don't belong together either.
  const mark = hash('sha256', `${charsMax} ${text}`, 'hex').slice(0, 16);
  const parts = text.length <= charsMax ? [whole] : split(whole, charsMax).map(parse);
  const [first = whole, ...rest] = parts;
  const page = (part: Whole): Page<Whole> => ({ part, pages: parts.length, mark });
  return [page(first), ...rest.map(page)];
  function parse(part: unknown): Whole {
    return schema.parse(part);
  }
}

/** Asks for a page of something, under a name. */
export type AskPage<Part> = (name: string, order: PageOrder) => Promise<Page<Part>>;

/**
 * Asks for all pages of an answer. Should they not belong together, because the world changed
 * between two of them and a crash had the answer made anew, all are asked for again.
 */
export async function allPages<Part>(name: string, ask: AskPage<Part>): Promise<Part[]> {
  for (let time = 1; ; time += 1) {
    const base = time === 1 ? name : `${name}-again-${time}`;
    const first = await ask(base, { page: 1 });
    const others = Array.from({ length: first.pages - 1 }, (_, index) => index + 2);
    const rest = await Promise.all(
      others.map((page) => ask(`${base}-page-${page}`, { page, mark: first.mark })),
    );
    if (rest.every(({ mark }) => mark === first.mark))
      return [first.part, ...rest.map(({ part }) => part)];
  }
}

/** A survey from its pages. */
export function joinedSurvey(parts: readonly Survey[]): Survey {
  return {
    root: parts[0]?.root ?? '',
    files: parts.flatMap(({ files }) => files),
    kinds: parts.flatMap(({ kinds }) => kinds),
    skipped: parts.flatMap(({ skipped }) => skipped),
    invalidUtf8: parts.flatMap(({ invalidUtf8 }) => invalidUtf8),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  };
}

/** Duplication from its pages. */
export function joinedDuplication(parts: readonly Duplication[]): Duplication {
  return {
    clones: parts.flatMap(({ clones }) => clones),
    duplicatedLines: parts.reduce((sum, part) => sum + part.duplicatedLines, 0),
    duplicationPercent: parts.reduce((sum, part) => sum + part.duplicationPercent, 0),
    changed: parts.flatMap(({ changed }) => changed),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

type Fields = Record<string, unknown>;

function split(whole: object, charsMax: number): Fields[] {
  const parts = [emptied(whole, true)];
  let chars = 0;
  for (const [field, value] of Object.entries(whole)) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      const size = JSON.stringify(item).length + key.length + 4;
      chars += size;
      if (chars > charsMax) {
        parts.push(emptied(whole, false));
        chars = size;
      }
      add(parts.at(-1)?.get(field), key, item);
    }
  }
  return parts.map(plain);
}

function emptied(whole: object, isFirst: boolean): Map<string, unknown> {
  const fields = Object.entries(whole).map(([field, value]): [string, unknown] => {
    if (Array.isArray(value)) return [field, []];
    if (typeof value === 'object' && value !== null) return [field, new Map()];
    return [field, typeof value === 'number' && !isFirst ? 0 : value];
  });
  return new Map(fields);
}

function add(collection: unknown, key: string, item: unknown): void {
  if (Array.isArray(collection)) collection.push(item);
  else if (collection instanceof Map) collection.set(key, item);
}

/** Records are filled as maps, since a key may be any text. */
const plain = (fields: ReadonlyMap<string, unknown>): Fields =>
  Object.fromEntries(
    [...fields].map(([field, value]) => [
      field,
      value instanceof Map ? Object.fromEntries(value) : value,
    ]),
  );
