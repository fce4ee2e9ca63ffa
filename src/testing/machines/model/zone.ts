/**
 * Zones: what is known of when waiting timers are due, so that only those fire first which can. A
 * zone bounds the differences of due times: `zone[i][j]` is the most by which the i-th is due after
 * the j-th; number 0 is now. (Difference-bound matrices: D. Dill, Timing assumptions and
 * verification of finite-state concurrent systems, 1989.)
 * Invariant: no bound can be made tighter by adding two others.
 */

/** Bounds of differences; timers are numbered from 1 in the order in which they were armed. */
export type Zone = readonly (readonly number[])[];

/** No timer waits. */
export const noTimers: Zone = [[0]];

/** One more timer waits, due in `ms`. */
export function armed(zone: Zone, ms: number): Zone {
  const due = Math.max(0, ms);
  const rows = zone.map((row) => [...row, (row[0] ?? 0) - due]);
  return [...rows, [...(zone[0] ?? []).map((bound) => bound + due), 0]];
}

/** A timer waits no more. */
export const cleared = (zone: Zone, timer: number): Zone =>
  zone.filter((_, row) => row !== timer).map((row) => row.filter((_, column) => column !== timer));

/** Any time goes by in which no timer fires. */
export function passed(zone: Zone): Zone {
  if (zone.length === 1) return zone;
  const rows = zone.map((row, index) =>
    index === 0 ? row.map((bound, column) => (column === 0 ? bound : 0)) : [...row],
  );
  return tight(rows);
}

/** A timer fires, before all others; undefined when another one is sure to be due before. */
export function fired(zone: Zone, timer: number): Zone | undefined {
  const rows = zone.map((row) => [...row]);
  const own = rows[timer] ?? [];
  for (let other = 1; other < zone.length; other += 1) {
    // Of two that are due together the one goes first that was armed first.
    const most = other < timer ? -1 : 0;
    if (other !== timer) own[other] = Math.min(own[other] ?? most, most);
  }
  const tightened = tight(rows);
  if (tightened.some((row, index) => (row[index] ?? 0) < 0)) return undefined;
  return rebased(tightened, timer);
}

/** Whether all that is possible in one is possible in the other. */
export const isWithin = (inner: Zone, outer: Zone): boolean =>
  inner.every((row, i) => row.every((bound, j) => bound <= (outer[i]?.[j] ?? bound)));

/** Now is when a timer fires; it waits no more. */
function rebased(zone: Zone, timer: number): Zone {
  const rows = zone.map((row) => [row[timer] ?? 0, ...row.slice(1)]);
  rows[0] = [0, ...(zone[timer] ?? []).slice(1)];
  return cleared(rows, timer);
}

function tight(rows: number[][]): Zone {
  for (let by = 0; by < rows.length; by += 1) {
    for (const row of rows) {
      const first = row[by] ?? 0;
      for (let to = 0; to < row.length; to += 1) {
        row[to] = Math.min(row[to] ?? 0, first + (rows[by]?.[to] ?? 0));
      }
    }
  }
  return rows;
}
