/**
 * The open asks of runs after a restart: somebody must end their waiting when its time is up, also
 * when no closure waits, because the work was dropped while it was BLOCKED.
 */
import type { Host } from '../../engine/index.ts';
import type { Asks, RunAsk } from '../../messages/index.ts';
import { isAskMark } from './recorded.ts';

/** Opens again what runs wait for; to be called when the mail accepted before is applied. */
export function reopenAsks({ journal }: Host, asks: Asks): void {
  for (const { actor, address, snapshot } of journal.actors({ kind: 'task', done: false })) {
    // Open waits stand in the snapshot by name; most runs have none of a reply.
    if (!snapshot.includes('"~ask/')) continue;
    for (const { body } of journal.steps(actor).filter(isAskMark)) {
      const asked: RunAsk = JSON.parse(body);
      if (journal.step(actor, asked.step) === undefined) asks.reopen(address, asked);
    }
  }
}
