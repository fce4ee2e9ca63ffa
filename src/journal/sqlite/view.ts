/** How views are written: columns by name, and SQL for what stands in records as JSON. */

/** A view: its columns, in order, and the statement that makes it. */
export interface View {
  readonly columns: readonly string[];
  readonly sql: string;
}

/** A view of this name, each column with its expression. */
export function view(
  name: string,
  columns: Readonly<Record<string, string>>,
  source: string,
): View {
  const names = Object.keys(columns);
  const values = Object.values(columns).join(',\n  ');
  const sql = `CREATE VIEW ${name}(${names.join(', ')}) AS\nSELECT ${values}\n${source}`;
  return { columns: names, sql };
}

/** Actors with what they were made of; every view of a kind of actors begins with it. */
export const actorsWithInput = 'FROM actor_records a JOIN actor_inputs i USING (actor)';
/** A field of an actor's spec, as a text or a number. */
export const spec = (field: string): string => `i.body ->> '$.${field}'`;
/** The same as JSON text. */
export const specJson = (field: string): string => `i.body -> '$.${field}'`;
/** A field of what an actor remembers, as a text or a number. */
export const known = (field: string): string => `a.snapshot ->> '$.context.${field}'`;
/** The same as JSON text. */
export const knownJson = (field: string): string => `a.snapshot -> '$.context.${field}'`;
/** The time, as an SQL expression. */
export const nowMs = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
