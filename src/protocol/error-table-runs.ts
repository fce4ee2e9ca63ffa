/** Errors of runs and of the work in them. See `error-table.ts`. */
import { entry } from './error-entry.ts';
import { failureText } from './error-text.ts';
import type { Outcome } from './outcome.ts';

/** Code, data, message, remedy. */
export const runErrors = {
  // Runs
  RUN_CONFLICT: entry<{ run: string; definition: string }>(
    409,
    (d) => `Run ${d.run} exists with another input or definition.`,
    'Use another id, or start it again with the input it has.',
  ),
  RUN_DEPTH: entry<{ run: string; depth: number }>(
    508,
    (d) => `${d.run} may have no step that is a run: it is the ${d.depth}th run inside another.`,
    'Work that starts itself as a step never ends; let a loop in one run do it.',
  ),
  UNKNOWN_RUN: entry<{ run: string }>(
    404,
    (d) => `There is no run ${d.run}.`,
    'Start the run first, or correct the id.',
  ),
  ILLEGAL_MOVE: entry<{ run: string; state: string; event: string }>(
    409,
    (d) => `${d.run} is ${d.state}; ${d.event} is refused there and nothing was changed.`,
    "Look at the run's snapshot before deciding again.",
  ),
  STALE_ATTEMPT: entry<{
    run: string;
    state: string;
    event: string;
    attempt: number;
    current: number;
  }>(
    409,
    (d) =>
      `${d.run} is ${d.state} at attempt ${d.current}; ${d.event} of attempt ${d.attempt} is ` +
      'refused and nothing was changed.',
    'Drop what the earlier attempt did; `run.begin()` gives the number of the one under way.',
  ),
  NOBODY_CAPABLE: entry<{ task: string; wanted: string; bots: readonly string[] }>(
    422,
    (d) => `No bot can do ${d.task}: nobody has ${d.wanted} (bots: ${d.bots.join(', ')}).`,
    'Register a bot with that capability, or name the bot in the task.',
  ),
  RUN_FAILED: entry<{ run: string; outcome: Outcome }>(
    500,
    (d) => `Run ${d.run} failed: ${failureText(d.outcome)}`,
    "The data's outcome holds the error and the chain of its causes.",
  ),
  RUN_CANCELLED: entry<{ run: string; outcome: Outcome }>(
    409,
    (d) => `Run ${d.run} was cancelled: ${failureText(d.outcome)}`,
    'Start it again under another id.',
  ),
  WAIT_TIMEOUT: entry<{ what: string; afterMs: number }>(
    504,
    (d) => `Waiting for ${d.what} was ended after ${d.afterMs} ms; the work goes on.`,
    'Wait again, longer, or cancel the run.',
    true,
  ),
  WAIT_ABORTED: entry<{ what: string }>(
    499,
    (d) => `Waiting for ${d.what} was ended by its signal; the work goes on.`,
    'Wait again when you need it.',
    true,
  ),
  PARKED: entry<{ run: string; reason: string }>(
    409,
    (d) => `Run ${d.run} is parked: ${d.reason}.`,
    'Register what is missing and call troupe.parked.retry(), or start again with that mended.',
  ),
  // Work
  WORK_FAILED: entry<{ reason: string }>(
    500,
    (d) => d.reason,
    'Mend the work; a failed attempt is tried again by its retry policy.',
    true,
  ),
  WORK_TIMEOUT: entry<{ run: string; afterMs: number }>(
    504,
    (d) => `${d.run} took longer than its time-out of ${d.afterMs} ms.`,
    'Raise `timeout`, or make the work shorter; it is tried again by its retry policy.',
    true,
  ),
  HEARTBEAT_LOST: entry<{ run: string; afterMs: number }>(
    504,
    (d) => `${d.run} gave no sign of life for ${d.afterMs} ms.`,
    'Call heartbeat more often, or raise `heartbeat`; it is tried again by its retry policy.',
    true,
  ),
  STEP_FAILED: entry<{ run: string; step: string; status: string }>(
    500,
    (d) => `Step ${d.step} of ${d.run} ended ${d.status}.`,
    'Look at its cause; mend that step, or give it another way to fail.',
  ),
  UNDO_FAILED: entry<{ run: string; step: string; reason: string }>(
    500,
    (d) => `Step ${d.step} of ${d.run} could not be undone: ${d.reason}`,
    'Undo by hand what it did, then close the incident. Its cause is why the run was ending.',
  ),
  BUDGET_EXCEEDED: entry<{ run: string; budget: number; cost: number }>(
    402,
    (d) => `${d.run} may cost ${d.budget}; it has cost ${d.cost}, and what is left can't be paid.`,
    'Raise `budget`, or make its steps cheaper; start it under another id.',
  ),
  TOO_FEW_RESULTS: entry<{ run: string; need: number }>(
    500,
    (d) => `${d.run} needs ${d.need} results, and too few of its steps completed.`,
    'Look at its cause; lower `need`, or mend the steps that failed.',
  ),
  REPEAT_EXHAUSTED: entry<{ run: string; step: string; max: number }>(
    422,
    (d) => `Step ${d.step} of ${d.run} ran ${d.max} times, and its result was not good enough.`,
    'Raise `max`, ask less of `until`, or let its work use what `again` tells it.',
  ),
  DEPENDENCY_FAILED: entry<{ run: string; status: string }>(
    424,
    (d) => `The run ${d.run}, which this one waits for, ended ${d.status}.`,
    'Look at its cause; start it under another id, and what waits for it as well.',
  ),
  TERMINAL: entry<{ reason: string }>(
    500,
    (d) => d.reason,
    'The work said that trying again is useless; correct its input or its code.',
  ),
  ABORTED: entry<{ run: string; reason: string }>(
    409,
    (d) => `The work of ${d.run} was ended: ${d.reason}.`,
    'Let the error pass; the run was not begun, has its outcome already, or is tried again.',
  ),
  STEP_NAME_TAKEN: entry<{ run: string; step: string }>(
    400,
    (d) => `${d.run} has two steps named ${d.step}.`,
    'Give each step its own name; number them in a loop.',
  ),
  SUSPENDED: entry<{ run: string }>(
    409,
    (d) => `${d.run} was put to sleep until its child runs settle.`,
    'Let the error pass; the work runs again from the top when it goes on.',
    true,
  ),
  // Machines
  NOT_DURABLE: entry<{ machine: string; place: string; problem: string; remedy: string }>(
    422,
    (d) => `The machine ${d.machine} can't be made durable: ${d.place} ${d.problem}; ${d.remedy}.`,
    'What it did in this turn was undone.',
  ),
  MACHINE_FAILED: entry<{ run: string; reason: string }>(
    500,
    (d) => `The machine of ${d.run} failed: ${d.reason}.`,
    'Handle it with onError, or give the run a supervision that restarts it.',
  ),
  RESTART_INTENSITY: entry<{ run: string; failures: number; withinMs: number; reason: string }>(
    500,
    (d) =>
      `${d.run} gave up after ${d.failures} ${d.failures === 1 ? 'failure' : 'failures'} ` +
      `in ${d.withinMs} ms; last failure: ${d.reason}.`,
    'Mend what makes it fail, then start it anew; its incident keeps the last failure.',
  ),
  MACHINE_LOOP: entry<{ actor: string; hops: number }>(
    508,
    (d) => `${d.actor} went on ${d.hops} times in a row without anything new.`,
    'Break the loop in or between the machines; limits.hops bounds what they send each other.',
  ),
} as const;
