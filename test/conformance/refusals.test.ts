/**
 * What can't be made durable is refused, naming place and remedy: at the start where the config
 * shows it, else in the turn that does it, which is undone and parks the run.
 */
import { expect, test } from 'vitest';
import type { AnyActorRef } from 'xstate';
import { isTroupeError } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';
import { type Refused, refusedMachines } from './refused-machines.ts';

const when = (moment: Refused['when']): readonly Refused[] =>
  refusedMachines.filter((one) => one.when === moment);

test.each(when('start'))('given $name, then it is refused at the start', async (one) => {
  const { machine, code, place, remedy } = one;
  for (const _ of ['at first', 'and again']) {
    const error = await teamOf([machine])
      .then(({ troupe }) => troupe.start(machine, undefined))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(isTroupeError(error, code)).toBe(true);
    expect(String(error)).toMatch(place);
    expect(String(error)).toMatch(remedy);
  }
});

test.each(when('turn'))('given $name, then the turn is undone and the run parked', async (one) => {
  const { machine, place, remedy } = one;
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  await clock.quiet();
  const actor: AnyActorRef = run.actor;
  const before = actor.getSnapshot();
  await troupe.send(run, { type: 'GO' });
  await clock.quiet();
  const [parked] = await troupe.parked.list();
  expect(parked?.reason).toMatch(place);
  expect(parked?.reason).toMatch(remedy);
  expect(actor.getSnapshot()).toBe(before);
  expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
});
