/** Calling work: its input goes through the schemas before it, its result through those after. */
import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import { type ActorEvent, checkJson, type Json, parse } from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import { failureOf } from '../failure.ts';
import { eachPart, isGenerator } from '../parts.ts';
import type { Work } from '../ports.ts';
import { type Performer, workContext } from './work-context.ts';

/** Calls the work of a task; the result makes the event that tells how it ended. */
export async function endOf(
  work: Work,
  performer: Performer,
  cell: Cell,
  host: Host,
): Promise<() => ActorEvent> {
  const { attempt } = performer;
  try {
    const result = await callWork(work, performer, cell.snapshot.context.spec.input, host);
    return () => ({ type: 'task.complete', attempt, result });
  } catch (thrown) {
    const error = () => failureOf(thrown, cell.address);
    return () => ({ type: 'task.fail', attempt, error: error(), chance: host.clock.random() });
  }
}

/**
 * Calls the work; gives a copy of its result.
 * @throws what the work throws; TroupeError `INVALID`, `SCHEMA_ASYNC`, `NOT_JSON`, `TOO_LARGE`.
 */
async function callWork(
  work: Work,
  performer: Performer,
  raw: unknown,
  host: Pick<Host, 'limits' | 'log'>,
): Promise<Json | undefined> {
  const what = `of ${performer.runId}`;
  // A copy: what the work does to its input must not reach the run's own record.
  let input: unknown = checkJson(raw, `input ${what}`);
  for (const schema of work.inputs) input = parse(schema, input, `input ${what}`);
  const given = await work.run(workContext(performer, input, host.log));
  const take = (part: unknown, ordinal: number) => performer.part(ordinal, part);
  let value = isGenerator(given) ? await eachPart(given, take) : given;
  for (const schema of work.outputs) value = parse(schema, value, `result ${what}`);
  return checkSize(value, `result ${what}`, host.limits);
}
