/**
 * The house, ground floor first: which zone stands on which floor.
 * A zone is `machines`, the first folder below `src`, or the file `src/index.ts`; a file imports
 * from a strictly lower floor only. Zones that don't exist yet have their place already.
 */

const floors: readonly (readonly string[])[] = [
  ['src/protocol'],
  ['src/policies', 'src/clock'],
  ['machines', 'src/telemetry'],
  ['src/journal', 'src/mailbox'],
  ['src/delivery'],
  ['src/actor'],
  ['src/engine'],
  ['src/cluster', 'src/runs'],
  [
    'src/messages',
    'src/bots',
    'src/supervision',
    'src/documents',
    'src/conversations',
    'src/expertise',
  ],
  ['src/approvals'],
  ['src/tasks'],
  ['src/workflows'],
  ['src/conflicts', 'src/incidents', 'src/resources', 'src/router'],
  ['src/coordinator'],
  ['src/troupe'],
  ['src/index.ts', 'src/testing', 'src/inspect', 'src/http'],
  ['src/dashboard', 'src/specialists'],
  ['src/cli'],
];

const ranks = new Map(floors.flatMap((zones, rank) => zones.map((zone) => [zone, rank] as const)));

/** From this rank upwards a zone may import `machines`. */
export const RANK_OF_ENGINE = 6;

/** Zones that decide and do nothing else. */
export const PURE_ZONES: readonly string[] = ['src/protocol', 'src/policies', 'machines'];

/** Zones written like a user's program: of ours they see only the public doors. */
export const USER_ZONES: readonly string[] = ['src/dashboard', 'src/specialists', 'examples'];

/** What the package publishes. */
export const PUBLIC_DOORS: readonly string[] = [
  'src/index.ts',
  'machines/index.ts',
  'src/testing/index.ts',
  'src/inspect/index.ts',
  'src/http/index.ts',
];

/** The zone of a path: `src/journal/sqlite.ts` is in `src/journal`. */
export function zoneOf(path: string): string {
  const [top = '', folder = ''] = path.split('/');
  return top === 'src' ? `src/${folder}` : top;
}

/** The floor of a zone, or undefined when it has none. */
export function rankOf(zone: string): number | undefined {
  return ranks.get(zone);
}

/** The only file of a zone that its neighbours may import. */
export function doorOf(zone: string): string {
  return zone.endsWith('.ts') ? zone : `${zone}/index.ts`;
}
