/**
 * Attempts: work, steps of a workflow and handlers are tried as often as their policy says, and not
 * more. A process that ends and starts again is no attempt; a bot that takes a run over has its
 * own.
 */
import type { ActorRecord } from '../../../journal/index.ts';
import { type Definition, isBot } from '../../../protocol/index.ts';
import type { CallRecord } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { attemptsIn, nameOf, ordinal, sentence, specOf, stateOf } from '../told.ts';

/** No attempt too many. */
export function attempts(): Oracle {
  const roll = new Roll();
  let seen = 0;
  return {
    law: 'nothing is tried more often than its policy allows',
    committed({ batch }, sight) {
      for (const entry of roll.note(batch, sight)) {
        const { kind } = entry.record;
        const found =
          kind === 'task' ? ofTask(entry) : kind === 'workflow' ? ofSteps(entry) : undefined;
        if (found !== undefined) return found;
      }
      const { calls, definitions } = sight;
      for (; seen < calls.length; seen += 1) {
        const call = calls[seen];
        const found = call?.kind === 'handler' ? ofHandler(call, definitions) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function ofTask({ record, first }: Entry): string | undefined {
  const begun = attemptsIn(record);
  if (begun < 2) return undefined;
  const { retry } = specOf(first);
  if (retry === undefined || begun <= retry.attempts) return undefined;
  const { attemptsBefore = 0 } = stateOf(record).context;
  const own = begun - attemptsBefore;
  if (own <= retry.attempts) return undefined;
  return sentence(
    `${nameOf(record.address)} is at its ${ordinal(own)} attempt, of ${retry.attempts} that its`,
    'policy allows',
  );
}

/** A workflow's own count of tries, of steps whose first run was not the last. */
function ofSteps({ record, first }: Entry): string | undefined {
  if (!record.snapshot.includes('"tries":')) return undefined;
  const { plan } = specOf(first);
  for (const [at, { tries = 1 }] of runsOf(record)) {
    const { name = '', tries: most = 1 } = plan?.steps[Number(at)] ?? {};
    if (tries <= most) continue;
    return sentence(
      `step ${name} of ${nameOf(record.address)} is tried for the ${ordinal(tries)} time, of`,
      `${most} that it may`,
    );
  }
  return undefined;
}

const runsOf = (record: ActorRecord) => Object.entries(stateOf(record).context.runs ?? {});

/** A handler's attempts start at 1 again in each life. */
function ofHandler(
  { of, key, attempt }: CallRecord,
  definitions: readonly Definition[],
): string | undefined {
  const bot = definitions.find(
    (one) => isBot(one) && Object.keys(one.on).some((type) => of === `${one.id}.${type}`),
  );
  if (bot === undefined || !isBot(bot) || attempt <= bot.retry.attempts) return undefined;
  return sentence(
    `${of} is called for the ${ordinal(attempt)} attempt at message ${key}, of`,
    `${bot.retry.attempts} that its policy allows`,
  );
}
