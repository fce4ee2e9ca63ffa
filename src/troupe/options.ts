/** Options of `createTroupe`. */
import { z } from 'zod';
import type { Clock } from '../clock/index.ts';
import type { Durability, Journal } from '../journal/index.ts';
import {
  checkOptions,
  type Definition,
  LimitOptions,
  type Logger,
  TextOption,
} from '../protocol/index.ts';

/** How a troupe is made. */
export interface TroupeOptions {
  /** What can be run and sent to, and all that it uses. */
  readonly definitions?: readonly Definition[];
  /** Name of the workspace (default `troupe`); a journal belongs to one. */
  readonly name?: string;
  /** Path of the journal's file, or a journal; in memory when left out. */
  readonly journal?: string | Journal;
  /** What an acknowledgement survives: power loss (default) or only the end of the process. */
  readonly durability?: Durability;
  /** Bounds over the defaults. */
  readonly limits?: LimitOptions;
  /** Time, chance, ids and scheduling (default: those of the process). */
  readonly clock?: Clock;
  /** Where it logs to (default: warnings and errors on standard error). */
  readonly log?: Logger;
}

const isObject = (given: unknown): boolean => typeof given === 'object' && given !== null;

const Options = z.strictObject({
  definitions: z.array(z.custom<Definition>(isObject)).readonly().optional(),
  name: TextOption.optional(),
  journal: z
    .union([TextOption, z.custom<Journal>(isObject, 'must be a path or a journal')])
    .optional(),
  durability: z.enum(['power', 'process']).optional(),
  limits: LimitOptions.optional(),
  clock: z.custom<Clock>(isObject, 'must be a clock').optional(),
  log: z.custom<Logger>(isObject, 'must be a logger').optional(),
});

/** Checks the options of a troupe. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkTroupeOptions(given: unknown): z.infer<typeof Options> {
  return checkOptions(Options, given, 'createTroupe');
}
