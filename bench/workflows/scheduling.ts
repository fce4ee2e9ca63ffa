/**
 * Scheduling: what it costs to find out which steps may start, for each edge of a graph, in a large
 * graph beside a small one. The policy alone, and the workflow machine with it in a live actor of
 * XState. The graphs are recorded executions where those are at hand, else made up alike.
 */
import { createActor } from 'xstate';
import { workflowMachine } from '../../machines/index.ts';
import { beginPlan, endStep, startReady, verdictOf } from '../../src/policies/index.ts';
import type { Plan, PlanRules, WorkflowSpec } from '../../src/protocol/index.ts';
import { type WorkflowDag, workflowDags } from '../../test/workflow-dags.ts';
import { taskSpec } from '../actors.ts';
import { type Bench, type Contestant, contest, type Figure, longer, rate } from '../harness.ts';

const parameters = {
  small: 58,
  large: 2_122,
  workers: 16,
  /** Edges that a contestant goes along in a round. */
  policyEdges: 60_000,
  machineEdges: 12_000,
  rounds: 15,
  warmUps: 3,
};

type Given = typeof parameters;

/** The benchmark. */
export const scheduling: Bench<Given> = {
  name: 'scheduling',
  about:
    'Plans are carried out on paper, each step ending as soon as it has begun: edges a second in ' +
    'a large graph against a small one.',
  parameters,
  quick: {
    small: 5,
    large: 40,
    workers: 4,
    policyEdges: 100,
    machineEdges: 100,
    rounds: 1,
    warmUps: 0,
  },
  async measure(given) {
    const dags = workflowDags();
    const small = stepsOf(dags, given.small);
    const large = stepsOf(dags, given.large);
    return [
      ...(await measured('policy', onPaper, given.policyEdges, { small, large, given })),
      ...(await measured('machine', inMachine, given.machineEdges, { small, large, given })),
    ];
  },
};

type Steps = Plan['steps'];

interface Graphs {
  readonly small: Steps;
  readonly large: Steps;
  readonly given: Given;
}

/** Carries a plan out; gives how many steps completed. */
type CarryOut = (steps: Steps, rules: PlanRules) => number;

async function measured(
  name: string,
  carryOut: CarryOut,
  edges: number,
  { small, large, given }: Graphs,
): Promise<readonly Figure[]> {
  const rules = { concurrency: given.workers };
  const contestant =
    (steps: Steps): Contestant =>
    () => {
      const length = Math.max(1, Math.round(edges / edgesIn(steps)));
      // Nothing that was worked out of a plan before is known of a copy.
      const copies = Array.from({ length }, () => structuredClone(steps));
      let isWhole = true;
      const run = (): void => {
        for (const copy of copies) isWhole = carryOut(copy, rules) === copy.length && isWhole;
      };
      return { run, result: () => isWhole };
    };
  const contested = await contest(
    { small: contestant(small), large: contestant(large) },
    { rounds: given.rounds, warmUps: given.warmUps },
  );
  const line = (of: 'small' | 'large', steps: Steps): Figure =>
    rate(contested, edges, { name: `${name}, edges of a graph of ${steps.length} steps`, of });
  return [
    line('small', small),
    {
      ...line('large', large),
      against: longer(contested, 'large', 'small'),
      bounds: [{ of: 'ratio', max: 2, isDue: true }],
    },
  ];
}

const edgesIn = (steps: Steps): number => steps.reduce((sum, { after }) => sum + after.length, 0);

function onPaper(steps: Steps, rules: PlanRules): number {
  const plan: Plan = { steps };
  let state = beginPlan(plan);
  const open: number[] = [];
  let ended = 0;
  for (;;) {
    const [next, started] = startReady(plan, state, rules);
    open.push(...started);
    const step = open.shift();
    if (step === undefined) return ended;
    state = endStep(plan, next, rules, { step, letter: 'C' });
    ended += 1;
    if (verdictOf(plan, state, rules).is === 'complete') return ended;
  }
}

function inMachine(steps: Steps, rules: PlanRules): number {
  const run = 'run/bench/1';
  const { route: _, bot: __, ...base } = taskSpec(run, { route: 'none', bot: null });
  const input: WorkflowSpec = { ...base, ...rules, plan: { steps }, inline: null };
  const actor = createActor(workflowMachine, { input }).start();
  const open: string[] = [];
  let ended = 0;
  for (;;) {
    open.push(...actor.getSnapshot().context.starting);
    const step = open.shift();
    if (step === undefined) return ended;
    ended += 1;
    actor.send({ type: 'child.settled', at: ended, step, outcome: { status: 'COMPLETED' } });
  }
}

/** A recorded execution with so many tasks, else one made up. */
function stepsOf(dags: readonly WorkflowDag[], size: number): Steps {
  const dag = dags.find(({ tasks }) => tasks.length === size);
  if (dag === undefined) return madeUp(size);
  const places = new Map(dag.tasks.map(({ id }, index) => [id, index]));
  return dag.tasks.map(({ id, ms, deps }) => ({
    name: id,
    after: deps.map((one) => places.get(one) ?? 0),
    estimateMs: ms,
  }));
}

/** Rows of steps that each wait for three of the row above. */
function madeUp(size: number): Steps {
  const width = Math.ceil(Math.sqrt(size));
  return Array.from({ length: size }, (_, index) => {
    const above = [0, 1, 7].map((shift) => index - width - (shift % width));
    const after = [...new Set(above.filter((one) => one >= 0))];
    return { name: `s${index}`, after, estimateMs: (index * 37) % 101 };
  });
}
