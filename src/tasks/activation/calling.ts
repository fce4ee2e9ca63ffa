/** Calling work: its input goes through the schemas before it, its result through those after. */
import type { Host } from '../../engine/index.ts';
import { checkJson, type Json, parse } from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import type { Work } from '../ports.ts';
import { type Performer, workContext } from './work-context.ts';

/**
 * Calls the work; gives a copy of its result.
 * @throws what the work throws; TroupeError `INVALID`, `SCHEMA_ASYNC`, `NOT_JSON`, `TOO_LARGE`.
 */
export async function callWork(
  work: Work,
  performer: Performer,
  given: unknown,
  host: Pick<Host, 'limits' | 'log'>,
): Promise<Json | undefined> {
  const what = `of ${performer.runId}`;
  // A copy: what the work does to its input must not reach the run's own record.
  let input: unknown = checkJson(given, `input ${what}`);
  for (const schema of work.inputs) input = parse(schema, input, `input ${what}`);
  let value = await work.run(workContext(performer, input, host.log));
  for (const schema of work.outputs) value = parse(schema, value, `result ${what}`);
  return checkSize(value, `result ${what}`, host.limits);
}
