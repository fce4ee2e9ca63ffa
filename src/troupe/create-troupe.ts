/**
 * `createTroupe`: the composition. It picks the concrete parts and wires them, nothing else.
 *
 * All definitions are known before the journal is opened; when the promise resolves, what was live
 * is live again.
 */
import type { Cell } from '../actor/index.ts';
import { escalation } from '../approvals/index.ts';
import { collectDefinitions, type Definitions, stageBot } from '../bots/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import { type Host, LocalHost, type LocalHostParts, type Stage } from '../engine/index.ts';
import {
  type Batch,
  type Journal,
  type JournalOptions,
  memoryJournal,
  openJournal,
} from '../journal/index.ts';
import { Statistics } from '../messages/index.ts';
import {
  asItIs,
  type CodeSeam,
  isMachineDefinition,
  type LimitOptions,
  type SystemSpec,
  systemAddress,
  withLimits,
} from '../protocol/index.ts';
import { giveSlotAway, reopenAsks } from '../tasks/index.ts';
import { defaultLogger, events, guardedLogger, say } from '../telemetry/index.ts';
import { Estimates } from '../workflows/index.ts';
import { troupeBehaviours } from './behaviours.ts';
import { type TroupeCatalogue, troupeCatalogue } from './catalogue/catalogue.ts';
import { migratingOf } from './catalogue/fitness.ts';
import { definitionsStamp } from './catalogue/stamp.ts';
import type { TroupeParts } from './life/faces.ts';
import { Meter } from './life/metrics.ts';
import { checkTroupeOptions, type TroupeOptions } from './options.ts';
import { Retention } from './retention.ts';
import { RunningTroupe } from './running-troupe.ts';
import type { Troupe } from './troupe.ts';

/**
 * Makes a team and brings back what was live on its journal.
 * @param seam where the app's own functions are called; a simulation passes its own.
 * @throws TroupeError `BAD_OPTION`, `DUPLICATE_DEFINITION`, `JOURNAL_IN_USE`, `JOURNAL_FOREIGN`,
 *   `JOURNAL_VERSION`, `JOURNAL_UNREADABLE`, `JOURNAL_WORKSPACE`, `JOURNAL_UPGRADE`,
 *   `JOURNAL_IS_SNAPSHOT`, `JOURNAL_DAMAGED`, `JOURNAL_CUT`, `JOURNAL_FULL`, `JOURNAL_GONE`,
 *   `JOURNAL_FAILED`.
 */
export async function createTroupe(
  given: TroupeOptions = {},
  seam: CodeSeam = asItIs,
): Promise<Troupe> {
  const options = checkTroupeOptions(given);
  const definitions = collectDefinitions(options.definitions, [escalation]);
  const clock = options.clock ?? systemClock();
  const workspace = options.name ?? 'troupe';
  const journal = await journalOf(options.journal, {
    ...options,
    workspace,
    now: clock.now,
    log: guardedLogger(options.log ?? defaultLogger),
  });
  const own = options.clock ?? clockAfter(journal);
  const setting = { options, definitions, clock: own, workspace, seam };
  const remake = (restored: Journal): Promise<TroupeParts> => teamOn(restored, setting);
  try {
    return new RunningTroupe(await teamOn(journal, setting), { workspace, remake });
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** The time of a team does not fall between its processes: it goes on from the newest row. */
function clockAfter(journal: Journal): Clock {
  try {
    const [row] = journal.rows(journal.heads().seq - 1, 1);
    return systemClock(row?.at);
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** What a team is made with, whichever journal it is on. */
interface Setting {
  readonly options: ReturnType<typeof checkTroupeOptions>;
  readonly definitions: Definitions;
  readonly clock: Clock;
  readonly workspace: string;
  readonly seam: CodeSeam;
}

/** A team on a journal; what was live there is live again. */
async function teamOn(journal: Journal, setting: Setting): Promise<TroupeParts> {
  const { options, definitions, clock, workspace, seam } = setting;
  const estimates = new Estimates(journal);
  const catalogue = troupeCatalogue(definitions, estimates, options.supervision, journal);
  const statistics = new Statistics(clock.now());
  const log = guardedLogger(options.log ?? defaultLogger);
  const meter = new Meter();
  const retention = new Retention(options.retention, { clock, journal, log });
  const parts = {
    clock,
    journal,
    limits: withLimits({ ...inMemory(journal), ...options.limits }),
    log,
    committed: (batch: Batch, tookMs: number) => {
      retention.note(batch);
      meter.note(batch, tookMs);
    },
    traffic: statistics,
    seam,
    ...machinePorts(definitions),
  };
  const { host, behaviours } = compose(parts, (late) =>
    troupeBehaviours(late, catalogue, estimates, seam),
  );
  await recovered(host, catalogue, { workspace, definitions: stampFor(journal, definitions) });
  reopenAsks(host, behaviours.office.asks);
  retention.begin(() => hasEnded(host));
  return { host, journal, definitions, catalogue, behaviours, statistics, meter, log };
}

function hasEnded(host: LocalHost): boolean {
  try {
    host.find(systemAddress);
    return false;
  } catch {
    return true;
  }
}

/** The users' machines, and how they take over what older versions left. */
const machinePorts = ({ exact, latest }: Definitions) => ({
  machineOf: (id: string, version: string) => {
    const definition = exact(id, version);
    return definition !== undefined && isMachineDefinition(definition)
      ? definition.machine
      : undefined;
  },
  migrationOf: (id: string, version: string) => migratingOf(latest(id), version),
});

/** Leaving memory for memory gains nothing. */
const inMemory = ({ path }: Journal): LimitOptions =>
  path === 'memory' ? { activeActors: Number.MAX_SAFE_INTEGER } : {};

/** What is kept of the definitions; nothing in memory, where no other start follows. */
const stampFor = (journal: Journal, definitions: Definitions): string | undefined =>
  journal.path === 'memory' ? undefined : definitionsStamp(definitions);

/** Whether the last start, and all that was registered since, had these definitions. */
function isKnown({ journal }: Host, stamp: string | undefined): boolean {
  const last = journal.byAddress(systemAddress);
  if (last === undefined || stamp === undefined) return false;
  const { definitions }: SystemSpec = JSON.parse(last.input);
  return definitions === stamp;
}

/** Brings back what was live, and parks what can't go on. */
async function recovered(
  host: LocalHost,
  catalogue: TroupeCatalogue,
  spec: Omit<SystemSpec, 'startedAt'>,
): Promise<void> {
  try {
    const known = isKnown(host, spec.definitions);
    const { live, parked, changed } = host.recover(catalogue.fitness, known);
    const parkedRuns = parked.filter(({ kind }) => kind !== 'bot');
    await host.enter('createTroupe', (stage) => {
      startSystem(stage, spec);
      for (const bot of catalogue.bots()) stageBot(stage, bot);
      for (const cell of changed.flatMap((address) => stage.find(address) ?? [])) {
        stage.touch(cell);
        if (cell.parked === '') catalogue.versions.goOn(stage, cell);
        else parkedAnew(stage, cell);
      }
      stage.send(systemAddress, { type: 'system.recovered', live, parked: parkedRuns.length });
    });
    for (const record of parked) {
      const event = record.kind === 'bot' ? 'bot.parked' : 'run.parked';
      say(host.log, event, { actor: record.address }, `${events[event].text}: ${record.parked}`);
    }
    await host.resume();
  } catch (error) {
    host.end(error);
    throw error;
  }
}

/** A run that can't go on gives its slot away; somebody has to look at it. */
function parkedAnew(stage: Stage, cell: Cell): void {
  giveSlotAway(stage, cell);
  const isPart = cell.hosted !== undefined && !cell.hosted.isRoot;
  if (cell.identity.kind === 'bot' || isPart) return;
  stage.incident({ about: cell.address, code: 'PARKED', message: cell.parked });
}

/** The host needs the behaviours and they need the host: they get it when it exists. */
function compose<B extends { readonly byKind: LocalHostParts['behaviours'] }>(
  parts: Omit<LocalHostParts, 'behaviours'>,
  behavioursOf: (host: Host) => B,
): { host: LocalHost; behaviours: B } {
  const behaviours: Record<string, LocalHostParts['behaviours'][string]> = {};
  const host = new LocalHost({ ...parts, behaviours });
  const made = behavioursOf(host);
  Object.assign(behaviours, made.byKind);
  return { host, behaviours: made };
}

async function journalOf(
  journal: string | Journal | undefined,
  options: JournalOptions,
): Promise<Journal> {
  if (journal === undefined) return memoryJournal();
  if (typeof journal !== 'string') return journal;
  const { durability, workspace, now, log } = options;
  return openJournal(journal, { durability, workspace, now, log });
}

function startSystem(stage: Stage, spec: Omit<SystemSpec, 'startedAt'>): void {
  stage.restart({
    address: systemAddress,
    kind: 'system',
    definition: 'system',
    version: '1',
    structure: '',
    parent: '',
    spec: { ...spec, startedAt: stage.now },
  });
}
