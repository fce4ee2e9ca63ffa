/**
 * A hunt, in a process of its own: `node hunt.ts NAME` plays the team of a bug until a law breaks,
 * `node hunt.ts TEAM` plays a team as it is. What came of it is one line of JSON.
 */
import { isTroupeError, troupeError } from '../../src/protocol/index.ts';
import { property } from '../../src/testing/properties/index.ts';
import { calm } from '../../src/testing/simulation/index.ts';
import { play } from '../../src/testing/simulation/play.ts';
import { bugs } from './bugs/index.ts';
import { teams } from './teams/index.ts';

/** What came of a hunt. */
export interface Hunted {
  readonly name: string;
  readonly team: string;
  readonly found: boolean;
  /** Scripts that were played, the last of them the one that told. */
  readonly scripts: number;
  readonly law: string;
  /** How the law was broken. */
  readonly how: string;
  /** Steps of the shortest story, and the story. */
  readonly steps: number;
  readonly story: string;
  /** Whether the team does its work while nothing goes wrong. */
  readonly isCalmFine: boolean;
  readonly seconds: number;
}

/** The scripts in which a bug must be found. */
export const scriptsMax = 2_000;

async function hunt(name: string, runs: number): Promise<Hunted> {
  const began = performance.now();
  const teamName: string = bugs.find((one) => one.name === name)?.team ?? name;
  const team = Object.entries(teams).find(([known]) => known === teamName)?.[1];
  if (team === undefined)
    throw troupeError('BROKEN_INVARIANT', { invariant: 'a play', found: name });
  const { breach } = await play(team, calm(team.given[0]));
  const known = { name, team: teamName, isCalmFine: breach === undefined };
  const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
  let scripts = 0;
  const onRun = (): void => {
    scripts += 1;
  };
  try {
    await property({ ...team, runs, onRun, cover: false });
    const nothing = { law: '', how: '', steps: 0, story: '' };
    return { ...known, found: false, scripts, ...nothing, seconds: seconds() };
  } catch (error) {
    return { ...known, found: true, scripts: scripts + 1, ...toldBy(error), seconds: seconds() };
  }
}

/** What the error of a property tells. @throws any other: it is no find. */
function toldBy(error: unknown): Pick<Hunted, 'law' | 'how' | 'steps' | 'story'> {
  if (isTroupeError(error, 'PROPERTY_FAILED')) {
    const { law, found: how, steps, story } = error.data;
    return { law, how, steps, story };
  }
  if (isTroupeError(error, 'NOT_REPEATABLE')) {
    const { found: how, steps, story } = error.data;
    return { law: 'the same script twice is the same run', how, steps, story };
  }
  throw error;
}

if (import.meta.main) {
  const [name = '', runs = String(scriptsMax)] = process.argv.slice(2);
  console.log(JSON.stringify(await hunt(name, Number(runs))));
  process.exit();
}
