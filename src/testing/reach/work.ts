/** Work: how runs ended, how each step of a workflow did, and who sent what to whom. */
import type { ActorRecord, JournalReads, JournalRow } from '../../journal/index.ts';
import {
  type Bot,
  type Definition,
  type Envelope,
  isBot,
  isExternal,
  type Workflow,
} from '../../protocol/index.ts';
import { planFacts } from '../../runs/index.ts';
import { Committed } from '../view/committed.ts';
import type { Counts } from './counts.ts';

/** Declares what runs can reach of these definitions. */
export function declareWork(definitions: readonly Definition[], counts: Counts): void {
  for (const definition of definitions) {
    const { id, kind } = definition;
    if (kind === 'machine') continue;
    if (isBot(definition)) declareBot(definition, counts);
    else declareRun(id, counts);
    if (isWorkflow(definition)) declareSteps(definition, counts);
  }
}

/** Counts what the runs of a journal reached. */
export function addWork(
  definitions: readonly Definition[],
  journal: JournalReads,
  counts: Counts,
): void {
  const committed = new Committed({ journal });
  for (const { id, kind } of definitions) {
    if (kind === 'machine') continue;
    for (const record of committed.ofDefinition(id)) {
      hitRun(id, record, counts);
      if (record.kind !== 'workflow') continue;
      const { cell } = committed.seen(record);
      addSteps(id, { cell, records: journal.steps(record.actor) }, counts);
    }
  }
}

function hitRun(id: string, { status, done }: ActorRecord, counts: Counts): void {
  counts.hit({ definition: id, kind: 'step', place: `${wholeRun} STARTED` });
  if (done) counts.hit({ definition: id, kind: 'step', place: `${wholeRun} ${status}` });
}

/** In places: a run of the definition itself, which no step can be called. */
export const wholeRun = '(run)';

function declareRun(id: string, counts: Counts): void {
  for (const end of ['STARTED', 'COMPLETED', 'FAILED']) {
    counts.declare({ definition: id, kind: 'step', place: `${wholeRun} ${end}` });
  }
}

/** Bots that only handle messages have no runs. */
function declareBot(bot: Bot, counts: Counts): void {
  if (bot.work !== undefined || isExternal(bot)) declareRun(bot.id, counts);
  for (const type of Object.keys(bot.on)) {
    counts.declare({ definition: bot.id, kind: 'message', place: type });
  }
}

const isWorkflow = (definition: Definition): definition is Workflow =>
  definition.kind === 'workflow';

function declareSteps({ id, steps }: Workflow, counts: Counts): void {
  for (const { name, when, undo } of steps) {
    const own = [
      ...(when === undefined ? [] : ['SKIPPED']),
      ...(undo === undefined ? [] : ['UNDONE']),
    ];
    for (const end of ['STARTED', 'COMPLETED', 'FAILED', ...own]) {
      counts.declare({ definition: id, kind: 'step', place: `${name} ${end}` });
    }
  }
}

type Plan = {
  readonly cell: ReturnType<Committed['seen']>['cell'];
  readonly records: ReturnType<JournalReads['steps']>;
};

function addSteps(id: string, { cell, records }: Plan, counts: Counts): void {
  const { context } = cell.committed;
  const plan = { context, isDone: cell.isDone, records, startOf: () => undefined };
  for (const { name, status, runs, undo } of planFacts(plan)) {
    const hit = (what: string, times = 1): void =>
      counts.hit({ definition: id, kind: 'step', place: `${name} ${what}` }, times);
    if (runs > 0) hit('STARTED', runs);
    if (status !== 'WAITING' && status !== 'STARTED') hit(status);
    if (undo !== undefined) hit(undo);
  }
}

/** Counts the messages that bots took, by their type, and by who sent them. */
export function addMessages(journal: JournalReads, counts: Counts): void {
  const takers = ['bot', 'inbox'].flatMap((kind) => journal.actors({ kind }));
  for (const { actor, definition } of takers) {
    for (const row of journal.history(actor, 0)) {
      if (row.type !== 'message') continue;
      const { from, type } = envelopeOf(row);
      counts.hit({ definition, kind: 'message', place: type });
      counts.hit({ definition, kind: 'message', place: `${senderOf(from, journal)} -> ${type}` });
    }
  }
}

function envelopeOf({ body }: JournalRow): Envelope {
  const { envelope }: { readonly envelope: Envelope } = JSON.parse(body);
  return envelope;
}

/** A run by its definition, a bot by its id; all clients are one. */
function senderOf(from: string, journal: JournalReads): string {
  const [kind = '', name = ''] = from.split('/');
  if (kind === 'run') return journal.byAddress(from)?.definition ?? name;
  return kind === 'bot' ? name : kind;
}
