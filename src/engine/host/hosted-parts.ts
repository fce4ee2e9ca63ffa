/** What a local host has for the actors of users' machines, wired to it. */
import type { Cell, Listener } from '../../actor/index.ts';
import { type Address, asItIs } from '../../protocol/index.ts';
import { Hosting } from '../hosted/index.ts';
import { type HostedStage, Lives, Promises, post } from '../lives/index.ts';
import type { LocalHostParts } from './local-host-parts.ts';

/** What wiring needs of the host. */
export interface HostOfMachines {
  listen(address: Address, listener: Listener): (() => void) | undefined;
  note(call: string, command: (stage: HostedStage) => void): void;
}

/** What serves users' machines. */
export interface HostedParts {
  readonly hosting: Hosting;
  readonly lives: Lives;
  /** Performs what they ask for. */
  readonly promises: Promises;
}

/** Makes the parts; `find` gives an actor as of the last turn. */
export function hostedParts(
  host: HostOfMachines,
  { log, machineOf, migrationOf, seam = asItIs }: LocalHostParts,
  find: (address: Address) => Cell | undefined,
): HostedParts {
  const hosting = new Hosting({
    find,
    listen: (address, listener) => host.listen(address, listener),
    deliver: (ref, event) => host.note(event.type, (stage) => post(stage, ref, event)),
    log,
    machineOf: machineOf ?? (() => undefined),
    migrationOf: migrationOf ?? (() => undefined),
  });
  const note: HostOfMachines['note'] = (call, command) => host.note(call, command);
  const promises = new Promises({ hosting, log, note, seam });
  return { hosting, lives: new Lives(hosting), promises };
}
