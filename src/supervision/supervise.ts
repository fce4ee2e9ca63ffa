/**
 * Supervising: same id, same supervisor, as long as it lives. It is there when all its children are
 * up; when one does not start, those that did are stopped again.
 */
import type { SupervisorContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  checkJson,
  equalJson,
  SupervisionSpec,
  troupeError,
} from '../protocol/index.ts';
import { type HandlePorts, Supervisor } from './handle.ts';
import { checkRoot, checkSupervision } from './specs.ts';
import { supervisorCreation } from './supervisors.ts';

/** The address of a supervisor that no other supervises. */
export const supervisorAddress = (id: string): Address =>
  asAddress(`supervisor/${encodeURIComponent(id)}`);

/**
 * Starts a supervisor, or finds the one of that id.
 * @throws TroupeError `BAD_OPTION`, `BAD_ID`, `NOT_REGISTERED`, `SUPERVISOR_CONFLICT`,
 *   `CHILD_START_FAILED`, `STOPPED`, `JOURNAL_FAILED`, and as the input of a run is refused.
 */
export async function supervise(
  ports: HandlePorts,
  given: unknown,
  createdBy: Address,
): Promise<Supervisor<never>> {
  const { id, rest } = checkRoot(given);
  const spec = checkSupervision(rest, 'supervise', ports);
  const address = supervisorAddress(id ?? ports.host.clock.id());
  await ports.host.enter('supervise', (stage) => {
    staged(stage, { address, spec, createdBy }, ports);
  });
  await isUp(ports.host, address);
  return new Supervisor<never>(ports, address);
}

interface Supervising {
  readonly address: Address;
  readonly spec: SupervisionSpec;
  readonly createdBy: Address;
}

/** One that has ended is started anew, as the given spec says. */
function staged(stage: Stage, { address, spec, createdBy }: Supervising, ports: HandlePorts): void {
  const known = stage.find(address);
  if (known !== undefined && !known.isDone) {
    const its = ports.specNow(SupervisionSpec.strip().parse(known.snapshot.context.spec));
    if (equalJson(checkJson(its, 'spec'), checkJson(spec, 'spec'))) return;
    throw troupeError('SUPERVISOR_CONFLICT', { supervisor: address });
  }
  stage.restart(supervisorCreation(stage, address, '', { ...spec, createdBy, above: null }));
}

function endingOf({ snapshot }: Cell): SupervisorContext['supervision']['ended'] {
  const { supervision }: SupervisorContext = snapshot.context;
  return supervision.ended;
}

/** Resolves when it has left its first state. @throws TroupeError `CHILD_START_FAILED`. */
async function isUp(host: Host, supervisor: Address): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (): void => {
    if (!isComing(host.find(supervisor))) resolve();
  };
  const unlisten = host.listen(supervisor, { snapshot: look, closed: reject });
  look();
  try {
    await promise;
  } finally {
    unlisten?.();
  }
  const cell = host.find(supervisor);
  const ended = cell === undefined ? null : endingOf(cell);
  if (ended?.why !== 'start-failed') return;
  const { child, error } = ended;
  throw troupeError('CHILD_START_FAILED', { supervisor, child, reason: error.message }, error);
}

/** Whether its children start, or are stopped again because one of them did not. */
function isComing(cell: Cell | undefined): boolean {
  if (cell === undefined || cell.committed.status !== 'active') return false;
  const { supervision }: SupervisorContext = cell.committed.context;
  return supervision.job?.is === 'boot' || supervision.job?.ending?.why === 'start-failed';
}
