/** The test to paste: it plays one script, and is red until the law holds in it. */
import fc from 'fast-check';
import type { Script } from '../../simulation/script.ts';

/**
 * A vitest file that plays a script. What `property` was given comes from `./team.ts`, as `team`:
 * the one line to adapt.
 */
export const testToPaste = (law: string, script: Script): string =>
  [
    "import { test } from 'vitest';",
    "import { replay } from 'troupe/testing';",
    "import { team } from './team.ts'; // what `property` was given",
    '',
    `test(${literal(law)}, async () => {`,
    '  await replay(team, {',
    `    given: ${literal(script.given)},`,
    `    seed: ${script.seed},`,
    `    faults: ${list(script.faults)},`,
    `    people: ${list(script.people)},`,
    '  });',
    '});',
    '',
  ].join('\n');

function list(items: readonly unknown[]): string {
  const line = `[${items.map(literal).join(', ')}]`;
  if (line.length <= 80) return line;
  return `[\n${items.map((item) => `      ${literal(item)},\n`).join('')}    ]`;
}

/** A value as source text. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (isPlain(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    const texts = fields.map(([key, field]) => `${keyLiteral(key)}: ${literal(field)}`);
    return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
  }
  return fc.stringify(value);
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

const keyLiteral = (key: string): string => {
  // A key of that name would set the prototype.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textLiteral(key);
};

const textLiteral = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
