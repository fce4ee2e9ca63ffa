/**
 * Prints what the house rules object to, one line each: `npm run tidy`, for use while writing.
 */
import { fileURLToPath } from 'node:url';
import { allowed } from './allowed.ts';
import { objections, rules, staleAllowances } from './rules.ts';
import { readRepository } from './source.ts';

const repository = readRepository(fileURLToPath(new URL('../..', import.meta.url)));
const lines = [
  ...rules.flatMap((rule) => objections(rule, repository, allowed)),
  ...staleAllowances(repository, allowed),
];
for (const line of lines) console.log(line);
process.exitCode = lines.length > 0 ? 1 : 0;
