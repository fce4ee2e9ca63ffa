/** `defineMachine`: a machine with what it takes to change it while its runs live. */
import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import {
  checkOptions,
  definitionWith,
  isMachine,
  type MachineDefinition,
  type MachineMigration,
  RecordOption,
  TextOption,
  troupeError,
} from '../protocol/index.ts';

/** What is said of a machine beside its chart. */
export const MachineOptions = z.strictObject({
  /** Names its runs (default: the id of the machine). */
  id: TextOption.optional(),
  /** Raised when old states could mean something new (default: the machine's own, else `'1'`). */
  version: TextOption.optional(),
  title: TextOption.optional(),
  description: TextOption.optional(),
  /**
   * By version: makes the state of this version, `{ value, context }`, of one of that version;
   * pure. Live runs of a version that is not registered any more go on by it.
   */
  migrations: RecordOption.optional(),
});
export type MachineOptions = Omit<z.infer<typeof MachineOptions>, 'migrations'> & {
  readonly migrations?: Readonly<Record<string, MachineMigration>> | undefined;
};

/**
 * Declares a machine. A machine of XState 5 can be run as it stands; this adds a version and
 * migrations.
 * @throws TroupeError `BAD_ID`, `BAD_OPTION` naming the field.
 */
export function defineMachine<M extends AnyStateMachine>(
  machine: M,
  options: MachineOptions = {},
): MachineDefinition<M> {
  if (!isMachine(machine)) {
    const problem = 'must be a machine made by createMachine of XState 5';
    throw troupeError('BAD_OPTION', { where: 'defineMachine', field: 'machine', problem });
  }
  const { migrations, ...facts } = checkOptions(MachineOptions, options, 'defineMachine');
  for (const [version, migrate] of Object.entries(migrations ?? {})) {
    if (typeof migrate === 'function') continue;
    const field = `migrations.${version}`;
    throw troupeError('BAD_OPTION', {
      where: 'defineMachine',
      field,
      problem: 'must be a function',
    });
  }
  return definitionWith(machine, { ...facts, migrations: options.migrations });
}
