/** The user's program: it starts all runs, cancels one, and waits for the rest. */
import type { Run, Troupe } from '../../src/index.ts';
import { isOfItsLife } from './lives.ts';
import type { teamOn } from './team.ts';
import type { World } from './world.ts';

/** Runs the program; gives what came of each run. */
export async function program(
  troupe: Troupe,
  world: World,
  team: ReturnType<typeof teamOn>,
): Promise<Readonly<Record<string, unknown>>> {
  const lead = await troupe.start(team.lead, undefined, { id: '1' });
  const tree = await troupe.start(team.trunk, undefined, { id: '1' });
  const patient = await troupe.start(team.patient, undefined, { id: '1' });
  const runs: Run<unknown>[] = [
    patient,
    lead,
    tree,
    await troupe.start(team.scout, { n: 9 }, { id: '1' }),
    await troupe.start(team.fan, undefined, { id: '1' }),
    await troupe.start(team.hasty, undefined, { id: '1' }),
    await troupe.start(team.brief, { text: 'later' }, { id: '1', after: [lead] }),
    await troupe.start(team.brief, { text: 'never' }, { id: '2', after: [tree] }),
    await troupe.start(team.flow, { n: 2 }, { id: '1' }),
    await troupe.start(team.mesh, undefined, { id: '1' }),
    await troupe.start(team.ruin, { n: 5 }, { id: '1' }),
  ];
  world.clock.after(100, () => void patient.pause().catch(() => undefined));
  world.clock.after(900, () => void patient.resume().catch(() => undefined));
  stamping(troupe, world, 'patient/1/stamp');
  world.clock.after(3_000, () => void tree.cancel('enough').catch(() => undefined));
  const outcomes = await Promise.all(runs.map((run) => run.outcome()));
  return Object.fromEntries(runs.map((run, index) => [run.runId, facts(outcomes[index])]));
}

/** A notary who looks now and then for the run of that id, until it has ended. */
function stamping(troupe: Troupe, world: World, runId: string): void {
  const stamp = async (): Promise<void> => {
    const run = await troupe.runs.get(runId);
    const { status = '' } = (await run?.snapshot()) ?? {};
    if (status === 'ASSIGNED') await run?.begin();
    if (status === 'IN_PROGRESS') await run?.complete({ result: 'stamped' });
    if (status !== 'COMPLETED') world.clock.after(150, again);
  };
  const again = (): void => void stamp().catch(() => undefined);
  again();
}

/** An outcome without what depends on time, such as the order in which steps at once ended. */
function facts(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (key, value) => {
      if (isOfItsLife(key)) return undefined;
      return key === 'path' ? value.toSorted() : value;
    }),
  );
}
