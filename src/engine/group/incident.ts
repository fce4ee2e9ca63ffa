/** Incident: the durable record of what nobody below could deal with, an actor of its own. */
import { asAddress, type IncidentSpec } from '../../protocol/index.ts';
import type { Incident, Stage } from '../engine.ts';

/** Opens an incident, or counts it again: one is open for each code and actor. */
export function stageIncident(stage: Stage, { about, code, message }: Incident): void {
  const address = asAddress(`incident/${code}/${encodeURIComponent(about)}`);
  const known = stage.find(address);
  if (known !== undefined && !known.isDone) {
    stage.send(address, { type: 'incident.again', message });
    return;
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
}
