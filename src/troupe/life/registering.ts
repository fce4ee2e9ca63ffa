/** Registering definitions while a team runs: what waited for a bot goes on. */
import type { AnyStateMachine } from 'xstate';
import { type Definitions, stageBot } from '../../bots/index.ts';
import type { LocalHost, Stage } from '../../engine/index.ts';
import {
  type Address,
  botAddress,
  type Definition,
  type SystemSpec,
  systemAddress,
} from '../../protocol/index.ts';
import type { Behaviours } from '../behaviours.ts';
import type { TroupeCatalogue } from '../catalogue/catalogue.ts';
import { definitionsStamp } from '../catalogue/stamp.ts';

/** What registering needs. */
export interface RegisterPorts {
  readonly host: LocalHost;
  readonly definitions: Definitions;
  readonly catalogue: TroupeCatalogue;
  readonly behaviours: Behaviours;
}

/** Adds definitions, with all they use. @throws TroupeError as `troupe.register`. */
export async function registerAll(
  { host, definitions, catalogue, behaviours }: RegisterPorts,
  given: readonly (Definition | AnyStateMachine)[],
): Promise<void> {
  definitions.add(given);
  const back = await host.enter('register', (stage) => {
    for (const bot of catalogue.bots()) stageBot(stage, bot);
    stampAnew(stage, definitions);
    return unparkedBots(stage, catalogue);
  });
  for (const address of back) host.unpark(address);
  for (const record of host.journal.actors({ kind: 'task', active: true, done: false })) {
    const cell = host.find(record.address);
    if (record.status === 'PENDING' && cell?.parked === '') behaviours.workers.resume(cell);
  }
}

/** The next start is to have what was registered too, or looks at every live record. */
function stampAnew(stage: Stage, definitions: Definitions): void {
  const system = stage.find(systemAddress);
  if (system === undefined || system.isDone) return;
  const spec: SystemSpec = system.snapshot.context.spec;
  if (spec.definitions === undefined) return;
  stage.respecify(system, { ...spec, definitions: definitionsStamp(definitions) });
}

/** Bots that the journal knew before their definitions came take turns from now on. */
function unparkedBots(stage: Stage, catalogue: TroupeCatalogue): Address[] {
  const cells = catalogue.bots().flatMap((bot) => stage.find(botAddress(bot.id)) ?? []);
  const parked = cells.filter((cell) => cell.parked !== '');
  for (const cell of parked) {
    cell.parked = '';
    stage.touch(cell);
  }
  return parked.map((cell) => cell.address);
}
