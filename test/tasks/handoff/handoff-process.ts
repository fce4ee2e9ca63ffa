/**
 * A handoff in a process of its own, so that it can be killed:
 * `node handoff-process.ts JOURNAL [COMMIT before|after]`.
 *
 * It tells on standard output, one line each, at once: `did KEY` when a step's function runs,
 * `halt` when it stands still before or after the commit of that number, waiting to be killed;
 * at the end `commits N` and `result JSON`.
 */
import { writeSync } from 'node:fs';
import {
  createTroupe,
  defineBot,
  type Journal,
  openJournal,
  type Run,
  type Troupe,
} from '../../../src/index.ts';

const did = ({ key }: { readonly key: string }): string => {
  tell(`did ${key}`);
  return key;
};

/** The one who hands it on, and the one who is asked. */
const novice = defineBot({
  id: 'novice',
  work: async ({ step, handoff }) => {
    const found = await step('find', did);
    return handoff({ to: 'expert', reason: 'needs-specialist', state: found });
  },
});
const expert = defineBot({
  id: 'expert',
  handoffs: 'ask',
  work: async ({ step, takenOver }) => [takenOver, await step('find', did)],
});

if (import.meta.main) await main(process.argv.slice(2));

async function main([file = '', commit, moment]: string[]): Promise<void> {
  const { journal, commits } = halting(await openJournal(file), Number(commit), moment);
  const troupe = await createTroupe({ definitions: [novice, expert], journal });
  const run = await troupe.start(novice, undefined, { id: 'x' });
  const [result] = await Promise.all([run.result(), accepting(run, troupe)]);
  const { assignedTo, handoffs, attempts } = await run.snapshot();
  const known = (await troupe.handoffs.list()).map(({ id, status }) => [id, status]);
  await troupe.stop();
  tell(`commits ${commits()}`);
  tell(`result ${JSON.stringify({ result, assignedTo, handoffs, attempts, known })}`);
}

/** Somebody who accepts what is asked, whatever life it was asked in. */
async function accepting(run: Run<unknown>, { handoffs }: Troupe): Promise<void> {
  for await (const event of run.events()) {
    if (event.type !== 'handoff' || event.status !== 'OPEN') continue;
    const [open] = await handoffs.list({ status: 'OPEN' });
    if (open !== undefined) await handoffs.accept(open.id);
  }
}

/** A journal that stands still at one of its commits. */
function halting(journal: Journal, at: number, moment: string | undefined) {
  let commits = 0;
  const stand = (here: string): void => {
    if (commits !== at || here !== moment) return;
    tell('halt');
    for (;;);
  };
  const halted: Journal = {
    ...journal,
    commit(batch) {
      commits += 1;
      stand('before');
      journal.commit(batch);
      stand('after');
    },
  };
  return { journal: halted, commits: () => commits };
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
