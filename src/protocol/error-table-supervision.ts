/** Errors of supervisors. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const supervisionErrors = {
  // Supervision
  SUPERVISOR_CONFLICT: entry<{ supervisor: string }>(
    409,
    (d) => `The supervisor ${d.supervisor} exists with another spec.`,
    'Use another id, or supervise with the spec it has.',
  ),
  SUPERVISOR_STOPPED: entry<{ supervisor: string }>(
    409,
    (d) => `The supervisor ${d.supervisor} has ended or is stopping.`,
    'Look at its outcome(); supervise again, under the same id, to go on.',
  ),
  CHILD_REFUSED: entry<{ supervisor: string; child: string; refusal: string }>(
    409,
    (d) => `The supervisor ${d.supervisor} refuses the call about ${d.child}: ${d.refusal}.`,
    "Branch on the data's refusal: it has the name that Erlang/OTP gives it.",
  ),
  CHILD_START_FAILED: entry<{ supervisor: string; child: string; reason: string }>(
    500,
    (d) => `The child ${d.child} of ${d.supervisor} did not start: ${d.reason}`,
    'When that is mended, start it again.',
  ),
  START_FAILED: entry<{ reason: string }>(
    500,
    (d) => d.reason,
    'Mend what the child throws at its start; its supervisor tries again.',
    true,
  ),
  RUN_TAKEN: entry<{ run: string }>(
    409,
    (d) => `The run ${d.run} was not started by this supervisor, which can't make it its child.`,
    'Use another id for the child, or for the supervisor.',
  ),
  // Incidents
  UNKNOWN_INCIDENT: entry<{ incident: string }>(
    404,
    (d) => `There is no incident ${d.incident}.`,
    'Take the id from incidents.list().',
  ),
} as const;
