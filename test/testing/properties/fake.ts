/** A player without a runtime: it says by a rule whether a script breaks a law. */
import { defineBot } from 'troupe';
import type { Played, Script } from 'troupe/testing';
import { simulatedDisk } from '../../../src/journal/index.ts';

/** What a fake run shows. */
export interface Shown extends Partial<Omit<Played, 'script' | 'breach' | 'journal'>> {
  /** The law that the script breaks; undefined: none. */
  readonly law?: string | undefined;
}

/** A player of a rule; it counts what it played. */
export function fakePlayer(rule: (script: Script, nth: number) => Shown) {
  const played: Script[] = [];
  const play = async (_: unknown, script: Script): Promise<Played> => {
    played.push(script);
    const { law, ...shown } = rule(script, played.length);
    return {
      script,
      breach: law === undefined ? undefined : { law, found: 'it does not hold', commit: 4 },
      happenings: [],
      calls: [],
      requests: [],
      struck: script.faults,
      unrepeatable: [],
      trace: JSON.stringify(script),
      commits: 10,
      lives: 1,
      questions: 2,
      steps: 20,
      journal: simulatedDisk().reads,
      ...shown,
    };
  };
  return { play, played };
}

/** A team for players that look at nothing of it. */
export const bot = {
  definitions: [defineBot({ id: 'finder', work: () => 'hits' })],
  scenario: (): void => undefined,
};
