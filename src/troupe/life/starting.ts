/** Starting a run for an app: its options are checked, its signal cancels it. */
import type { LocalHost } from '../../engine/index.ts';
import {
  type Address,
  checkId,
  type Definition,
  definitionOf,
  isTask,
  said,
  troupeError,
} from '../../protocol/index.ts';
import {
  addressOf,
  checkInput,
  checkRunOptions,
  Run,
  type RunOptions,
  stageRun,
} from '../../runs/index.ts';
import { chooseBot } from '../../tasks/index.ts';
import { say } from '../../telemetry/index.ts';
import type { Behaviours } from '../behaviours.ts';
import type { TroupeCatalogue } from '../catalogue/catalogue.ts';

/** What starting needs. */
export interface StartPorts {
  readonly host: LocalHost;
  readonly catalogue: TroupeCatalogue;
  readonly behaviours: Behaviours;
  /** Who starts it. */
  readonly client: Address;
}

/** What is started, as the app wrote it. */
export interface Start {
  readonly work: unknown;
  readonly input: unknown;
  readonly options: RunOptions | undefined;
}

/** Starts a run; resolves when it is durable. @throws TroupeError as `troupe.start`. */
export async function startRun(ports: StartPorts, given: Start): Promise<Run<never, never>> {
  const { host, catalogue, behaviours, client } = ports;
  const work = checkWork(given.work, 'start');
  const { id: chosen, signal, ...options } = checkRunOptions(given.options, work);
  const id = chosen === undefined ? host.clock.id() : checkId(chosen, 'id of the run');
  const recipe = catalogue.recipe(work);
  const input = checkInput(work, given.input, host.limits);
  const address = addressOf(work, id);
  const createdBy = client;
  const request = { definition: work, recipe, address, parent: null, createdBy, input, options };
  const run = new Run<never, never>(host, address, behaviours.hands);
  if (isTask(work) && host.find(address) === undefined) {
    chooseBot(work, { bots: catalogue.bots(), host, onTheWay: [] });
  }
  if (signal?.aborted === true) {
    const reason = 'its signal was aborted before it began';
    throw troupeError('ABORTED', { run: run.runId, reason }, signal.reason);
  }
  await host.enter('start', (stage) => void stageRun(stage, request));
  if (signal !== undefined) cancelBy(signal, run, host);
  return run;
}

/** The definition of what an app gave as work. @throws TroupeError `BAD_OPTION`. */
export function checkWork(work: unknown, where: string): Definition {
  const definition = definitionOf(work);
  if (definition !== undefined) return definition;
  const problem =
    'must be a machine, or made by defineBot, defineTask, defineApproval, defineWorkflow or graph';
  throw troupeError('BAD_OPTION', { where, field: 'work', problem });
}

/** The signal given at the start cancels the run; it is let go when the run has ended. */
function cancelBy(signal: AbortSignal, run: Run<never, never>, host: LocalHost): void {
  const cancel = (): void => {
    run.cancel(said(signal.reason)).catch((error: unknown) => {
      say(host.log, 'run.cancelled.late', { run: run.runId, error });
    });
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  const letGo = (): void => signal.removeEventListener('abort', cancel);
  run.outcome().then(letGo, letGo);
}
