/** The oracles are silent under any script, while the runtime is right. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOf, scriptsOf } from '../../../src/testing/properties/scripts/index.ts';
import { calm, faultKinds } from '../../../src/testing/simulation/index.ts';
import { play } from '../../../src/testing/simulation/play.ts';
import { teams } from './teams.ts';

/** What never comes, nothing ends in some of these teams: `rest.test.ts` has the sentences. */
const kinds = faultKinds.filter((kind) => kind !== 'drop');

test.each(Object.entries(teams))(
  'property: under any faults no oracle speaks of the team of %s',
  async (_, team) => {
    const undisturbed = await play(team, calm(undefined));
    expect(undisturbed.breach).toBe(undefined);
    const scripts = scriptsOf(kinds, placesOf(team, [undisturbed]));
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { breach } = await play(team, { given: undefined, ...script });
        expect(breach).toBe(undefined);
      }),
      { numRuns: 25, seed: 1 },
    );
  },
);
