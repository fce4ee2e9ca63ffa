/** Arguments of `troupe check`: files, excuses and bounds, refused before anything is loaded. */
import { parseArgs } from 'node:util';
import { refuseArgument } from '../command.ts';

/** What was asked for. */
export interface CheckArguments {
  /** As they were written, each once. */
  readonly files: readonly string[];
  readonly json: boolean;
  readonly allow: readonly string[];
  readonly mutate: boolean;
  readonly journal: string | undefined;
  /** What is not given is as `check` has it. */
  readonly bounds: Readonly<Partial<Record<'seed' | 'states' | 'depth' | 'walks', number>>>;
}

/** The least value of each number. */
const leastOf = { seed: Number.MIN_SAFE_INTEGER, states: 1, depth: 1, walks: 0 } as const;

/** Reads the arguments. @throws TroupeError `BAD_OPTION`; the parser's error for an unknown one. */
export function checkArguments(args: readonly string[]): CheckArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      allow: { type: 'string', multiple: true, default: [] },
      mutate: { type: 'boolean', default: false },
      journal: { type: 'string' },
      seed: { type: 'string' },
      states: { type: 'string' },
      depth: { type: 'string' },
      walks: { type: 'string' },
    },
  });
  if (positionals.length === 0) refuseArgument('check', 'FILE', 'is missing');
  if (positionals.includes('')) refuseArgument('check', 'FILE', 'is empty');
  if (values.journal === '') refuseArgument('check', '--journal', 'is empty');
  const { json, allow, mutate, journal, seed, states, depth, walks } = values;
  const numbers = Object.entries({ seed, states, depth, walks }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, numberOf(name, text)] as const],
  );
  const files = [...new Set(positionals)];
  return { files, json, allow, mutate, journal, bounds: Object.fromEntries(numbers) };
}

function numberOf(name: string, text: string): number {
  const least = Reflect.get(leastOf, name);
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  const bound = name === 'seed' ? '' : ` of at least ${least}`;
  return refuseArgument('check', `--${name}`, `must be a whole number${bound}`);
}
