/**
 * Budget: no step of a workflow begins that what is left can not pay: what was spent, what steps
 * under way may cost, and what this one may cost. Of steps without a given cost one is under way at
 * a time, so that a budget is exceeded by what one step costs at most.
 */
import type { Batch, JournalRow } from '../../../journal/index.ts';
import { stepOfRun } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, type SpecTold, sentence } from '../told.ts';

/** What a run of a workflow spent, and steps of it that are under way. */
interface Purse {
  spent: number;
  readonly open: Set<string>;
}

/** Nothing begins that can't be paid. */
export function budget(): Oracle {
  const roll = new Roll();
  const purses = new Map<number, Purse>();
  return {
    law: 'no step begins that the budget does not pay',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      return inOrder(batch, roll, purses);
    },
  };
}

function inOrder(batch: Batch, roll: Roll, purses: Map<number, Purse>): string | undefined {
  for (const row of batch.rows) {
    if (!news.has(row.type)) continue;
    const { address, kind } = roll.byNumber(row.actor) ?? {};
    if (kind !== 'workflow' || address === undefined) continue;
    const spec = roll.spec(address);
    if (spec.budget === undefined) continue;
    const purse = row.type === 'init' ? undefined : purses.get(row.actor);
    const own = purse ?? { spent: 0, open: new Set<string>() };
    purses.set(row.actor, own);
    const found = taken(row, own, spec);
    if (found !== undefined) return `${nameOf(address)} began ${found}`;
  }
  return undefined;
}

const news: ReadonlySet<string> = new Set(['init', 'child.settled', 'step.skipped', 'step.told']);

/** What one row tells; what is wrong with it. */
function taken(row: JournalRow, purse: Purse, spec: SpecTold): string | undefined {
  if (row.type === 'init') return undefined;
  const { step: runName = '', status, outcome } = eventOf(row);
  const { step, run, undo } = stepOfRun(runName);
  if (row.type !== 'step.told') {
    purse.open.delete(step);
    purse.spent += outcome?.cost ?? 0;
    return undefined;
  }
  if (status !== 'STARTED' || undo) return undefined;
  purse.open.add(step);
  // Whoever tries again, or goes round, was paid for before.
  return run === 1 ? unpaid(step, purse, spec) : undefined;
}

function unpaid(
  step: string,
  { spent, open }: Purse,
  { budget: all = 0, plan }: SpecTold,
): string | undefined {
  const steps = plan?.steps.filter(({ name }) => open.has(name)) ?? [];
  const planned = steps.reduce((sum, { cost = 0 }) => sum + cost, 0);
  // Sums of fractions lose a little.
  const most = all + 1e-6 * Math.max(1, all);
  if (spent + planned > most) {
    const what = planned === 0 ? '' : ` and ${planned} may be for what is under way`;
    return sentence(`step ${step}, though ${spent} is spent${what}, of a budget of ${all}`);
  }
  const unpriced = steps.filter((one) => one.unpriced === true).map(({ name }) => name);
  if (unpriced.length < 2 || !unpriced.includes(step)) return undefined;
  return sentence(
    `step ${step} beside ${unpriced.find((name) => name !== step)}: nobody said what they cost,`,
    `so that both may exceed the budget of ${all}`,
  );
}
