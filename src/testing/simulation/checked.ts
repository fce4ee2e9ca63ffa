/** What is wrong with a script, or with options of `simulate`: said before anything is played. */
import { z } from 'zod';
import { collectDefinitions } from '../../bots/index.ts';
import { checkOptions, FunctionOption, PureFunctionOption } from '../../protocol/index.ts';
import { checkPeople, checkStubs, TroupeParts } from '../properties/stubs.ts';
import { faultKinds, type Script } from './script.ts';
import type { SimulatedTeam } from './team.ts';

const place = z.int('must be a whole number of at least 1').min(1, 'must be at least 1');
const ms = z.number('must be milliseconds').min(0, 'must not be negative');
const call = z.strictObject({ of: z.string(), nth: place });
const moment = z.enum(['before', 'after'], "must be 'before' or 'after'");
const commit = place;
const kind = <const Kind extends string>(fault: Kind) => z.literal(fault);

const Fault = z.union(
  [
    z.strictObject({ fault: kind('crash'), commit, moment }),
    z.strictObject({ fault: kind('disk-full'), commit }),
    z.strictObject({ fault: kind('clock-jump'), commit, ms }),
    z.strictObject({ fault: z.enum(['cancel', 'pause']), commit, run: z.int().min(0) }),
    z.strictObject({ fault: kind('reorder') }),
    z.strictObject({ fault: kind('duplicate'), request: place }),
    z.strictObject({ fault: kind('duplicate'), call }),
    z.strictObject({ fault: kind('bot-error'), call, moment, forGood: z.literal(true).optional() }),
    z.strictObject({ fault: z.enum(['slow-bot', 'delay']), call, ms }),
    z.strictObject({ fault: kind('drop'), call }),
    z.strictObject({ fault: kind('malformed'), call, value: z.unknown() }),
  ],
  `must be a fault with its place: one of ${faultKinds.join(', ')}`,
);
const Faults = z.array(Fault, 'must be a list of faults');

const People = z.array(
  z.strictObject({
    question: place,
    answer: z.enum(['yes', 'no', 'nothing'], "must be 'yes', 'no' or 'nothing'"),
    afterMs: ms,
    again: z.enum(['same', 'contrary']).optional(),
    value: z.unknown().optional(),
  }),
  'must be a list of answers',
);

const seed = z.int('must be a whole number');

const ScriptShape = z.strictObject({
  given: z.unknown().optional(),
  seed,
  faults: Faults,
  people: People,
});

const known = new WeakSet<Script>();

/**
 * Checks a script; one that was checked before is not looked at again.
 * @throws TroupeError `BAD_OPTION` naming the field.
 */
export function checkScript(script: Script): void {
  if (typeof script === 'object' && script !== null && known.has(script)) return;
  checkOptions(ScriptShape, script, 'script');
  known.add(script);
}

const Laws = z.record(z.string(), PureFunctionOption, 'must be an object of functions').optional();

const SimulateShape = z.strictObject({
  definitions: z.array(z.unknown(), 'must be an array of definitions'),
  stubs: z.array(z.unknown(), 'must be an array of stubs').optional(),
  people: z.record(z.string(), FunctionOption, 'must be an object of functions').optional(),
  options: TroupeParts.optional(),
  always: Laws,
  oracles: z.array(FunctionOption, 'must be a list of functions that make an oracle').optional(),
  seed: seed.optional(),
  faults: Faults.optional(),
});

/**
 * Checks the options of `simulate`.
 * @throws TroupeError `BAD_OPTION` naming the field; `DUPLICATE_DEFINITION`.
 */
export function checkSimulation(options: SimulatedTeam): void {
  checkOptions(SimulateShape, options, 'simulate');
  const definitions = collectDefinitions(options.definitions);
  checkStubs(definitions, options.stubs ?? [], 'simulate');
  checkPeople(definitions, options.people ?? {}, 'simulate');
}
