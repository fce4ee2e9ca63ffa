/**
 * A process on a journal whose clock is some hours ahead, so that it can be killed:
 * `node kill-process.ts PATH HOURS ACT ...`. It starts the same workflow, does the acts in turn,
 * each of them `decide ID yes|no BY` in one argument, tells each on a line when it is durable, and
 * then waits to be killed. `end` tells how the run ended and stops.
 */
import { writeSync } from 'node:fs';
import { createTroupe, systemClock } from '../../src/index.ts';
import { isTroupeError } from '../../src/protocol/index.ts';
import { flow } from './flow.ts';

const [path = '', hours = '', ...acts] = process.argv.slice(2);
const report = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const real = systemClock();
const clock = { ...real, now: () => real.now() + Number(hours) * 3_600_000 };

const troupe = await createTroupe({ definitions: [flow], journal: path, clock, log });
const run = await troupe.start(flow, { text: 'draft' }, { id: 'f' });

/** Waits until so many approvals are there: those of a new run are asked after its first step. */
async function asked(count: number): Promise<void> {
  for (;;) {
    const all = await troupe.approvals.list();
    if (all.length >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await asked(3);
for (const act of acts) {
  const [what = '', id = '', answer, by = ''] = act.split(' ');
  if (what === 'end') report((await run.outcome()).status);
  else if (what === 'list') {
    const all = await troupe.approvals.list();
    report(all.map(({ step, status, reminders }) => `${step} ${status} ${reminders > 0}`));
  } else {
    const decision = { approve: answer === 'yes', by };
    const told = await troupe.approvals.decide(`flow/f/${id}`, decision).then(
      () => 'done',
      (error: unknown) => (isTroupeError(error) ? [error.code, error.data] : String(error)),
    );
    report([id, told]);
  }
}
report('ready');
await run.outcome({ timeout: '1h' });
process.kill(process.pid, 'SIGKILL');
