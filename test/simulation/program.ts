/** The user's program: it starts all runs, cancels one, and waits for the rest. */
import type { Run, Troupe } from '../../src/index.ts';
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
  const runs: Run<unknown>[] = [
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
  world.clock.after(3_000, () => void tree.cancel('enough').catch(() => undefined));
  const outcomes = await Promise.all(runs.map((run) => run.outcome()));
  return Object.fromEntries(runs.map((run, index) => [run.runId, facts(outcomes[index])]));
}

/** An outcome without what depends on time. */
function facts(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (key, value) =>
      key === 'elapsedMs' || key === 'stack' ? undefined : value,
    ),
  );
}
