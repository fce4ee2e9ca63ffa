/** Plans: a workflow's graph as data, with steps numbered by their place. */
import { z } from 'zod';
import { limits } from './limits.ts';

/** A step of a plan: its name, and the numbers of the steps it waits for. */
export const PlanStep = z.strictObject({
  name: z.string().min(1),
  after: z.array(z.int().min(0)),
});

/** A whole plan. Invariant: no cycles, every number is a step's. */
export const Plan = z.strictObject({ steps: z.array(PlanStep).max(limits.planSteps) });
export type Plan = z.infer<typeof Plan>;
