/** SQLite's primary result codes. */

/** Those that mean something of their own here. */
export const sqliteCodes = {
  ...{ busy: 5, io: 10, corrupt: 11, full: 13, cantOpen: 14, notDatabase: 26 },
} as const;

/** The code of an error, undefined for others. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
