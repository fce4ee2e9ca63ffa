/** All planted bugs: the runtime's from the engine up, then those of what apps define. */
import type { PlantedBug } from './bug.ts';
import { engineBugs } from './engine.ts';
import { planBugs } from './plans.ts';
import { runBugs } from './runs.ts';
import { teamBugs } from './teams.ts';

export { type PlantedBug, type TeamName, teamNames } from './bug.ts';

/** By where they are: those of the runtime first, then those of the teams. */
export const bugs: readonly PlantedBug[] = [...engineBugs, ...runBugs, ...planBugs, ...teamBugs];
