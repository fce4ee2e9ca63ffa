/** Options of `createTroupe` and of `stop`, as apps write them. */
import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import type { Clock } from '../clock/index.ts';
import type { Durability, Journal } from '../journal/index.ts';
import {
  checkOptions,
  type Definition,
  Duration,
  LimitOptions,
  type Logger,
  TextOption,
} from '../protocol/index.ts';
import { SupervisionOptions } from '../runs/index.ts';
import { RetentionOptions } from './retention.ts';

/** How a troupe is made. */
export interface TroupeOptions {
  /** What can be run and sent to, and all that it uses. */
  readonly definitions?: readonly (Definition | AnyStateMachine)[] | undefined;
  /** Name of the workspace (default `troupe`); a journal belongs to one. */
  readonly name?: string | undefined;
  /** Path of its file, or a journal, which `stop` closes too; in memory when left out. */
  readonly journal?: string | Journal | undefined;
  /** What an acknowledgement survives: power loss (default) or only the end of the process. */
  readonly durability?: Durability | undefined;
  /** What its journal keeps of what is over: history, ended runs, dead letters (default: all). */
  readonly retention?: RetentionOptions | undefined;
  /** How runs of machines are supervised that are not started with a supervision of their own. */
  readonly supervision?: SupervisionOptions | undefined;
  /** Bounds over the defaults. */
  readonly limits?: LimitOptions | undefined;
  /** Time, chance, ids and scheduling (default: those of the process). */
  readonly clock?: Clock | undefined;
  /** Where it logs to (default: warnings and errors on standard error). */
  readonly log?: Logger | undefined;
}

/** An object of ours by the functions that it must have. */
function partWith<Part>(names: readonly (keyof Part & string)[], what: string) {
  const has = (given: unknown): boolean =>
    typeof given === 'object' &&
    given !== null &&
    names.every((name) => typeof Reflect.get(given, name) === 'function');
  return z.custom<Part>(has, `must be ${what}, with ${names.join(', ')}`);
}

const JournalOption = partWith<Journal>(
  ['begin', 'commit', 'abort', 'trim', 'close', 'byAddress', 'actors'],
  'a path or a journal',
);

const Options = z.strictObject({
  definitions: z
    .array(z.custom<Definition | AnyStateMachine>(), 'must be an array of definitions')
    .optional(),
  name: TextOption.optional(),
  journal: z.union([TextOption, JournalOption], 'must be a path or a journal').optional(),
  durability: z.enum(['power', 'process'], "must be 'power' or 'process'").optional(),
  retention: RetentionOptions.optional(),
  supervision: SupervisionOptions.optional(),
  limits: LimitOptions.optional(),
  clock: partWith<Clock>(['now', 'random', 'id', 'soon', 'after'], 'a clock').optional(),
  log: partWith<Logger>(['debug', 'info', 'warn', 'error'], 'a logger').optional(),
});

const StopOption = z.strictObject({ deadline: Duration.optional() });

const SnapshotOption = z.strictObject({ overwrite: z.boolean('must be a boolean').optional() });

const RestoreOption = z.strictObject({
  deadline: Duration.optional(),
  before: TextOption.optional(),
});

/** Checks the options of a troupe. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkTroupeOptions(given: unknown): z.infer<typeof Options> {
  return checkOptions(Options, given, 'createTroupe');
}

/** Checks the options of `stop`. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkStopOptions(given: unknown): z.infer<typeof StopOption> {
  return checkOptions(StopOption, given, 'stop');
}

/** Checks the options of `snapshot`. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkSnapshotOptions(given: unknown = {}): z.infer<typeof SnapshotOption> {
  return checkOptions(SnapshotOption, given, 'snapshot');
}

/** Checks the options of `restore`. @throws TroupeError `BAD_OPTION` naming the field. */
export function checkRestoreOptions(given: unknown = {}): z.infer<typeof RestoreOption> {
  return checkOptions(RestoreOption, given, 'restore');
}
