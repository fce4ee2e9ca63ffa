/**
 * `defineWorkflow`: a graph of steps, grown as a chain. Each `.step` gives a new frozen workflow
 * that can be run; a step can wait only for steps above it, so a chain has no cycles.
 */
import { z } from 'zod';
import {
  type CallerInput,
  CountOption,
  checkId,
  checkOptions,
  type DefinitionCore,
  type Duration,
  definitionCore,
  definitionFields,
  definitionId,
  FailureMode,
  isDefinition,
  limits,
  PureFunctionOption,
  type RetryOptions,
  type Schema,
  type StepDefinition,
  troupeError,
  type Workflow,
  type WorkInput,
} from '../protocol/index.ts';
import type { Chain, Missed } from './chain.ts';
import { drawable } from './picture/machine-of.ts';
import { stepInput, stepName, stepOf, stepWork } from './step.ts';
import { checkStepOptions } from './step-fields.ts';
import { migrationsOf } from './versions/migrations.ts';

const fromZero = 'must be a number of at least 0';

/** The options of a workflow, as they are checked when it is declared. */
export const WorkflowOptions = z.strictObject({
  ...definitionFields,
  concurrency: CountOption.optional(),
  onFailure: z.enum(FailureMode.options, `must be ${FailureMode.options.join(', ')}`).optional(),
  budget: z.number(fromZero).min(0, fromZero).optional(),
});

/** The options of a workflow. `I` is the schema of its input. */
export interface WorkflowOptions<
  I extends Schema | undefined,
  Mode extends FailureMode = FailureMode,
> {
  /** Names the workflow: its runs. Unique among definitions of one version. */
  readonly id: string;
  /** Raised when steps change, for runs under way keep the old ones (default `'1'`). */
  readonly version?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Callers pass what it takes, steps see what it gives; without it the input is undefined. */
  readonly input?: I;
  /** Parallel steps (default 10). */
  readonly concurrency?: number | undefined;
  /** What happens when a step fails that may not (default `fail-fast`). */
  readonly onFailure?: Mode | undefined;
  /**
   * What a run may cost, in the unit in which its work reports cost (default: anything). It fails
   * (`BUDGET_EXCEEDED`) when it has cost more, or when what is left can't be paid.
   */
  readonly budget?: number | undefined;
  /** Attempts and pauses of function steps that don't say (default 3 attempts). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of the whole (default none). */
  readonly timeout?: Duration | undefined;
}

/**
 * Declares a workflow without steps; `.step` and `.output` add to it. Its result is that of the
 * last step, or what `.output` makes; undefined without steps.
 * @throws TroupeError `BAD_ID` or `BAD_OPTION` naming the field.
 */
export function defineWorkflow<
  I extends Schema | undefined = undefined,
  const Mode extends FailureMode = 'fail-fast',
>(
  options: WorkflowOptions<I, Mode>,
): Chain<
  CallerInput<I>,
  undefined,
  WorkInput<I>,
  Readonly<Record<never, never>>,
  never,
  Readonly<Record<never, never>>,
  Missed<Mode>
>;
export function defineWorkflow(options: unknown): Workflow {
  const id = definitionId(options, 'workflow');
  const where = `workflow ${id}`;
  const given = checkOptions(WorkflowOptions, options, where);
  return chainOf({
    core: definitionCore(id, given, where),
    facts: factsOf(given),
    steps: [],
  });
}

/** How a workflow's plan is carried out. */
type Facts = Pick<Workflow, 'concurrency' | 'onFailure' | 'budget'>;

/** How a workflow's plan is carried out, from its options; what is not given is left out. */
export const factsOf = ({
  concurrency = limits.concurrency,
  onFailure,
  budget,
}: { readonly [Name in keyof Facts]?: Facts[Name] | undefined }): Facts => ({
  concurrency,
  ...(onFailure === undefined ? {} : { onFailure }),
  ...(budget === undefined ? {} : { budget }),
});

/** What a chain is made of. */
interface Links {
  readonly core: DefinitionCore;
  readonly facts: Facts;
  readonly steps: readonly StepDefinition[];
  readonly migrations?: Workflow['migrations'];
}

function chainOf(links: Links): Workflow {
  return Object.freeze({
    ...workflowOf(links),
    step: (...given: readonly unknown[]) =>
      chainOf({ ...links, steps: [...links.steps, nextStep(links, given)] }),
    migrate: (from: unknown, results: unknown) =>
      chainOf({ ...links, migrations: migrationsWith(links, from, results) }),
    output: (result: unknown) =>
      Object.freeze({ ...workflowOf(links), ...outputOf(links, result) }),
  });
}

function workflowOf({ core, facts, steps, migrations }: Links): Workflow {
  const more = migrations === undefined ? {} : { migrations };
  return drawable({ kind: 'workflow', ...core, ...facts, steps: Object.freeze(steps), ...more });
}

function migrationsWith({ core, migrations }: Links, from: unknown, results: unknown) {
  const where = `workflow ${core.id}`;
  return migrationsOf(core, [
    ...Object.entries(migrations ?? {}),
    [checkId(from, `version that ${where} migrates from`), results],
  ]);
}

const OutputOptions = z.object({ result: PureFunctionOption });

const outputOf = ({ core }: Links, result: unknown): Pick<Workflow, 'result'> =>
  checkOptions(OutputOptions, { result }, `output of workflow ${core.id}`);

/** Reads `(name, work, input?, options?)`; a function as work has no input. */
function nextStep({ core, steps }: Links, given: readonly unknown[]): StepDefinition {
  const workflow = `workflow ${core.id}`;
  const name = stepName(given[0], workflow);
  const where = `${workflow}, step ${name}`;
  const earlier = steps.map((step) => step.name);
  if (earlier.includes(name)) throw troupeError('STEP_NAME_TAKEN', { run: workflow, step: name });
  if (steps.length >= limits.planSteps) {
    const problem = `are more than ${limits.planSteps}`;
    throw troupeError('BAD_OPTION', { where: workflow, field: 'steps', problem });
  }
  const work = stepWork(given[1], where);
  const { input, rest } = inputOf(work, given.slice(2), where);
  const options = checkStepOptions(rest, where);
  const after = options.after ?? earlier.slice(-1);
  const unknown = after.find((before) => !earlier.includes(before));
  if (unknown !== undefined) {
    throw troupeError('UNKNOWN_STEP', { workflow: core.id, step: name, unknown });
  }
  return stepOf({ name, work, input, after, options }, core.retry, where);
}

/** What follows the work: the function that makes its input, if there is one, and the options. */
function inputOf(
  work: StepDefinition['work'],
  given: readonly unknown[],
  where: string,
): { readonly input: StepDefinition['input']; readonly rest: unknown } {
  const isWork = isDefinition(work);
  const fansOut = !isWork && typeof given[0] === 'function';
  const hasInput = fansOut || (isWork && (typeof given[0] === 'function' || given.length > 1));
  const [first, second, ...more] = hasInput ? given : [undefined, ...given];
  if (more.length > 0) {
    throw troupeError('BAD_OPTION', { where, field: 'arguments', problem: 'are too many' });
  }
  return { input: first === undefined ? undefined : stepInput(first, where), rest: second };
}
