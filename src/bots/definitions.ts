/**
 * The registry of definitions: everything that was given, and everything that it uses.
 *
 * Versions of one id stand side by side: runs under way keep theirs, new ones take the last given.
 * Invariant: one id and version is one value; adding either adds all or changes nothing.
 */
import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import {
  checkOptions,
  type Definition,
  isDefinition,
  isMachine,
  isTask,
  isWorkflow,
  machineDefinition,
  troupeError,
} from '../protocol/index.ts';

/** Definitions by id and version. */
export interface Definitions {
  /**
   * Adds definitions, and those they use: the work of a workflow's steps, a task's bot.
   * @throws TroupeError `DUPLICATE_DEFINITION` when another value has the same id and version;
   * `BAD_OPTION` for what is no definition. Nothing is added then.
   */
  add(given: readonly (Definition | AnyStateMachine)[]): void;
  /** What new runs of an id take: the version given last, else the one that was found last. */
  latest(id: string): Definition | undefined;
  /** The definition of an id and version. */
  exact(id: string, version: string): Definition | undefined;
  /** The versions of an id, in the order in which they came. */
  versions(id: string): readonly string[];
  /** All ids, in the order in which they came. */
  ids(): readonly string[];
  /** Every version of everything. */
  all(): readonly Definition[];
}

/**
 * Collects definitions and those they use.
 * @param builtIn are always there, and not listed.
 * @throws TroupeError as `add` does.
 */
export function collectDefinitions(
  given: readonly (Definition | AnyStateMachine)[] = [],
  builtIn: readonly Definition[] = [],
): Definitions {
  let known: Known = withAll({ versions: new Map(), given: new Map() }, builtIn);
  const own = new Set(builtIn.map(({ id }) => id));
  const add = (more: readonly (Definition | AnyStateMachine)[]): void => {
    known = withAll(known, more);
  };
  add(given);
  return Object.freeze({
    add,
    latest: (id: string) =>
      known.given.get(id) ?? [...(known.versions.get(id)?.values() ?? [])].at(-1),
    exact: (id: string, version: string) => known.versions.get(id)?.get(version),
    versions: (id: string) => [...(known.versions.get(id)?.keys() ?? [])],
    ids: () => [...known.versions.keys()].filter((id) => !own.has(id)),
    all: () => [...known.versions.values()].flatMap((versions) => [...versions.values()]),
  });
}

/** What is registered: all by id and version, and what was given last by id. */
interface Known {
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, Definition>>;
  readonly given: ReadonlyMap<string, Definition>;
}

/** Works on copies, so that a refused definition leaves nothing behind. */
function withAll(known: Known, more: readonly (Definition | AnyStateMachine)[]): Known {
  const versions = new Map([...known.versions].map(([id, known]) => [id, new Map(known)]));
  const given = new Map(known.given);
  const put = (definition: Definition): void => {
    const { id, version } = definition;
    const ofId = versions.get(id) ?? new Map<string, Definition>();
    const other = ofId.get(version);
    if (other === definition) return;
    if (other !== undefined) throw troupeError('DUPLICATE_DEFINITION', { definition: id, version });
    versions.set(id, ofId.set(version, definition));
    usedBy(definition).forEach(put);
  };
  for (const definition of checkOptions(
    DefinitionList,
    { definitions: more },
    where,
  ).definitions.map(asDefinition)) {
    put(definition);
    given.set(definition.id, definition);
  }
  return { versions, given };
}

const where = 'the team';

const DefinitionList = z.object({
  definitions: z.array(
    z.custom<Definition | AnyStateMachine>(
      (given) => isMachine(given) || isDefinition(given),
      'must be a machine, or made by defineBot, defineTask, defineApproval, defineWorkflow or ' +
        'defineMachine',
    ),
    'must be an array of definitions',
  ),
});

const asDefinition = (given: Definition | AnyStateMachine): Definition =>
  isMachine(given) ? machineDefinition(given) : given;

function usedBy(definition: Definition): readonly Definition[] {
  if (isTask(definition)) return definition.route.by === 'bot' ? [definition.route.bot] : [];
  if (!isWorkflow(definition)) return [];
  return definition.steps
    .flatMap(({ work, fallback = [], each }) => [
      work,
      ...fallback,
      ...Object.values(each?.works ?? {}),
    ])
    .filter((work) => isDefinition(work));
}
