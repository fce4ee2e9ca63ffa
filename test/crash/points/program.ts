/** The user's program: the same in each life. It starts all, pours, cancels, decides, and waits. */
import type { Clock, Run, Troupe } from '../../../src/index.ts';
import type { Outside } from './outside.ts';
import type { teamOn } from './team.ts';

/** What came of all, by run. */
export type Outcomes = Readonly<Record<string, unknown>>;

/** What it runs in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly outside: Outside;
  readonly atRest: Promise<void>;
}

/** Runs it; `atRest` resolves when nothing goes on any more. */
export async function program(
  troupe: Troupe,
  team: ReturnType<typeof teamOn>,
  { clock, outside, atRest }: Surroundings,
): Promise<Outcomes> {
  const acknowledged = async <R extends { readonly runId: string }>(start: Promise<R>) => {
    const run = await start;
    outside.acknowledged(run.runId);
    return run;
  };
  const supervisor = await troupe.supervise({
    id: 'feeds',
    intensity: { max: 2, within: '1h' },
    children: [{ id: 'north', work: team.feed }],
  });
  const kettle = await acknowledged(troupe.start(team.kettle, undefined, { id: '1' }));
  const runs: Run<unknown>[] = [
    await acknowledged(troupe.start(team.scribe, undefined, { id: '1' })),
    await acknowledged(troupe.start(team.novice, undefined, { id: '1' })),
    await acknowledged(troupe.start(team.trunk, undefined, { id: '1' })),
    await acknowledged(troupe.start(team.trip, undefined, { id: '1' })),
    await acknowledged(troupe.start(team.issue, undefined, { id: '1' })),
  ];
  const { status } = await kettle.snapshot();
  for (const n of status === 'COMPLETED' ? [] : [1, 2, 3]) {
    await troupe.send(kettle, { type: 'POUR', n });
  }
  const seen = await troupe.ask(team.clerk, { type: 'look', payload: { id: 'outside' } });
  now(clock, 60, () => cut(troupe));
  now(clock, 30, () => decided(troupe));
  const outcomes = await Promise.all([...runs, kettle].map((run) => run.outcome()));
  await team.feedRests;
  const fed = await supervisor.children();
  await atRest;
  const ended = outcomes.map((outcome, index) => [[...runs, kettle][index]?.runId, outcome]);
  return { ...Object.fromEntries(ended), seen, fed };
}

/** Tries something now and then until it says that it is done. */
function now(clock: Clock, ms: number, act: () => Promise<boolean>): void {
  clock.after(ms, () => {
    act().then(
      (isDone) => isDone || now(clock, ms, act),
      () => undefined,
    );
  });
}

/** The child run is cancelled, not its parent, when it has grown. */
async function cut(troupe: Troupe): Promise<boolean> {
  const branch = await troupe.runs.get('trunk/1/branch');
  if (branch === undefined) return false;
  if ((await branch.snapshot()).status === 'CANCELLED') return true;
  for await (const event of branch.events()) {
    if (event.type === 'step' && event.step === 'grow' && event.status === 'COMPLETED') break;
  }
  await branch.cancel('enough');
  return true;
}

async function decided(troupe: Troupe): Promise<boolean> {
  const [open] = await troupe.approvals.list({ status: 'OPEN' });
  if (open !== undefined) await troupe.approvals.decide(open.id, { approve: true, by: 'ann' });
  return (await troupe.approvals.list({ status: 'DECIDED' })).length > 0;
}
