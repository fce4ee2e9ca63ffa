/** What a module exports for its check: definitions, and options of single ones by id. */
import type { OwnOptions } from '../check.ts';
import { type Checkable, definitionsIn } from './definitions-in.ts';

/** A module's part in a check. */
export interface Exported {
  readonly definitions: readonly Checkable[];
  /** Its export `check`: options by the id of a definition. */
  readonly of: Readonly<Record<string, OwnOptions>>;
}

/** What a module exports for its check; `check` may as well be something else. */
export function exportedIn(module: object): Exported {
  const definitions = definitionsIn(module);
  const given: unknown = Reflect.get(module, 'check');
  const isPlain =
    typeof given === 'object' && given !== null && !Array.isArray(given) && !('kind' in given);
  const of: Readonly<Record<string, OwnOptions>> = isPlain
    ? Object.fromEntries(Object.entries(given))
    : {};
  return { definitions, of };
}
