/**
 * Sleeping: a sleep in work is a child run that does nothing and must not begin before its time.
 *
 * So it is durable, is begun once for its name, wakes once, at once when that time is past after a
 * restart, is paused and cancelled with the run that sleeps, and that run holds no slot meanwhile.
 */
import {
  childAddress,
  type Definition,
  type Duration,
  durationMs,
  type RunSpec,
  retryPolicy,
  type TaskSpec,
  troupeError,
} from '../protocol/index.ts';
import { stageRun } from '../runs/index.ts';
import type { StageChild, Work } from './ports.ts';

/** Finds the definition of an id and version. */
export type Exact = (id: string, version: string) => Definition | undefined;

/**
 * What stages a sleep; it has the definition of the run that sleeps.
 * @throws TroupeError `BAD_DURATION`.
 */
export function sleepRun(exact: Exact, duration: Duration): StageChild {
  const ms = durationMs(duration);
  return (stage, cell, step) => {
    const { definition: id, version, structure, address: createdBy } = cell.identity;
    const definition = exact(id, version);
    if (definition === undefined)
      throw troupeError('NOT_REGISTERED', { definition: id, known: [] });
    return stageRun(stage, {
      definition,
      recipe: { kind: 'task', structure, defaults: { retry: retryPolicy(false) }, spec: sleepSpec },
      address: childAddress(createdBy, step),
      parent: { cell, step },
      createdBy,
      input: undefined,
      options: { notBefore: stage.now + ms },
    });
  };
}

const sleepType = 'sleep';

const sleepSpec = (base: RunSpec): TaskSpec => ({
  ...base,
  type: sleepType,
  route: 'none',
  bot: null,
});

/** Whether a run is a sleep. */
export const isSleep = ({ type }: TaskSpec): boolean => type === sleepType;

/** The work of a sleep that is over. */
export const waking: Work = { inputs: [], outputs: [], run: () => undefined };
