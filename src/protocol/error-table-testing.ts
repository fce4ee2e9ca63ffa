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
  PROPERTY_FAILED: entry<{ law: string; story: string; seed: number; path: string; test: string }>(
    422,
    (d) => `A run broke the law "${d.law}".\n${d.story}`,
    'Follow the story; the test at its end plays it again.',
  ),
  NEVER_SETTLES: entry<{ waits: string; because: readonly string[] }>(
    422,
    (d) => `${d.waits} can never settle: ${d.because.join('; ')}.`,
    'Give what waits a time-out, an answer, or somebody who does it.',
  ),
  NOT_REPEATABLE: entry<{ what: string; where: string }>(
    422,
    (d) => `${d.what} in ${d.where}: a run of it can't be repeated.`,
    'What differs from run to run belongs in a step: its result is recorded once.',
  ),
  NO_ARBITRARY: entry<{ path: string; reason: string }>(
    400,
    (d) => `No values can be drawn for ${d.path}: ${d.reason}.`,
    'Say in `overrides` how its values are drawn.',
  ),
} as const;
