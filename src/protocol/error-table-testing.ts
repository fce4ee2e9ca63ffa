/** Errors of `troupe/testing`. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const testingErrors = {
  CHECK_FAILED: entry<{ findings: number; report: string }>(
    422,
    (d) =>
      `The check found ${d.findings === 1 ? 'a problem' : `${d.findings} problems`}:\n${d.report}`,
    'Mend what it names, or excuse a finding by its name in `allow`.',
  ),
  PROPERTY_FAILED: entry<{
    law: string;
    found: string;
    /** Numbered lines; `steps` counts them. */
    story: string;
    steps: number;
    seed: number;
    /** The run of the seed; empty when a script was given. */
    path: string;
    runs: number;
    shrinks: number;
    /** What was played, as `replay` takes it. */
    script: unknown;
    /** A vitest file that plays it. */
    test: string;
  }>(
    422,
    (d) =>
      `The law "${d.law}" is broken: ${d.found}\n\n${d.story}\n\nAs a test:\n\n${d.test}\n` +
      `Seed ${d.seed}, path '${d.path}', runs ${d.runs}, shrinks ${d.shrinks}.`,
    'Follow the story; the test plays it again, and is red until the law holds.',
  ),
  NEVER_SETTLES: entry<{ waits: string; because: readonly string[] }>(
    422,
    (d) => `${d.waits} can never settle: ${d.because.join('; ')}.`,
    'Give what waits a time-out, an answer, or somebody who does it.',
  ),
  NOT_REPEATABLE: entry<{
    found: string;
    /** What happened the first time; `steps` counts its numbered lines. */
    story: string;
    steps: number;
    seed: number;
    /** The run of the seed; empty when a script was given. */
    path: string;
    /** What was played, as `replay` takes it. */
    script: unknown;
    /** A vitest file that plays it. */
    test: string;
  }>(
    422,
    (d) =>
      `The same script went two ways: ${d.found}\n\n${d.story}\n\nAs a test:\n\n${d.test}\n` +
      `Seed ${d.seed}, path '${d.path}'.`,
    'What differs from run to run (time, chance, memory of the process) belongs in a step.',
  ),
  LAW_BROKEN: entry<{ law: string; found: string; at: string }>(
    422,
    (d) => `The law "${d.law}" is broken ${d.at}: ${d.found}.`,
    'Look at what happened before (`simulation.happenings`); a law of your own may be wrong too.',
  ),
  INJECTED_FAULT: entry<{ fault: string; call: string }>(
    503,
    (d) => `${d.call} fails, as the script says (${d.fault}).`,
    'This is what a bot or a service that is down looks like; a retry can help.',
    true,
  ),
  NO_ARBITRARY: entry<{ path: string; reason: string }>(
    400,
    (d) => `No values can be drawn for ${d.path}: ${d.reason}.`,
    'Say in `overrides` how its values are drawn.',
  ),
} as const;
