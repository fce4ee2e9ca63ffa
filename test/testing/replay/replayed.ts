/** Plays a script on a real SQLite file, in processes that are really killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Fault, Script } from '../../../src/testing/simulation/index.ts';
import { folderWith } from '../../specialists/analysers/folder.ts';
import { scriptOf } from '../simulation/team.ts';

const child = fileURLToPath(new URL('child-process.ts', import.meta.url));

/** What came of it, and how many processes were killed. */
export async function replayed(script: Script): Promise<{ told: unknown; kills: number }> {
  const folder = folderWith({});
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('script.json'), JSON.stringify(script));
  const args = [child, path('script.json'), path('team.db'), path('state.json')];
  for (let kills = 0; kills < 20; kills += 1) {
    const one = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(one, 'close');
    const out = await text(one.stdout);
    const [code, signal] = await closed;
    if (signal === 'SIGKILL') continue;
    if (code !== 0) throw new RangeError(`the process ended with ${code}: ${out}`);
    return { told: JSON.parse(out), kills };
  }
  throw new RangeError('more processes than crashes');
}

const commit = fc.integer({ min: 1, max: 14 });
const moment = fc.constantFrom('before' as const, 'after' as const);
const crash: fc.Arbitrary<Fault> = fc.record({ fault: fc.constant('crash'), commit, moment });
const call = fc.record({
  of: fc.constantFrom('finder', 'finder.search', 'answer.draft', 'answer.publish'),
  nth: fc.constantFrom(1, 2),
});
const others: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ fault: fc.constant('bot-error'), call, moment }),
  fc.record({ fault: fc.constant('slow-bot'), call, ms: fc.constantFrom(5_000, 90_000) }),
  fc.record({ fault: fc.constant('drop'), call }),
  fc.record({ fault: fc.constant('disk-full'), commit }),
  fc.record({ fault: fc.constant('clock-jump'), commit, ms: fc.constant(70_000) }),
  fc.record({ fault: fc.constant('pause'), commit, run: fc.constant(0) }),
  fc.record({ fault: fc.constant('cancel'), commit, run: fc.constant(0) }),
  fc.record({ fault: fc.constant('duplicate'), request: fc.constant(1) }),
  fc.record({ fault: fc.constant('reorder') }),
);

/** Scripts with at least one crash. */
export const crashing: fc.Arbitrary<Script> = fc
  .record({
    crashes: fc.array(crash, { minLength: 1, maxLength: 3 }),
    others: fc.array(others, { maxLength: 3 }),
    seed: fc.integer({ min: 1, max: 99 }),
    answer: fc.constantFrom('yes' as const, 'no' as const, 'nothing' as const),
  })
  .map(({ crashes, others: more, seed, answer }) =>
    scriptOf([...crashes, ...more], { seed, people: [{ question: 1, answer, afterMs: 5 }] }),
  );
