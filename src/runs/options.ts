/** Options of runs, of child runs and of waiting, as callers write them. */
import { z } from 'zod';
import {
  type ChildOptions,
  checkOptions,
  type Definition,
  DependencyRule,
  Duration,
  durationMs,
  isApproval,
  isMachineDefinition,
  isWorkflow,
  limits,
  Priority,
  RetryOptions,
  type RunSupervision,
  TextOption,
  TimeoutOption,
  troupeError,
} from '../protocol/index.ts';

const texts = z.array(TextOption, 'must be an array of texts');
const RunReference = z.union([
  TextOption,
  z.custom<{ readonly runId: string }>(
    (given) => typeof given === 'object' && given !== null && 'runId' in given,
    'must be a run or its id, such as finder/q-42',
  ),
]);
const Signal = z.instanceof(AbortSignal, { error: 'must be an AbortSignal' });

/** 1973: a smaller number was meant as a duration. */
const earliestMs = 100_000_000_000;

const aTime = 'must be a Date or whole milliseconds since 1970, such as Date.now() + 5_000';

const Time = z.union([z.int(aTime).min(earliestMs, aTime), z.date()], aTime);

/** What the run of a step may be told as well as one that stands alone. */
const childFields = {
  title: TextOption.optional(),
  /** 0-10, 10 is most urgent (default: the definition's, else that of the run above, else 5). */
  priority: Priority.optional(),
  /** Over the definition's own. */
  retry: RetryOptions.optional(),
  /** Time-out of one attempt, over the definition's own. */
  timeout: TimeoutOption.optional(),
  /** Of an approval: time between two reminders, over the definition's own. */
  remindEvery: TimeoutOption.optional(),
  /** Of an approval: how long it waits until it fails, over the definition's own. */
  expiresIn: TimeoutOption.optional(),
};

/** Options that only approvals have. */
export type PeopleOptions = Pick<RunOptions, 'remindEvery' | 'expiresIn'>;

/** Options of `troupe.run` and `troupe.start`. */
export const RunOptions = z.strictObject({
  ...childFields,
  /** Names the run; the same id is the same run (default: a new id for each call). */
  id: z.string('must be a text').optional(),
  description: TextOption.optional(),
  /** When it should be done: a `Date`, or whole milliseconds since 1970 (no duration). */
  due: Time.optional(),
  /** Before that it does not begin: a `Date`, or whole milliseconds since 1970 (no duration). */
  notBefore: Time.optional(),
  /** Runs that must complete first, as runs or their ids, such as `finder/q-42`. */
  after: z.array(RunReference, 'must be an array of runs').optional(),
  /** When one of `after` does not complete: fail too (default), be cancelled, or go on waiting. */
  onDependencyFailure: DependencyRule.optional(),
  requirements: texts.optional(),
  constraints: texts.optional(),
  /** Of a machine: what happens when it fails. */
  supervision: z.lazy(() => SupervisionOptions).optional(),
  /** Cancels the run and all below it. */
  signal: Signal.optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

const wholeFromZero = 'must be a whole number of at least 0';

/** How a run of a machine is supervised by itself. */
export const SupervisionOptions = z.strictObject({
  /** When it starts anew: always, after a failure, or never (default `temporary`: never). */
  restart: z.enum(['permanent', 'transient', 'temporary']).optional(),
  /** From its last good state (default), or from its input. */
  resumeFrom: z.enum(['snapshot', 'input']).optional(),
  /** Failures, poison messages included, before it is given up (default 3 within 5 s). */
  intensity: z
    .strictObject({ max: z.int(wholeFromZero).min(0, wholeFromZero), within: TimeoutOption })
    .optional(),
  /** Pause before a restart, doubled each time (default none). */
  backoff: z.strictObject({ initial: Duration, max: Duration.optional() }).optional(),
});
export type SupervisionOptions = z.infer<typeof SupervisionOptions>;

/** The supervision in force. */
export function runSupervision(given: SupervisionOptions = {}): RunSupervision {
  const { restart = 'temporary', resumeFrom = 'snapshot', intensity, backoff } = given;
  const { max, within } = intensity ?? { max: limits.restarts, within: limits.restartWindowMs };
  return {
    restart,
    resumeFrom,
    intensity: { max, withinMs: durationMs(within) },
    backoff:
      backoff === undefined
        ? null
        : {
            backoffMs: durationMs(backoff.initial),
            backoffMsMax: durationMs(backoff.max ?? limits.backoffMsMax),
          },
  };
}

const ChildRunOptions = z.strictObject(childFields);

/** How long to wait, as it is checked. */
const WaitFields = z.strictObject({ timeout: Duration.optional(), signal: Signal.optional() });

/** How long to wait. */
export interface WaitOptions {
  /** Ends the waiting with `WAIT_TIMEOUT`; the run goes on. */
  readonly timeout?: Duration | undefined;
  /** Ends the waiting with `WAIT_ABORTED`; the run goes on. */
  readonly signal?: AbortSignal | undefined;
}

const fromZero = 'must be a whole number of at least 0';
const EventsFields = z.strictObject({
  since: z.int(fromZero).min(0, fromZero).optional(),
  signal: Signal.optional(),
});

/** Which events to give. */
export interface EventsOptions {
  /** Gives only events after this `seq`. */
  readonly since?: number | undefined;
  /** Ends the sequence with `WAIT_ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** Checks the options of a run of this work. @throws TroupeError `BAD_OPTION`. */
export function checkRunOptions(options: unknown, work: Definition): RunOptions {
  const where = `run of ${work.id}`;
  return options === undefined
    ? {}
    : fitting(checkOptions(RunOptions, options, where), work, where);
}

/** Checks the options of a child run of this work. @throws TroupeError `BAD_OPTION`. */
export function checkChildOptions(options: unknown, work: Definition): ChildOptions {
  const where = `step that runs ${work.id}`;
  if (options === undefined) return {};
  return fitting(checkOptions(ChildRunOptions, options, where), work, where);
}

/** What a kind of work has no use for would be lost: it is refused. */
function fitting<Options extends ChildOptions>(
  options: Options,
  work: Definition,
  where: string,
): Options {
  for (const [field, problem] of misfitsOf(work)) {
    if (Reflect.get(options, field) !== undefined) {
      throw troupeError('BAD_OPTION', { where, field, problem });
    }
  }
  return options;
}

/**
 * A workflow has no attempts as a whole, an approval none at all; a machine decides itself when it
 * waits and gives up.
 */
function misfitsOf(work: Definition): readonly (readonly [field: string, problem: string])[] {
  if (isApproval(work)) return ofApproval;
  if (isMachineDefinition(work)) return [...ofMachine, ...ofPeople];
  const supervision = ['supervision', 'is an option of machines: other work has retry'] as const;
  if (!isWorkflow(work)) return [supervision, ...ofPeople];
  return [['retry', 'is no option of a workflow: give it to its steps'], supervision, ...ofPeople];
}

const ofPeople = [
  ['remindEvery', 'is an option of approvals'],
  ['expiresIn', 'is an option of approvals: other work has timeout'],
] as const;

const ofApproval = [
  ['retry', 'is no option of an approval: a person decides once'],
  ['timeout', 'is no option of an approval: use expiresIn'],
  ['supervision', 'is no option of an approval: use remindEvery and expiresIn'],
] as const;

const ofMachine = [
  ['retry', 'is no option of a machine: use supervision'],
  ['timeout', 'is no option of a machine: use `after` in its chart'],
  ['after', 'is no option of a machine: make it a step of a workflow'],
  ['onDependencyFailure', 'is no option of a machine: make it a step of a workflow'],
  ['notBefore', 'is no option of a machine: let it wait with `after` in its chart'],
  ['due', 'is no option of a machine: use `after` in its chart'],
] as const;

/** Checks the options of waiting. @throws TroupeError `BAD_OPTION`. */
export const checkWaitOptions = (options: unknown, where = 'waiting for a run'): WaitOptions =>
  options === undefined ? {} : checkOptions(WaitFields, options, where);

/** Checks the options of events. @throws TroupeError `BAD_OPTION`. */
export const checkEventsOptions = (options: unknown): EventsOptions =>
  options === undefined ? {} : checkOptions(EventsFields, options, 'events of a run');
