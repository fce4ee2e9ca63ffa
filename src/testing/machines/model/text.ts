/** Text of any value, also of what JSON does not tell. */

/** JSON where there is one; else the same with names for what it does not tell. */
export function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return told(value, []);
  }
}

function told(value: unknown, above: readonly object[]): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (above.includes(value)) return '(itself)';
  const within = [...above, value];
  const fields = Object.entries(value).map(([key, one]) => `"${key}":${told(one, within)}`);
  return `{${fields.join(',')}}`;
}
