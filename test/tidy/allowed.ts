/**
 * Files that may break a rule, each with the reason. An entry that is not needed any more fails
 * the test, so the list only holds what is true.
 */

/** Lets `file` break the rule of that name. */
export interface Allowance {
  readonly rule: string;
  readonly file: string;
  readonly reason: string;
}

const EFFECT =
  'an effect has its parameters typed where its machine declares it; the host hands them on';

const HOSTED =
  "what a user's machine keeps is known by its shape: another copy of XState may have made it";

const INSIDE =
  "XState's types say less of a chart's guards, scope and class than a copy of a machine needs";

/** The list; add an entry only when the remedy of the rule can't be had. */
export const allowed: readonly Allowance[] = [
  {
    rule: 'as',
    file: 'src/testing/simulation/outside/client.ts',
    reason: 'a proxy has the type of what it stands for, and answers come as they are',
  },
  {
    rule: 'as',
    file: 'src/testing/simulation/outside/code.ts',
    reason: "what a function gets is the app's own affair: the seam passes it on as it came",
  },
  {
    rule: 'as',
    file: 'src/testing/simulation/play.ts',
    reason: 'the input of a scenario has the type that its property declares',
  },
  {
    rule: 'as',
    file: 'src/testing/charts/guards.ts',
    reason: INSIDE,
  },
  {
    rule: 'as',
    file: 'src/testing/charts/copy.ts',
    reason: INSIDE,
  },
  {
    rule: 'as',
    file: 'src/testing/charts/watched.ts',
    reason: INSIDE,
  },
  {
    rule: 'as',
    file: 'src/engine/lives/promises.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/replay/hosted.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/hosted/texts.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/hosted/sources.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/hosted/logic.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/hosted/hosting.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/hosted/decide.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/engine/host/cells.ts',
    reason: HOSTED,
  },
  {
    rule: 'as',
    file: 'src/tasks/handling.ts',
    reason: EFFECT,
  },
  {
    rule: 'as',
    file: 'src/tasks/workers.ts',
    reason: EFFECT,
  },
  {
    rule: 'as',
    file: 'src/supervision/supervisors.ts',
    reason: EFFECT,
  },
  {
    rule: 'as',
    file: 'src/workflows/conductor.ts',
    reason: EFFECT,
  },
  {
    rule: 'as',
    file: 'src/actor/ref.ts',
    reason: "XState's actor reference also has members that only its own live actors use",
  },
  {
    rule: 'as',
    file: 'src/engine/compiled/chart/xstate.ts',
    reason: "XState's types of its own internals say less than holds for a machine seen through",
  },
  {
    rule: 'as',
    file: 'src/engine/compiled/chart/errors.ts',
    reason: 'what was thrown is read like an error, as XState does, and may fail the same way',
  },
  {
    rule: 'bare-error',
    file: 'src/engine/compiled/chart/errors.ts',
    reason: "the errors of XState's interpreter word for word, so that nobody sees who ran a chart",
  },
  {
    rule: 'as',
    file: 'src/engine/group/staged-effects.ts',
    reason: 'the machine that declared an effect typed its parameters; here they are data by name',
  },
  {
    rule: 'as',
    file: 'src/engine/step.ts',
    reason: "the host's scope is not the live actor of which XState types scope and actions",
  },
  {
    rule: 'as',
    file: 'src/protocol/ids.ts',
    reason: 'a brand is put on a text in one place, by `asAddress`; no value carries it',
  },
  {
    rule: 'as',
    file: 'src/protocol/errors.ts',
    reason: 'TypeScript does not see that a code and its data belong together in the table',
  },
  {
    rule: 'clock',
    file: 'src/journal/query/process.ts',
    reason: 'it starts while somebody waits and loads nothing; it watches real memory, no team',
  },
];
