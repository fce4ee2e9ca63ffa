/** Incident: the durable record of what nobody below could deal with, an actor of its own. */
import { type Address, asAddress, type IncidentSpec } from '../../protocol/index.ts';
import type { Incident, Stage } from '../engine.ts';

/**
 * Opens an incident, or counts it again: one is open for each code and actor.
 * Whether it was opened now.
 */
export function stageIncident(stage: Stage, { about, code, message }: Incident): boolean {
  const address = incidentAddress(about, code);
  const known = stage.find(address);
  if (known !== undefined && !known.isDone) {
    stage.send(address, { type: 'incident.again', message });
    return false;
  }
  const spec: IncidentSpec = { about, code, message, openedAt: stage.now };
  stage.restart({
    address,
    kind: 'incident',
    definition: 'incident',
    version: '1',
    structure: '',
    parent: '',
    spec,
  });
  return true;
}

/** Closes the incident about an actor with this code, if one is open. */
export function closeIncident(stage: Stage, { about, code }: Omit<Incident, 'message'>): void {
  const known = stage.find(incidentAddress(about, code));
  if (known === undefined || known.isDone) return;
  stage.send(known.address, { type: 'incident.close', by: 'system' });
}

const incidentAddress = (about: Address, code: string): Address =>
  asAddress(`incident/${code}/${encodeURIComponent(about)}`);
