/** The plan of a workflow's run in a journal: what has become of each of its steps. */
import type { ActorRecord, JournalReader } from '../journal/index.ts';
import { childAddress } from '../protocol/index.ts';
import { planFacts } from '../runs/index.ts';
import { type Column, tableLines } from './table.ts';

/** A step of a plan. */
export interface PlanRow {
  readonly step: string;
  readonly status: string;
  /** 1, 2, ... by the ends of runs of steps; undefined unless it ended by running. */
  readonly order?: number | undefined;
  /** Runs begun: rounds of its loop, tries and fallbacks. */
  readonly runs: number;
  /** Of its last run. */
  readonly cost?: number | undefined;
  readonly quality?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly undo?: string | undefined;
}

/** The steps of a workflow's run, in the order of its plan; undefined for other actors. */
export function planRows(reader: JournalReader, record: ActorRecord): PlanRow[] | undefined {
  if (record.kind !== 'workflow') return undefined;
  const context = { ...JSON.parse(record.snapshot).context, spec: JSON.parse(record.input) };
  const steps = planFacts({
    context,
    isDone: record.done,
    records: reader.steps(record.actor),
    startOf: (name) => {
      const run = reader.byAddress(childAddress(record.address, name));
      return run && JSON.parse(run.snapshot).context?.startedAt;
    },
  });
  return steps.map(({ name, status, end, runs, quality, startedAt, endedAt, undo }) => ({
    step: name,
    status,
    order: end?.order,
    runs,
    cost: end?.cost,
    quality,
    startedAt,
    endedAt,
    undo,
  }));
}

/** The steps as a table. */
export const planLines = (rows: readonly PlanRow[], width: number): string[] =>
  tableLines(columns, rows, width);

const number = (title: string, value: (row: PlanRow) => number | undefined): Column<PlanRow> => ({
  title,
  isNumber: true,
  text: (row) => value(row)?.toString() ?? '',
});

const columns: readonly Column<PlanRow>[] = [
  number('END', ({ order }) => order),
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'UNDO', text: ({ undo }) => undo ?? '', least: 0 },
  number('RUNS', ({ runs }) => runs),
  number('MS', ({ startedAt, endedAt }) =>
    startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt),
  ),
  { ...number('COST', ({ cost }) => cost), least: 0 },
  { ...number('QUALITY', ({ quality }) => quality), least: 0 },
  { title: 'STEP', text: ({ step }) => step, isElastic: true },
];
