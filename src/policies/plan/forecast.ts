/**
 * The estimated end of a plan under way: what is left of it is carried out on paper, by the same
 * rules, each step for as long as it is estimated to take (event-driven list scheduling; each start
 * and each end costs the logarithm of the number of steps).
 */
import type { Plan, PlanRules } from '../../protocol/index.ts';
import { Agenda } from './agenda.ts';
import { meanEstimate } from './graph.ts';
import { isHalted, openLedger, settle, startAll } from './ledger.ts';
import type { PlanState } from './plan-state.ts';

/** What else is known of a plan under way. */
export interface PlanProgress {
  /** What the run has cost so far (default 0). */
  readonly spent?: number | undefined;
  /** How long a started step has run, in milliseconds (default 0). */
  readonly ranMs?: ((step: number) => number) | undefined;
}

/**
 * Milliseconds until the end of the plan, when all that is open completes; 0 when nothing is.
 * Undefined when no step has an estimate. A step without one counts as the mean of the others; one
 * that runs longer than its estimate counts as about to end.
 */
export function forecastMs(
  plan: Plan,
  state: PlanState,
  rules: PlanRules,
  { spent = 0, ranMs = () => 0 }: PlanProgress = {},
): number | undefined {
  if (plan.steps.every(({ estimateMs }) => estimateMs === undefined)) return undefined;
  const ledger = openLedger(plan, state.progress);
  const mean = meanEstimate(plan);
  const takes = (step: number): number => plan.steps[step]?.estimateMs ?? mean;
  const agenda = new Agenda();
  for (const step of ledger.started)
    agenda.add({ at: Math.max(0, takes(step) - ranMs(step)), step });
  let now = 0;
  let paid = spent;
  for (;;) {
    const begin = isHalted(ledger, state.fatal, rules, paid)
      ? []
      : startAll(plan, ledger, rules, paid);
    for (const step of begin) agenda.add({ at: now + takes(step), step });
    const isEnough = rules.need !== undefined && ledger.counts.C >= rules.need;
    if (isEnough || agenda.nextAt === Number.POSITIVE_INFINITY) return now;
    now = agenda.nextAt;
    // All that ends at that time, for what waits for the last of them may be more urgent.
    while (agenda.nextAt === now) {
      const step = agenda.take()?.step ?? 0;
      paid += plan.steps[step]?.cost ?? 0;
      settle(plan, ledger, rules, { step, letter: 'C' });
    }
  }
}
