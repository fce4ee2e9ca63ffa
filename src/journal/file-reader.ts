/** What a reader of a journal file can do beside the contract: the documented views, row by row. */
import type { JournalReader } from './journal.ts';

/** The views that can be read; their columns are documented and stable. */
export const viewNames = [
  'actors',
  'tasks',
  'workflows',
  'approvals',
  'handoffs',
  'task_dependencies',
  'timers',
  'messages',
  'dead_letters',
  'steps',
  'events',
  'incidents',
] as const;
/** A view that can be read. */
export type ViewName = (typeof viewNames)[number];

/** A row of a view: values by column. */
export type ViewRow = Readonly<Record<string, string | number | null>>;

/** Which rows of a view. */
export interface ViewFilter {
  /** Columns and the values that they must have. */
  readonly where?: Readonly<Record<string, string | number>> | undefined;
  /** The first so many rows, in the order of the journal (default all). */
  readonly limit?: number | undefined;
}

/** A reader of a journal file. */
export interface FileReader extends JournalReader {
  readonly path: string;
  /** Rows of a view. @throws TroupeError `BAD_OPTION` for a column that it does not have. */
  view(name: ViewName, filter?: ViewFilter): ViewRow[];
  /** How many rows a view has. */
  count(name: ViewName): number;
}
