/**
 * Schemas for patterns whose input goes on to a work as it came: it is checked when the run is
 * started, and changed by nobody but the work itself.
 */
import { type Definition, isTask, type Schema } from '../../protocol/index.ts';

type Validate = Schema['~standard']['validate'];
type Result = ReturnType<Validate>;
type Issue = NonNullable<Extract<Result, { issues?: unknown }>['issues']>[number];

/** Takes what all of the works take; undefined when none of them says what it takes. */
export function inputForAll(works: readonly Definition[]): Schema | undefined {
  const schemas = works.flatMap((work) => schemaOf(work) ?? []);
  if (schemas.length === 0) return undefined;
  return checking((value) => firstRefusal(schemas, value, []) ?? { value });
}

/** Takes a list of what a work takes. */
export function listFor(work: Definition): Schema {
  const schema = schemaOf(work);
  const schemas = schema === undefined ? [] : [schema];
  return checking((value) => {
    if (!Array.isArray(value)) return { issues: [{ message: 'must be a list' }] };
    const items: readonly unknown[] = value;
    for (const [index, item] of items.entries()) {
      const refusal = firstRefusal(schemas, item, [index]);
      if (refusal !== undefined) return refusal;
    }
    return { value };
  });
}

/** What a work takes; of a task without a schema, what its bot takes. */
function schemaOf(work: Definition): Schema | undefined {
  if (work.input !== undefined || !isTask(work)) return work.input;
  return work.route.by === 'bot' ? work.route.bot.input : undefined;
}

const checking = (validate: Validate): Schema =>
  Object.freeze({ '~standard': Object.freeze({ version: 1, vendor: 'troupe', validate }) });

/** What the first schema answers that does not take the value; a promise is refused above. */
function firstRefusal(
  schemas: readonly Schema[],
  value: unknown,
  path: readonly PropertyKey[],
): Result | undefined {
  for (const schema of schemas) {
    const result = schema['~standard'].validate(value);
    if ('then' in result) return result;
    if (result.issues !== undefined)
      return { issues: result.issues.map((issue) => below(path, issue)) };
  }
  return undefined;
}

const below = (path: readonly PropertyKey[], issue: Issue): Issue => ({
  ...issue,
  path: [...path, ...(issue.path ?? [])],
});
