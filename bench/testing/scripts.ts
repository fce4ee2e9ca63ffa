/**
 * Scripts: how fast a team of five bots is tried. Each script is drawn, with all faults that are
 * switched on without asking, and played twice on the real runtime, under all stock laws.
 */
import { property } from '../../src/testing/index.ts';
import { type Bench, contest, type Figure, rate } from '../harness.ts';
import { newsroom } from './team.ts';

const parameters = { scripts: 400, rounds: 5, warmUps: 1 };

type Given = typeof parameters;

/** The benchmark. */
export const scripts: Bench<Given> = {
  name: 'scripts',
  about:
    'A team of five bots, a workflow and an approval is tried by `property`: drawn scripts, each ' +
    'played twice. The aim is 10,000 scripts in three minutes.',
  parameters,
  quick: { scripts: 6, rounds: 1, warmUps: 0 },
  async measure(given) {
    const told = await tried(given.scripts);
    const contested = await contest({ property: () => roundOf(given.scripts) }, given);
    const figures: Figure[] = [
      rate(contested, given.scripts, { name: 'scripts', of: 'property' }, [
        { of: 'value', min: 10_000 / 180, isDue: false },
      ]),
      rate(contested, told.steps * 2, { name: 'simulated steps', of: 'property' }),
      rate(contested, told.commits * 2, { name: 'simulated commits', of: 'property' }),
    ];
    return figures;
  },
};

const tried = async (runs: number) => {
  const { steps, commits, lives } = await property({ ...newsroom, runs, seed: 1 });
  return { runs, steps, commits, lives };
};

/** The same scripts in every round. */
function roundOf(runs: number) {
  let told: unknown;
  return {
    run: async () => {
      told = await tried(runs);
    },
    result: () => told,
  };
}
