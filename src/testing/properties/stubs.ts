/** Whether stubs stand in for something: one for code that nobody calls would go unnoticed. */
import { z } from 'zod';
import { escalation } from '../../approvals/index.ts';
import type { Definitions } from '../../bots/index.ts';
import {
  type Definition,
  isApproval,
  isBot,
  isMachineDefinition,
  isWorkflow,
  troupeError,
} from '../../protocol/index.ts';
import type { Stub } from '../simulation/stub.ts';

/** What of a troupe a simulation leaves to its user. */
export const TroupeParts = z.strictObject({
  name: z.unknown().optional(),
  supervision: z.unknown().optional(),
  retention: z.unknown().optional(),
  limits: z.unknown().optional(),
});

/**
 * Checks that each stub stands in for a definition of the team, and for code that it has.
 * @throws TroupeError `BAD_OPTION` naming the stub.
 */
export function checkStubs(
  definitions: Definitions,
  stubs: readonly Stub[],
  where = 'property',
): void {
  const refuse: Refuse = (index, problem) => {
    throw troupeError('BAD_OPTION', { where, field: `stubs[${index}]`, problem });
  };
  for (const [index, { of, parts = {} }] of stubs.entries()) {
    const known = definitions.all().filter(({ id }) => id === of);
    if (known.length === 0) refuse(index, `is for ${of}, which is none of the team's definitions`);
    if (stubs.findIndex((one) => one.of === of) < index) {
      refuse(index, `is for ${of}, for which another stub stands: give one all its parts`);
    }
    for (const name of Object.keys(parts)) {
      if (!known.some((definition) => hasPart(definition, name))) {
        refuse(index, `is for ${name} of ${of}, which has no such code`);
      }
    }
  }
}

/**
 * Checks that those who answer in the team's own words are asked: by the ids of approvals.
 * @throws TroupeError `BAD_OPTION` naming the person.
 */
export function checkPeople(definitions: Definitions, people: object, where = 'property'): void {
  const approvals = [...definitions.all().filter(isApproval), escalation];
  for (const name of Object.keys(people)) {
    if (approvals.some(({ id }) => id === name)) continue;
    const known = approvals.map(({ id }) => id).join(', ') || 'none';
    const problem = `answers for ${name}, which is no approval of the team (approvals: ${known})`;
    throw troupeError('BAD_OPTION', { where, field: `people.${name}`, problem });
  }
}

type Refuse = (index: number, problem: string) => never;

/** The steps in a bot's work have no names before it runs. */
function hasPart(definition: Definition, name: string): boolean {
  if (isBot(definition)) return definition.work !== undefined || name in definition.on;
  if (isWorkflow(definition)) {
    const step = definition.steps.find((one) => one.name === name.replace(/~undo$/, ''));
    if (step === undefined) return false;
    return name.endsWith('~undo') ? step.undo !== undefined : typeof step.work === 'function';
  }
  return isMachineDefinition(definition) && name in definition.machine.implementations.actors;
}
