/** People: what they are asked and what is handed to them, of one host. */
import { type Approvals, approvalsOf } from './approvals.ts';
import { type EscalationPorts, type Escalations, escalationsOf } from './escalations.ts';

/** The approvals and the escalations of a host. */
export const peopleOf = (
  ports: EscalationPorts,
): { readonly approvals: Approvals; readonly escalations: Escalations } => ({
  approvals: approvalsOf(ports),
  escalations: escalationsOf(ports),
});
