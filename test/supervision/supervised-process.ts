/**
 * A supervised team in a process of its own, so that it can be killed:
 * `node supervised-process.ts JOURNAL [COMMIT before|after]`.
 *
 * Of its two children, `a` crashes in its first two runs and rests in the third; with each of them
 * both are started anew. It tells on standard output, one line each: `halt` when it stands still
 * before or after the commit of that number, waiting to be killed; `rest JSON` when the third run
 * is under way, with what the supervisor knows then.
 */
import { writeSync } from 'node:fs';
import { createTroupe, defineBot, type Journal, openJournal } from '../../src/index.ts';

if (import.meta.main) await main(process.argv.slice(2));

async function main([file = '', commit, moment]: string[]): Promise<void> {
  const isThird = Promise.withResolvers<void>();
  const work = defineBot({
    id: 'work',
    retry: false,
    work: ({ runId }) => {
      if (runId === 'work/team%2Fa' || runId === 'work/team%2Fa+2')
        throw new RangeError('it crashed');
      if (runId === 'work/team%2Fa+3') isThird.resolve();
      return new Promise(() => undefined);
    },
  });
  const journal = halting(await openJournal(file), Number(commit), moment);
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const troupe = await createTroupe({ definitions: [work], journal, log });
  const supervisor = await troupe.supervise({
    id: 'team',
    strategy: 'one-for-all',
    intensity: { max: 2, within: '1h' },
    children: [
      { id: 'a', work },
      { id: 'b', work },
    ],
  });
  await isThird.promise;
  const children = await supervisor.children();
  tell(`rest ${JSON.stringify({ status: supervisor.status, children })}`);
}

/** A journal that stands still at one of its commits. */
function halting(journal: Journal, at: number, moment: string | undefined): Journal {
  let commits = 0;
  const stand = (here: string): void => {
    if (commits !== at || here !== moment) return;
    tell(`halt`);
    for (;;);
  };
  return {
    ...journal,
    commit(batch) {
      commits += 1;
      stand('before');
      journal.commit(batch);
      stand('after');
    },
  };
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

function quiet(): void {}
