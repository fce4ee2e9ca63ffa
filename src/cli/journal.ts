/**
 * `troupe journal`: looks into a journal, also while its owner runs. It reads only, takes no lock
 * and shows what is committed.
 */
import { parseArgs } from 'node:util';
import { type FileReader, openReader, type ViewRow } from '../journal/index.ts';
import { type Command, exitCodes, refuseArgument, type Terminal } from './command.ts';
import { actorDetails, detailLines, stateText } from './journal-details.ts';
import { queryJournal } from './journal-query.ts';
import { runVerify } from './journal-verify.ts';
import { type Column, tableLines } from './table.ts';

/** The command. */
export const journalCommand: Command = {
  name: 'journal',
  usage:
    'journal FILE [actors|tasks|messages|dead-letters|incidents|verify|show ID|query SQL] ' +
    '[--json] [--limit N]',
  summary: 'looks into a journal, also while a team runs on it',
  help: `  (nothing)     how many actors there are, by kind and status
  actors        every actor: address, status, when it last changed, a machine's state
  tasks         every run of a bot, a task or a step
  messages      messages between bots: applied, pending and dead
  dead-letters  what could not be delivered, why, and what became of it
  incidents     what nobody could deal with: about whom, how often, whether it is over
  verify        whether the journal is as it was written, in every row; exit code 1 if it is not
  show ID       one actor whole: its record, steps and history, a machine's state and children
                (ID is an address such as run/finder/q-42, or finder/q-42, or a bot's id)
  query SQL     the rows of one SELECT on the views (docs/VIEWS.md), at most 10000 in 5 seconds

  --json        prints JSON instead of tables
  --limit N     the first N rows (default 1000); of a query, how many it may have: more are an
                error, so write LIMIT into the SQL for the first ones`,
  run: runJournal,
};

interface Arguments {
  readonly file: string;
  readonly what: string;
  readonly id: string | undefined;
  readonly json: boolean;
  readonly limit: number;
  /** The limit as it was given. */
  readonly asked: number | undefined;
}

async function runJournal(args: readonly string[], terminal: Terminal): Promise<number> {
  const given = argumentsOf(args);
  if (given.what === 'query') {
    const { file, id: sql = '', json, asked: limit } = given;
    return queryJournal({ file, sql, json, limit }, terminal);
  }
  if (given.what === 'verify') return runVerify(given.file, given.json, terminal);
  const reader = await openReader(given.file);
  try {
    show(reader, given, terminal);
  } finally {
    reader.close();
  }
  return exitCodes.done;
}

function argumentsOf(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, limit: { type: 'string' } },
  });
  const [file, what = 'summary', id, ...rest] = positionals;
  if (file === undefined) refuseArgument('journal', 'FILE', 'is missing');
  if (what === 'show' && id === undefined) refuseArgument('journal', 'ID', 'is missing');
  if (what === 'query' && id === undefined) refuseArgument('journal', 'SQL', 'is missing');
  const extra = what === 'show' || what === 'query' ? rest[0] : id;
  if (extra !== undefined) refuseArgument('journal', extra, 'is one argument too many');
  const limit = Number(values.limit ?? 1_000);
  if (!Number.isInteger(limit) || limit < 1) {
    refuseArgument('journal', '--limit', 'must be a whole number of at least 1');
  }
  const asked = values.limit === undefined ? undefined : limit;
  return { file, what, id, json: values.json ?? false, limit, asked };
}

function show(reader: FileReader, given: Arguments, terminal: Terminal): void {
  if (given.what === 'show') {
    showOne(reader, given.id ?? '', given.json, terminal);
    return;
  }
  const listing = listings[given.what];
  if (listing === undefined) {
    const problem = `is none of ${Object.keys(listings).join(', ')}, verify, show ID, query SQL`;
    refuseArgument('journal', given.what, problem);
  }
  const rows = listing.rows(reader, given.limit);
  const more = listing.count(reader) - rows.length;
  if (given.json) terminal.out(`${JSON.stringify(rows.map(plainRow), null, 2)}\n`);
  else if (rows.length === 0) terminal.out(`${listing.none}\n`);
  else
    for (const line of tableLines(listing.columns, rows, terminal.columns))
      terminal.out(`${line}\n`);
  if (rows.length >= given.limit && more > 0)
    terminal.err(`${more} more; --limit ${rows.length + more} shows all\n`);
}

interface Listing {
  readonly rows: (reader: FileReader, limit: number) => ViewRow[];
  /** How many rows there are without a limit. */
  readonly count: (reader: FileReader) => number;
  readonly columns: readonly Column<ViewRow>[];
  readonly none: string;
}

const text = (title: string, field: string): Column<ViewRow> => ({
  title,
  text: (row) => String(row[field] ?? ''),
});
const count = (title: string, field: string): Column<ViewRow> => ({
  ...text(title, field),
  isNumber: true,
});
const address = (title: string, field: string): Column<ViewRow> => ({
  title,
  isElastic: true,
  text: (row) => String(row[field] ?? ''),
});
const time = (title: string, field: string): Column<ViewRow> => ({
  title,
  text: (row) => timeText(row[field]),
});

const listings: Readonly<Record<string, Listing>> = {
  summary: {
    rows: summaryRows,
    count: () => 0,
    columns: [text('KIND', 'kind'), text('STATUS', 'status'), count('ACTORS', 'actors')],
    none: 'The journal is empty.',
  },
  actors: {
    rows: (reader, limit) => reader.view('actors', { limit }),
    count: (reader) => reader.count('actors'),
    columns: [
      text('KIND', 'kind'),
      { title: 'STATUS', text: (row) => withParked(String(row.status), String(row.parked ?? '')) },
      time('CHANGED', 'updated_at'),
      address('ADDRESS', 'address'),
      { title: 'STATE', text: (row) => machineState(row), least: 0 },
    ],
    none: 'There are no actors.',
  },
  tasks: {
    rows: (reader, limit) => reader.view('tasks', { limit }),
    count: (reader) => reader.count('tasks'),
    columns: [
      text('STATUS', 'status'),
      { ...text('BOT', 'assigned_to'), least: 8 },
      count('TRIES', 'attempts'),
      count('MS', 'elapsed_ms'),
      address('TASK', 'task'),
      { ...text('TITLE', 'title'), least: 0 },
    ],
    none: 'There are no tasks.',
  },
  messages: {
    rows: (reader, limit) => reader.view('messages', { limit }),
    count: (reader) => reader.count('messages'),
    columns: [
      text('STATE', 'state'),
      text('TYPE', 'type'),
      count('PRIO', 'priority'),
      time('SENT', 'sent_at'),
      address('FROM', 'sender'),
      address('TO', 'recipient'),
      { ...text('PAYLOAD', 'payload'), least: 7 },
    ],
    none: 'There are no messages.',
  },
  'dead-letters': {
    rows: (reader, limit) => reader.view('dead_letters', { limit }),
    count: (reader) => reader.count('dead_letters'),
    columns: [
      count('LETTER', 'letter'),
      time('AT', 'at'),
      text('REASON', 'reason'),
      { title: 'TYPE', text: (row) => String(row.message_type ?? row.type) },
      address('TO', 'recipient'),
      text('FATE', 'fate'),
      { ...text('DETAIL', 'detail'), least: 7 },
    ],
    none: 'There are no dead letters.',
  },
  incidents: {
    rows: (reader, limit) => reader.view('incidents', { limit }),
    count: (reader) => reader.count('incidents'),
    columns: [
      text('STATUS', 'status'),
      text('CODE', 'code'),
      count('TIMES', 'times'),
      time('LAST', 'last_at'),
      address('ABOUT', 'about'),
      { ...text('WHAT', 'last_message'), least: 7 },
    ],
    none: 'There are no incidents.',
  },
};

const withParked = (status: string, parked: string): string =>
  parked === '' ? status : `${status} (parked)`;

const machineState = (row: ViewRow): string =>
  row.kind === 'machine' ? stateText(JSON.parse(String(row.snapshot)).value) : '';

function summaryRows(reader: FileReader): ViewRow[] {
  const counts = new Map<string, { kind: string; status: string; actors: number }>();
  for (const { kind, status, parked } of reader.actors({})) {
    const shown = withParked(status, parked);
    const key = `${kind} ${shown}`;
    const row = counts.get(key) ?? { kind, status: shown, actors: 0 };
    row.actors += 1;
    counts.set(key, row);
  }
  return [...counts.values()];
}

function showOne(reader: FileReader, id: string, json: boolean, terminal: Terminal): void {
  const record =
    reader.byAddress(id) ?? reader.byAddress(`run/${id}`) ?? reader.byAddress(`bot/${id}`);
  if (record === undefined) {
    const names = `troupe journal ${reader.path} actors`;
    refuseArgument('journal', `show ${id}`, `names no actor of this journal; see \`${names}\``);
  }
  const details = actorDetails(reader, record);
  if (json) terminal.out(`${JSON.stringify(details, null, 2)}\n`);
  else for (const line of detailLines(details, terminal.columns)) terminal.out(`${line}\n`);
}

/** Columns that hold JSON text become values. */
function plainRow(row: ViewRow): object {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    jsonColumns.has(name) ? parsed(value) : value,
  ]);
  return Object.fromEntries(entries);
}

const jsonColumns = new Set([
  'input',
  'snapshot',
  'result',
  'error',
  'learnings',
  'requirements',
  'constraints',
  'dependencies',
  'payload',
  'metadata',
  'watchers',
  'body',
]);

const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

const timeText = (ms: unknown): string =>
  typeof ms === 'number' ? new Date(ms).toISOString().replace('T', ' ').slice(0, 19) : '';
