/** How stories of workflows are told: any plan with all that a step can have. */
import fc from 'fast-check';
import {
  type ActorEvent,
  type Plan,
  type PlanRules,
  stepRunName,
  undoRunName,
  WorkflowEvent,
  WorkflowSpec,
} from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import { failure, workflowSpec } from './fixtures.ts';
import { machineTraits, planRules, plansOf, policyTraits, richPlansOf } from './plans.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

const RUNS = ['run/look/1', 'run/look/2'];

/** A plan and how it is carried out. Only a fan-out has a quorum, and its steps have no traits. */
const work: fc.Arbitrary<{ readonly plan: Plan; readonly rules: PlanRules }> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      plan: richPlansOf(6, machineTraits),
      rules: planRules.map(({ need: _, budget: __, ...rules }) => rules),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      plan: richPlansOf(6, machineTraits),
      rules: planRules.map(({ need: _, ...rules }) => rules),
    }),
  },
  { weight: 1, arbitrary: fc.record({ plan: richPlansOf(8, policyTraits), rules: planRules }) },
  { weight: 1, arbitrary: fc.record({ plan: plansOf(8), rules: planRules }) },
);

/** The stories of workflows. */
export const workflowTelling: Telling<WorkflowSpec> = {
  specs: fc
    .record({
      drawn: arbitraryOf(WorkflowSpec),
      work,
      dependsOn: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...RUNS), { maxLength: 3 }) },
      ),
      timeoutMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
      parent: fc.option(fc.constant('run/plan/p-1')),
      notBefore: fc.constantFrom(undefined, undefined, undefined, 0, 2_000),
    })
    .map(({ drawn, notBefore, work: { plan, rules }, ...own }) => {
      const step = own.parent === null ? null : 'answer';
      const { notBefore: _, onFailure: __, need: ___, budget: ____, ...base } = drawn;
      const early = notBefore === undefined ? {} : { notBefore };
      return { ...base, ...own, ...early, ...rules, plan, step, run: workflowSpec().run };
    }),
  events: WorkflowEvent,
  rare: [
    'run.cancel',
    'run.overdue',
    'step.skipped',
    'approval.requested',
    'stage.move',
    'workflow.migrated',
  ],
  often: ['run.resume', 'child.settled', 'step.judged'],
  aimed: (event, beat, walk) => ({ ...event, ...aimedAt(event, beat, walk) }),
};

/** The host never takes over a run that has failed, or is on its way out; any other as it is. */
function takenOver({
  error,
  reason,
  failure,
  asked,
  steps,
  ...known
}: Walk['snapshot']['context']) {
  const isBad = [error, reason, failure, asked, steps.fatal].some((one) => one !== undefined);
  if (isBad) return { type: 'workflow.unknown' };
  const { spec, runs, undoable, judging, quality, cost } = known;
  const { version: from } = spec;
  const next = { ...spec, version: `${from}+` };
  return { from, spec: next, progress: steps.progress, runs, undoable, judging, quality, cost };
}

function aimedAt({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { spec, waitingFor = spec.dependsOn, judging = [] } = snapshot.context;
  switch (type) {
    case 'run.pause':
    case 'run.resume':
      return { above: beat.place % 3 === 0 };
    case 'workflow.migrated':
      return takenOver(snapshot.context);
    case 'dependency.settled':
      return { run: oneOf<string>(waitingFor, beat.place) ?? 'run/look/none', ...endOf(beat) };
    case 'child.settled':
      return { step: oneOf(runsOf(snapshot.context, beat), beat.place) ?? 'none', ...endOf(beat) };
    case 'step.judged': {
      const names = beat.aim === 'now' ? judging : runsOf(snapshot.context, beat);
      return { step: oneOf<string>(names, beat.place) ?? 'none', isGood: beat.place % 3 > 0 };
    }
    case 'step.skipped':
    case 'step.rated':
      return { step: oneOf(runsOf(snapshot.context, beat), beat.place) ?? 'none' };
    default:
      return {};
  }
}

/** Mostly it completes; sometimes it costs something. */
function endOf({ place }: Beat): object {
  if (place % 6 === 0) return {};
  if (place % 6 === 1) return { outcome: { status: 'FAILED', error: failure() } };
  const cost = place % 7 === 0 ? { cost: (place % 5) / 4 } : {};
  return { outcome: { status: 'COMPLETED', result: place, ...cost } };
}

const letters = { now: 'S', outdated: 'CFX', ahead: 'W', drawn: '' } as const;

/** Names of runs: those under way, what undoes a step, those of steps that ended or wait. */
function runsOf(context: Walk['snapshot']['context'], { aim, pick }: Beat): string[] {
  const { spec, steps, runs = {}, undoable = [] } = context;
  const { plan }: WorkflowSpec = spec;
  const found = plan.steps.flatMap(({ name }, step) => {
    const run = runs[step]?.run ?? 1;
    if (aim === 'outdated' && run > 1 && pick % 2 === 0) return [stepRunName(name, run - 1)];
    return letters[aim].includes(steps.progress[step]) ? [stepRunName(name, run)] : [];
  });
  const undone = undoable.map((step: number) => undoRunName(plan.steps[step]?.name ?? ''));
  if (found.length > 0 && pick % 5 > 0) return found;
  return aim === 'now' ? [...found, ...undone.slice(-1)] : [...found, ...undone];
}
