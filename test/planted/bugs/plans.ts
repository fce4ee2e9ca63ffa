/** Bugs of workflows, people and supervisors. */
import type { PlantedBug } from './bug.ts';

/** Bugs of what decides over several runs. */
export const planBugs: readonly PlantedBug[] = [
  {
    name: 'decided-steps-forgotten',
    sentence: 'A step that was decided before a crash, and not begun, never begins.',
    file: 'src/workflows/conductor.ts',
    team: 'publishing',
    from: `!begins.includes(name) && this.#isMissing(cell, name);`,
    to: `!begins.includes(name) && judging.includes(name);`,
  },
  {
    name: 'join-of-four-omitted',
    sentence: 'A step that waits for four others never begins: it is omitted when they completed.',
    file: 'src/policies/plan/ledger.ts',
    team: 'publishing',
    from: `      if (mayRun(plan, ledger, rules, dependent)) {`,
    to: `      const isFour = plan.steps[dependent]?.after.length === 4;
      if (!isFour && mayRun(plan, ledger, rules, dependent)) {`,
  },
  {
    name: 'resumed-without-what-was-decided',
    sentence:
      'A workflow that goes on after a pause forgets the steps that it had decided to begin.',
    file: 'machines/workflow-blocked.ts',
    team: 'publishing',
    from: `              'startMissing',
`,
    to: ``,
  },
  {
    name: 'recovered-step-counts-as-done',
    sentence: 'After a restart a step under way counts as ended for those who wait for it.',
    file: 'src/policies/plan/ledger.ts',
    team: 'publishing',
    from: `      takePlace(plan, ledger, index);
      continue;`,
    to: `      takePlace(plan, ledger, index);`,
  },
  {
    name: 'recovered-steps-take-no-place',
    sentence: 'After a restart steps under way do not count for the limit of their workflow.',
    file: 'src/policies/plan/ledger.ts',
    team: 'publishing',
    from: `    if (letter === 'S') {
      takePlace(plan, ledger, index);`,
    to: `    if (letter === 'S') {
      ledger.started.add(index);`,
  },
  {
    name: 'budget-ignores-what-was-spent',
    sentence: 'A step begins though what was spent leaves too little for it.',
    file: 'src/policies/plan/ledger.ts',
    team: 'publishing',
    from: `(left, cost) => left - cost, budget - spent + slackOf(budget));`,
    to: `(left, cost) => left - cost, budget + slackOf(budget));`,
  },
  {
    name: 'cancel-misses-the-second-step',
    sentence: 'A cancel reaches one of the steps under way, and the others go on.',
    file: 'machines/workflow-context.ts',
    team: 'publishing',
    from: `  run.cancelRuns(context, addressesOf(context, openRuns(context)));`,
    to: `  run.cancelRuns(context, addressesOf(context, openRuns(context)).slice(0, 1));`,
  },
  {
    name: 'undo-in-order',
    sentence: 'What was done first is undone first.',
    file: 'machines/workflow-books.ts',
    team: 'orders',
    from: `    ...(canUndo ? { undoable: [...(context.undoable ?? []), step] } : {}),`,
    to: `    ...(canUndo ? { undoable: [step, ...(context.undoable ?? [])] } : {}),`,
  },
  {
    name: 'undo-skips-one',
    sentence: 'Of two steps that are to be undone one is not.',
    file: 'machines/workflow-books.ts',
    team: 'orders',
    from: `  const undoable = context.undoable?.slice(0, -1);`,
    to: `  const undoable = context.undoable?.slice(0, -2);`,
  },
  {
    name: 'second-decision-accepted',
    sentence: 'A second decision on a question is acknowledged, and counts for nothing.',
    file: 'src/approvals/deciding.ts',
    team: 'publishing',
    from: `  if (cell.isDone) throw closed(approval, context, statusOf(cell.snapshot));
`,
    to: `  if (cell.isDone && context.decision === undefined) {
    throw closed(approval, context, statusOf(cell.snapshot));
  }
`,
  },
  {
    name: 'silence-is-a-yes',
    sentence: 'A question that nobody decides in time counts as answered with yes.',
    file: 'machines/approval-blocked.ts',
    team: 'publishing',
    from: `          target: '#approval.FAILED',
          actions: { type: 'noteError', params: expiry },`,
    to: `          target: '#approval.COMPLETED',`,
  },
  {
    name: 'restart-count-off-by-one',
    sentence: 'A supervisor gives up one restart too early.',
    file: 'src/policies/supervision/intensity.ts',
    team: 'news',
    from: `isTooMany: counted.length > intensity };`,
    to: `isTooMany: counted.length >= intensity };`,
  },
  {
    name: 'restart-window-forgotten',
    sentence: 'A supervisor counts restarts that are long past.',
    file: 'src/policies/supervision/intensity.ts',
    team: 'news',
    from: `  const counted = [second, ...(first === -1 ? restarts : restarts.slice(0, first))];`,
    to: `  const counted = [second, ...(first === -1 ? restarts : restarts.slice(0))];`,
  },
  {
    name: 'one-for-all-restarts-one',
    sentence:
      'A one-for-all supervisor leaves the children before the one that failed as they are.',
    file: 'src/policies/supervision/job.ts',
    team: 'news',
    from: `  const from = desk.spec.strategy === 'one-for-all' ? 0 : desk.indexOf(child.id);`,
    to: `  const from = desk.indexOf(child.id);`,
  },
  {
    name: 'ordered-restart-forgotten',
    sentence: 'A restart that a supervisor ordered before a crash is not ordered again.',
    file: 'src/policies/supervision/supervisor.ts',
    team: 'news',
    from: `    if (is !== 'starting') return [];`,
    to: `    if (is !== 'starting' || starts > 1) return [];`,
  },
];
