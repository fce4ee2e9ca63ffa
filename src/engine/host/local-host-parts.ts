/** Parts of a local host: the contracts that it is given, for one process and one journal. */
import type { Clock } from '../../clock/index.ts';
import type { Batch, Journal } from '../../journal/index.ts';
import type { CodeSeam, Limits, Logger } from '../../protocol/index.ts';
import type { Behaviour, Traffic } from '../engine.ts';
import type { HostingPorts } from '../hosted/index.ts';

/** What a local host is made of. */
export interface LocalHostParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly log: Logger;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** The machine of a user's definition. */
  readonly machineOf?: HostingPorts['machineOf'];
  /** How its newest version takes over what an older one left. */
  readonly migrationOf?: HostingPorts['migrationOf'];
  /** Where the promises of users' machines are called (default: as they are). */
  readonly seam?: CodeSeam | undefined;
  /** Hears of every message as it is staged. */
  readonly traffic?: Traffic | undefined;
  /** Called with each committed batch and how long its commit took, for traces and metrics. */
  readonly committed?: ((batch: Batch, tookMs: number) => void) | undefined;
}
