/** What an app holds of one team, beside the calls of the troupe itself. */
import { type Approvals, type Escalations, escalation, peopleOf } from '../../approvals/index.ts';
import type { Definitions } from '../../bots/index.ts';
import type { LocalHost } from '../../engine/index.ts';
import { type Incidents, incidentsOf } from '../../incidents/index.ts';
import type { Journal } from '../../journal/index.ts';
import {
  type DeadLetters,
  type Messages,
  messagesOf,
  type Statistics,
} from '../../messages/index.ts';
import type { Address } from '../../protocol/index.ts';
import { type Parked, parkedRuns, type Runs, runsOf } from '../../runs/index.ts';
import type { Handoffs } from '../../tasks/index.ts';
import type { CountedLogger } from '../../telemetry/index.ts';
import type { Behaviours } from '../behaviours.ts';
import type { TroupeCatalogue } from '../catalogue/catalogue.ts';
import type { Meter } from './metrics.ts';
import { startRun } from './starting.ts';

/** What a running team is made of: a restore makes another one, on the journal restored. */
export interface TroupeParts {
  readonly host: LocalHost;
  readonly journal: Journal;
  readonly definitions: Definitions;
  readonly catalogue: TroupeCatalogue;
  readonly behaviours: Behaviours;
  readonly statistics: Statistics;
  readonly meter: Meter;
  /** The app's logger, behind its guard. */
  readonly log: CountedLogger;
}

/** The parts of a team that an app holds. */
export interface Faces {
  readonly parked: Parked;
  readonly incidents: Incidents;
  readonly approvals: Approvals;
  readonly escalations: Escalations;
  readonly runs: Runs;
  readonly handoffs: Handoffs;
  readonly deadLetters: DeadLetters;
  readonly messages: Messages;
}

/** What a troupe does for its parts. */
export interface FacePorts {
  readonly client: Address;
  /** Refuses calls while it does not run. */
  readonly checkRunning: (call: string) => void;
}

/** The parts of one team. */
export function facesOf(parts: TroupeParts, { client, checkRunning }: FacePorts): Faces {
  const { host, catalogue, behaviours, statistics } = parts;
  const { approvals, escalations } = peopleOf({
    ...parts,
    approvalOf: catalogue.approvalOf,
    start: async (input, options) => {
      checkRunning('start');
      return startRun({ ...parts, client }, { work: escalation, input, options });
    },
  });
  return {
    parked: parkedRuns(host, catalogue.fitness, (stage, cell) =>
      catalogue.versions.goOn(stage, cell),
    ),
    incidents: incidentsOf(host),
    approvals,
    escalations,
    runs: runsOf(host, behaviours.hands, checkRunning),
    handoffs: behaviours.handoffs,
    deadLetters: behaviours.office.letters,
    messages: messagesOf(host, statistics, () => catalogue.bots().map(({ id }) => id)),
  };
}
