/** Budgets: sums of costs, in which fractions lose a little when they are added. */

/** What is taken for the loss of adding fractions, of a budget of 1. */
const LOSS = 1e-9;

/** What a sum of costs may be over a budget by the loss of adding alone. */
export const slackOf = (budget: number): number => LOSS * Math.max(1, budget);

/** Whether a sum of costs is more than a budget. */
export const exceeds = (cost: number, budget: number): boolean => cost - budget > slackOf(budget);
