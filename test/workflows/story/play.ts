/** Plays a drawn story on the real runtime, through crashes, and gives all that can be judged. */
import {
  createTroupe,
  defineBot,
  defineWorkflow,
  type GraphStep,
  graph,
  isTroupeError,
  type RunEvent,
  type RunOutcome,
  type RunSnapshot,
  type Troupe,
  type Workflow,
} from '../../../src/index.ts';
import type { Journal } from '../../../src/journal/index.ts';
import { type Crash, type Life, type Lived, lives } from '../../simulation/lives.ts';
import type { World } from '../../simulation/world.ts';
import type { Deed, DrawnStep, Story } from './drawn.ts';
import { Ledger } from './ledger.ts';

/** What a run tells of itself when it has ended. */
export interface Told {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly snapshot: RunSnapshot;
}

/** What came of a story. */
export interface Played extends Lived<Told> {
  readonly ledger: Ledger;
  readonly incidents: readonly string[];
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** How a story is played, and who looks on. */
export interface Playing {
  readonly crashes?: readonly Crash[];
  readonly shuffle?: boolean;
  /** Stands between the team and its journal. */
  readonly wrap?: (journal: Journal) => Journal;
  /** Sees each troupe as it begins. */
  readonly begins?: (troupe: Troupe, world: World) => void;
}

/** Plays a story to its end. */
export async function play(story: Story, options: Playing = {}): Promise<Played> {
  const { wrap = (journal) => journal, begins = quiet } = options;
  const ledger = new Ledger();
  const done = new Set<Deed>();
  let incidents: string[] = [];
  const live = async (life: Life) => {
    const flow = flowOf(story, ledger, life);
    const { world } = life;
    const { clock } = world;
    const journal = wrap(life.journal);
    ledger.heldAt = undefined;
    const troupe = await createTroupe({ definitions: [flow], journal, clock, log });
    begins(troupe, world);
    const run = await troupe.start(flow, undefined, { id: 'p' });
    if ((await run.snapshot()).paused) ledger.heldAt = clock.now();
    const acting = async (): Promise<void> => {
      for (const deed of story.deeds.toSorted((a, b) => a.at - b.at)) {
        if (!done.has(deed)) await act(troupe, flow, { deed, ledger, life, done });
      }
    };
    // Whatever people do, in the end it is let go on.
    void acting().then(() => {
      if (!world.isAlive) return;
      ledger.heldAt = undefined;
      run.resume().catch(quiet);
    });
    const outcome = await run.outcome();
    await life.atRest;
    const events: RunEvent[] = [];
    for await (const event of run.events()) events.push(event);
    incidents = (await troupe.incidents.list()).map(({ code }) => code);
    const snapshot = await run.snapshot();
    await troupe.stop();
    return { outcome, events, snapshot };
  };
  const lived = await lives(live, options);
  return { ...lived, ledger, incidents };
}

/** When the simulated clock begins. */
const start = Date.UTC(2026, 0, 1);

interface Acting {
  readonly deed: Deed;
  readonly ledger: Ledger;
  readonly life: Life;
  readonly done: Set<Deed>;
}

/** Does something to the run at its time; what has no place then is refused. */
async function act(troupe: Troupe, flow: Workflow, { deed, ledger, life, done }: Acting) {
  const { world } = life;
  await new Promise<void>((resolve) => {
    world.clock.after(Math.max(0, start + deed.at - world.clock.now()), resolve);
  });
  if (!world.isAlive) return;
  const run = await troupe.get(flow, 'p');
  if (run === undefined) return;
  try {
    if (deed.what === 'resume') {
      ledger.heldAt = undefined;
      await run.resume();
    } else await (deed.what === 'cancel' ? run.cancel('enough') : run.pause());
    done.add(deed);
    if (deed.what !== 'resume') ledger.heldAt = world.clock.now();
  } catch (error) {
    if (!isTroupeError(error, 'ILLEGAL_MOVE') && world.isAlive) ledger.faults.push(String(error));
  }
}

/** The workflow of a story, whose code calls the ledger of a life. */
export function flowOf(story: Story, ledger: Ledger, life: Life): Workflow {
  const steps = story.steps.map((step, place): [string, GraphStep] => [
    nameOf(place),
    {
      after: step.after.map(nameOf),
      ...workOf(step, place, { ledger, life }),
      ...(step.undo === 'none' ? {} : { undo: undoOf(step, ledger, life) }),
      ...(step.optional ? { optional: true } : {}),
      ...(step.when ? {} : { when: () => false }),
      ...(step.runsWhen === 'fine' || step.after.length === 0 ? {} : { runsWhen: step.runsWhen }),
    },
  ]);
  return graph('flow', Object.fromEntries(steps), {
    concurrency: story.concurrency,
    onFailure: story.onFailure,
    budget: story.budget,
    retry: { attempts: 2, backoff: 1 },
  });
}

export const nameOf = (place: number): string => `s${place}`;

interface Around {
  readonly ledger: Ledger;
  readonly life: Life;
}

function workOf(step: DrawnStep, place: number, world: Around): Pick<GraphStep, 'work'> {
  const { ledger, life } = world;
  const { fate, ms, lateMs } = step;
  const value = `r${place}`;
  if (step.work === 'function') {
    return { work: (view) => ledger.call(life, view, { fate, ms, lateMs, value }) };
  }
  if (step.work === 'nest') return { work: nestOf(step, place, world) };
  if (step.work === 'fan') {
    const input = () => [1, 2, 3].slice(0, place);
    const work: GraphStep['work'] = (view) =>
      ledger.call(life, view, { fate: view.input === 2 ? fate : 'good', ms, lateMs, value });
    return { work, input, each: { concurrency: 2 } } as Pick<GraphStep, 'work'>;
  }
  const bot = botOf(`bot${place}`, step, world);
  if (step.fallback === 'none') return { work: bot };
  const other = botOf(`other${place}`, { ...step, fate: step.fallback }, world);
  return { work: bot, fallback: other } as Pick<GraphStep, 'work'>;
}

const botOf = (id: string, { fate, ms, lateMs, cost }: DrawnStep, { ledger, life }: Around) =>
  defineBot({
    id,
    retry: { attempts: 2, backoff: 1 },
    async work({ runId: key, attempt, signal, report }) {
      await report({ cost });
      return ledger.call(life, { key, attempt, signal }, { fate, ms, lateMs, value: id });
    },
  });

/** Two steps that can be undone, and may fail in the second. */
const nestOf = ({ fate, ms, lateMs }: DrawnStep, place: number, { ledger, life }: Around) =>
  defineWorkflow({ id: `nest${place}`, retry: { attempts: 2, backoff: 1 } })
    .step('a', (view) => ledger.call(life, view, { fate: 'good', ms: 2, value: 'a' }), {
      undo: (view) => ledger.call(life, view, { fate: 'good', ms: 1, value: null }),
    })
    .step('b', (view) => ledger.call(life, view, { fate, ms, lateMs, value: 'b' }));

const undoOf =
  ({ undo }: DrawnStep, ledger: Ledger, life: Life): GraphStep['undo'] =>
  (view) =>
    ledger.call(life, view, { fate: undo === 'bad' ? 'bad' : 'good', ms: 2, value: null });
