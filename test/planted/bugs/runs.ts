/** Bugs of runs and their work: starts, steps, attempts, slots, messages, handoffs. */
import type { PlantedBug } from './bug.ts';

/** Bugs of runs. */
export const runBugs: readonly PlantedBug[] = [
  {
    name: 'start-again-begins-anew',
    sentence: 'A start that is made again begins the run anew instead of finding it.',
    file: 'src/runs/start.ts',
    team: 'orders',
    from: `return { cell: attached(existing, request), isNew: false };`,
    to: `return { cell: stage.restart(runCreation(stage, request)), isNew: true };`,
  },
  {
    name: 'settled-child-forgotten',
    sentence: 'Work that runs again waits for a child run that has ended already.',
    file: 'src/tasks/activation/activation.ts',
    team: 'publishing',
    from: `    if (known !== undefined) return childResult(host, this.cell, name, known);`,
    to: `    if (known === '') return childResult(host, this.cell, name, known);`,
  },
  {
    name: 'sent-again',
    sentence: 'Work that runs again sends its messages again.',
    file: 'src/tasks/activation/work-mail.ts',
    team: 'agent',
    from: `    if (recorded.get(name) !== undefined) return;
    const checked = ports.office.check(to, message);`,
    to: `    const checked = ports.office.check(to, message);`,
  },
  {
    name: 'asked-again',
    sentence: 'Work that runs again asks again, though its question is on its way.',
    file: 'src/tasks/activation/work-mail.ts',
    team: 'agent',
    from: `    if (asked === undefined) {`,
    to: `    if (asked === undefined || asked.length > 0) {`,
  },
  {
    name: 'step-without-result-done-again',
    sentence: 'A recorded step that gave nothing is done again when its work runs again.',
    file: 'src/tasks/activation/activation.ts',
    team: 'orders',
    from: `    if (known !== undefined) return recordedValue(known);`,
    to: `    if (known !== undefined && known !== '') return recordedValue(known);`,
  },
  {
    name: 'steps-answer-for-each-other',
    sentence: 'After a restart a recorded step answers with the result of the one before it.',
    file: 'src/tasks/activation/recorded.ts',
    team: 'orders',
    from: `    this.#bodies = new Map(steps.map(({ step, body }) => [step, body]));`,
    to: `    this.#bodies = new Map(
      steps.map(({ step, body }, at) => [step, steps[Math.max(0, at - 1)]?.body ?? body]),
    );`,
  },
  {
    name: 'key-changed-by-retry',
    sentence: 'A step that is done in a later attempt of its work has another idempotency key.',
    file: 'src/tasks/activation/activation.ts',
    team: 'orders',
    from: `    const key = runIdOf(childAddress(this.cell.address, own));`,
    to: `    const tail = this.attempt === 1 ? '' : \`-\${this.attempt}\`;
    const key = runIdOf(childAddress(this.cell.address, own)) + tail;`,
  },
  {
    name: 'one-attempt-too-many',
    sentence: 'Work is tried once more than its policy allows.',
    file: 'machines/task-setup.ts',
    team: 'orders',
    from: `      p.error.retryable &&
      triesOf(context) < context.spec.retry.attempts,`,
    to: `      p.error.retryable &&
      triesOf(context) <= context.spec.retry.attempts,`,
  },
  {
    name: 'one-attempt-too-few',
    sentence: 'Work is given up one attempt before its policy says so.',
    file: 'machines/task-setup.ts',
    team: 'orders',
    from: `      p.error.retryable &&
      triesOf(context) < context.spec.retry.attempts,`,
    to: `      p.error.retryable &&
      triesOf(context) + 1 < context.spec.retry.attempts,`,
  },
  {
    name: 'tried-again-at-once',
    sentence: 'Work that failed is tried again without the pause of its policy.',
    file: 'machines/task-setup.ts',
    team: 'orders',
    from: `      lastError: p.error,
      recovery: p.error.recovery,
      pauseMs: backoffMs(triesOf(context), context.spec.retry, p.chance),`,
    to: `      lastError: p.error,
      recovery: p.error.recovery,
      pauseMs: 0,`,
  },
  {
    name: 'handlers-give-up-early',
    sentence: 'A handler is given up one attempt before the policy of its bot says so.',
    file: 'src/tasks/handling.ts',
    team: 'desk',
    from: `      const isLast = attempt >= bot.retry.attempts || !error.retryable;`,
    to: `      const isLast = attempt + 1 >= bot.retry.attempts || !error.retryable;`,
  },
  {
    name: 'handlers-try-again-at-once',
    sentence: 'A handler that failed is tried again without any pause.',
    file: 'src/tasks/handling.ts',
    team: 'desk',
    from: `backoffMs(attempt, bot.retry, host.clock.random()), signal);`,
    to: `backoffMs(attempt, bot.retry, 0), signal);`,
  },
  {
    name: 'late-report-accepted',
    sentence: 'What is reported for an attempt that is over counts for the one under way.',
    file: 'src/runs/driving/by-hand.ts',
    team: 'typist',
    from: `    if (speaking !== current) throw stale(cell, call, speaking);`,
    to: `    if (speaking > current) throw stale(cell, call, speaking);`,
  },
  {
    name: 'decline-keeps-the-slot',
    sentence: 'A bot that declines a run keeps the slot that it had for it.',
    file: 'machines/task-progress.ts',
    team: 'clerk',
    from: `      actions: [
        releaseSlot,
        { type: 'send', params: ({ context }) => declinedHandoff(context) },`,
    to: `      actions: [
        { type: 'send', params: ({ context }) => declinedHandoff(context) },`,
  },
  {
    name: 'handoff-leaves-two-owners',
    sentence: 'The work of a run that was handed on goes on at the bot that had it.',
    file: 'machines/task-progress.ts',
    team: 'helper',
    from: `        { type: 'abort', params: ({ context }) => handedOff(botOf(context), context) },
`,
    to: ``,
  },
  {
    name: 'cancel-leaves-a-slot-taken',
    sentence: 'Work that was cancelled never gives its slot back.',
    file: 'src/tasks/workers.ts',
    team: 'orders',
    from: `    this.#onceSettled(running.settled, () => {
      release();`,
    to: `    this.#onceSettled(running.settled, () => {`,
  },
  {
    name: 'request-is-not-taken-back',
    sentence: 'A run that is cancelled in the queue leaves its request for a slot there.',
    file: 'machines/task-context.ts',
    team: 'two-orders',
    from: `  from: botOf(context),
  key: slotOf(context),`,
    to: `  from: [],
  key: slotOf(context),`,
  },
  {
    name: 'one-slot-too-many',
    sentence: 'A bot takes one more run or message at a time than it has slots.',
    file: 'machines/bot.ts',
    team: 'two-orders',
    from: `    isFull: ({ context }) => takenBy(context) >= context.spec.concurrency,`,
    to: `    isFull: ({ context }) => takenBy(context) > context.spec.concurrency,`,
  },
  {
    name: 'handlers-under-way-forgotten',
    sentence: 'A handler under way at a crash does not run again.',
    file: 'src/tasks/handling.ts',
    team: 'desk',
    from: `    for (const envelope of messages) void this.#handle(cell, envelope);
    for (const slot of slots) {`,
    to: `    for (const envelope of messages) this.#underWay.add(envelope.id);
    for (const slot of slots) {`,
  },
];
