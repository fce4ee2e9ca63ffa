/** Bugs of the engine: commits, recovery, timers, mail, dead letters. */
import type { PlantedBug } from './bug.ts';

/** Bugs below the runs. */
export const engineBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledged-before-commit',
    sentence: 'Callers are answered before the commit that makes their call durable.',
    file: 'src/engine/host/local-host.ts',
    team: 'hints',
    from: `    this.#guard(commitGroup(group, this.#parts));
    this.#guard(() => tellFailures(group, since, this.log, this.#cells));
    this.#commands.answer();`,
    to: `    this.#commands.answer();
    this.#guard(commitGroup(group, this.#parts));
    this.#guard(() => tellFailures(group, since, this.log, this.#cells));`,
  },
  {
    name: 'handlers-before-commit',
    sentence: 'A handler is called before the commit that hands it its message.',
    file: 'src/engine/host/local-host.ts',
    team: 'desk',
    from: `    this.#guard(commitGroup(group, this.#parts));
    this.#guard(() => tellFailures(group, since, this.log, this.#cells));`,
    to: `    for (const due of group.due) if (due.effect.type === 'handle') this.#perform(due);
    this.#guard(commitGroup(group, this.#parts));
    this.#guard(() => tellFailures(group, since, this.log, this.#cells));`,
  },
  {
    name: 'recovery-forgets-timers',
    sentence: 'A crash disarms every timer: what slept, or paused before a retry, never goes on.',
    file: 'src/engine/activation/timer-pages.ts',
    team: 'orders',
    from: `    timers.arm({ actor, timer, arming, due, event: eventOf(body) });`,
    to: ``,
  },
  {
    name: 'recovery-fires-timers-early',
    sentence: 'After a crash every armed timer fires at once: sleeps and deadlines end too soon.',
    file: 'src/engine/activation/timer-pages.ts',
    team: 'orders',
    from: `    timers.arm({ actor, timer, arming, due, event: eventOf(body) });`,
    to: `    timers.arm({ actor, timer, arming, due: 0, event: eventOf(body) });`,
  },
  {
    name: 'timer-fires-twice',
    sentence:
      'A timer that fired stays in the journal until its actor ends, so a crash fires it anew.',
    file: 'src/engine/group/group-timers.ts',
    team: 'late-order',
    from: `    return this.#timers.isArmed(actor, timer, arming) && this.clear(actor, timer);`,
    to: `    return this.#timers.isArmed(actor, timer, arming);`,
  },
  {
    name: 'cleared-timer-stays',
    sentence: 'A cleared timer is cleared in memory alone: after a crash it fires all the same.',
    file: 'src/engine/group/group-timers.ts',
    team: 'publishing',
    from: `    if (cleared) this.#batch.clearTimer(actor, timer);`,
    to: ``,
  },
  {
    name: 'outbox-keeps-the-first-alone',
    sentence: 'Of several messages that wait at the end of a commit only the first is written.',
    file: 'src/engine/group/group.ts',
    team: 'desk',
    from: `      mail.stored = true;
      this.batch.keepWaiting(cell, mail);`,
    to: `      if (this.batch.waiting.length > 0) continue;
      mail.stored = true;
      this.batch.keepWaiting(cell, mail);`,
  },
  {
    name: 'recovery-forgets-what-is-under-way',
    sentence:
      'What was under way at a crash is not loaded again unless somebody sends it something.',
    file: 'src/engine/activation/activation.ts',
    team: 'publishing',
    from: `    const found = journal.busy(this.#above, limit);`,
    to: `    const found = journal.busy(this.#above, limit).filter(() => false);`,
  },
  {
    name: 'recovery-reverses-mail',
    sentence: 'Messages that waited at a crash come back in reverse, so later ones overtake.',
    file: 'src/engine/activation/activation.ts',
    team: 'desk',
    from: `of journal.mailOf(cell.actor)) restoreMail(`,
    to: `of journal.mailOf(cell.actor).reverse()) restoreMail(`,
  },
  {
    name: 'recovery-forgets-priority',
    sentence: 'Messages that waited at a crash have lost their priority.',
    file: 'src/engine/host/recovery.ts',
    team: 'desk',
    from: `    lane: waiting.lane,`,
    to: `    lane: Math.min(waiting.lane, 1),`,
  },
  {
    name: 'recovery-opens-the-gate',
    sentence: 'Messages that waited for a slot at a crash do not wait for one afterwards.',
    file: 'src/engine/host/recovery.ts',
    team: 'desk',
    from: `    gated: waiting.gated,`,
    to: `    gated: false,`,
  },
  {
    name: 'expired-message-vanishes',
    sentence: 'A message that expires while it waits is dropped without a dead letter.',
    file: 'src/engine/turn.ts',
    team: 'hints',
    from: `      group.dead(cell.address, mail, 'expired', '');`,
    to: `      group.took(mail);`,
  },
  {
    name: 'expired-message-is-handled',
    sentence: 'A message that has expired is handed over all the same, until a day later.',
    file: 'src/engine/turn.ts',
    team: 'hints',
    from: `mail.expiresAt !== 0 && mail.expiresAt <= group.now`,
    to: `mail.expiresAt !== 0 && mail.expiresAt <= group.now - 864e5`,
  },
  {
    name: 'dead-letter-stays-in-the-mailbox',
    sentence:
      'A message that became a dead letter stays in the inbox, and comes again after a crash.',
    file: 'src/engine/group/group-letters.ts',
    team: 'hints',
    from: `    this.took(mail);
    this.#tally.dead += 1;`,
    to: `    this.#tally.dead += 1;`,
  },
  {
    name: 'watcher-is-not-durable',
    sentence: 'Who waits for another run is kept in memory alone, and is never told after a crash.',
    file: 'src/engine/group/staged-effects.ts',
    team: 'audited-order',
    from: `      target.watchers = [...target.watchers, cell.address];
      group.touch(target);`,
    to: `      target.watchers = [...target.watchers, cell.address];`,
  },
];
