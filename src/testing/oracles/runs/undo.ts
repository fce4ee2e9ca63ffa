/**
 * Undo: what completed in a run that did not, and can be undone, is undone: each once, the last
 * completed first, and not before that run is on its way out. One that can't be undone opens an
 * incident. All of it is told by the history of the run alone.
 */
import type { Batch, JournalRow } from '../../../journal/index.ts';
import { stepOfRun } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { eventOf, nameOf, sentence, specOf } from '../told.ts';

/** What a run of a workflow did that can be undone, and what became of that. */
interface Books {
  /** Steps that completed and were not undone yet, the last one at the end. */
  readonly done: string[];
  readonly undone: string[];
  readonly failed: string[];
}

/** What was done in vain is undone. */
export function undo(): Oracle {
  const roll = new Roll();
  const books = new Map<number, Books>();
  /** Runs that an incident UNDO_FAILED is about. */
  const alarmed = new Set<string>();
  return {
    law: 'what was done in a run that does not complete is undone, the last first, each once',
    committed({ batch }, sight) {
      const touched = roll.note(batch, sight);
      for (const { record } of touched) {
        const { about, code } = record.kind === 'incident' ? specOf(record) : {};
        if (about !== undefined && code === 'UNDO_FAILED') alarmed.add(about);
      }
      return inOrder(batch, roll, books) ?? touched.map(atEnd(books, alarmed)).find(isFound);
    },
  };
}

const isFound = (found: string | undefined): boolean => found !== undefined;

/** The rows of a commit, one after the other. */
function inOrder(batch: Batch, roll: Roll, books: Map<number, Books>): string | undefined {
  for (const row of batch.rows) {
    const { address, kind } = roll.byNumber(row.actor) ?? {};
    if (kind !== 'workflow' || address === undefined) continue;
    const known = books.get(row.actor);
    const own = known ?? { done: [], undone: [], failed: [] };
    if (known === undefined || row.type === 'init') {
      books.set(row.actor, row.type === 'init' ? { done: [], undone: [], failed: [] } : own);
      continue;
    }
    const found = taken(row, own, nameOf(address), roll.spec(address).plan?.steps ?? []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What one row of a workflow tells of its steps. */
function taken(
  row: JournalRow,
  { done, undone, failed }: Books,
  run: string,
  plan: readonly { readonly name: string; readonly undo?: boolean }[],
): string | undefined {
  if (!news.has(row.type)) return undefined;
  const { step: runName = '', status, outcome } = eventOf(row);
  const { step, undo: isUndo } = stepOfRun(runName);
  if (!isUndo) {
    const at = done.indexOf(step);
    // A loop judges what completed, and may go round: then it completes later, or never.
    if (at >= 0) done.splice(at, 1);
    const isDone = row.type === 'step.judged' || outcome?.status === 'COMPLETED';
    if (isDone && plan.some((one) => one.name === step && one.undo === true)) done.push(step);
    return undefined;
  }
  if (row.type === 'step.told' && status !== 'UNDOING') return undefined;
  const next = done.at(-1);
  if (next !== step) return outOfTurn(step, next, { run, undone });
  if (row.type === 'step.told') return undefined;
  done.pop();
  undone.push(step);
  if (outcome?.status !== 'COMPLETED') failed.push(step);
  return undefined;
}

/** Rows that tell of steps: their runs ended, loops judged them, runs of them began. */
const news: ReadonlySet<string> = new Set(['child.settled', 'step.judged', 'step.told']);

interface Undoing {
  readonly run: string;
  readonly undone: readonly string[];
}

function outOfTurn(step: string, next: string | undefined, { run, undone }: Undoing): string {
  if (undone.includes(step)) return `step ${step} of ${run} is undone again`;
  if (next === undefined) return `step ${step} of ${run} is undone, which did not complete`;
  return sentence(
    `step ${step} of ${run} is undone before ${next}, which completed last and must be undone`,
    'first',
  );
}

/** What is left to undo when a run has ended, or should not have been undone. */
const atEnd =
  (books: ReadonlyMap<number, Books>, alarmed: ReadonlySet<string>) =>
  ({ record, before }: Entry): string | undefined => {
    const { kind, actor, address, status, done: isDone } = record;
    if (kind !== 'workflow' || !isDone || before?.done === true) return undefined;
    const { done, undone, failed } = books.get(actor) ?? { done: [], undone: [], failed: [] };
    const name = nameOf(address);
    if (status === 'COMPLETED') {
      const [step] = undone;
      return step && `${name} has completed, and its step ${step} was undone`;
    }
    const [left] = done;
    if (left !== undefined) return `${name} is ${status}, and its step ${left} was not undone`;
    const [step] = failed;
    if (step === undefined || alarmed.has(address)) return undefined;
    return `step ${step} of ${name} could not be undone, and there is no incident UNDO_FAILED`;
  };
