/** The migrations of a workflow, checked when they are declared. */
import { z } from 'zod';
import {
  checkOptions,
  type DefinitionCore,
  PureFunctionOption,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';

/** What it gives is looked at when it is called. */
const MigrationOption = z.object({ migrate: PureFunctionOption });

/**
 * Migrations by the version that they start from.
 * @throws TroupeError `BAD_OPTION` for its own version, one that is named twice, or no function.
 */
export function migrationsOf(
  { id, version }: Pick<DefinitionCore, 'id' | 'version'>,
  given: readonly (readonly [from: string, migrate: unknown])[],
): Workflow['migrations'] {
  const where = `workflow ${id}`;
  const migrations: Record<string, NonNullable<Workflow['migrations']>[string]> = {};
  for (const [from, migrate] of given) {
    const field = `migrate ${from}`;
    if (from === version) {
      throw troupeError('BAD_OPTION', { where, field, problem: 'is its own version' });
    }
    if (Object.hasOwn(migrations, from)) {
      throw troupeError('BAD_OPTION', { where, field, problem: 'is there already' });
    }
    migrations[from] = checkOptions(MigrationOption, { migrate }, `${where}, ${field}`).migrate;
  }
  return Object.freeze(migrations);
}
