/**
 * A journey that is booked as a whole or not at all: a saga.
 *
 * Flight, hotel and car are booked one after the other, and each booking can take itself back. No
 * car is free: so the hotel is cancelled, then the flight, in reverse order, also when the program
 * is killed on the way and started again. `node booking.ts [JOURNAL]`.
 */
import { createTroupe, defineWorkflow, type Failure, TerminalError } from 'troupe';
import { z } from 'zod';

const Journey = z.object({ to: z.string(), days: z.number() });

/** Stands in for the services that are booked; `key` is theirs to book nothing twice. */
const book = (service: string, what: string, key: string): { id: string } => {
  console.log(`${service}: books ${what}`);
  return { id: `${service} ${key}` };
};

const cancel = (service: string, { id }: { id: string }): void =>
  console.log(`${service}: cancels ${id}`);

/** The whole. `undo` gets what the step gave, and what it had seen. */
export const booking = defineWorkflow({ id: 'booking', input: Journey })
  .step('flight', ({ input, key }) => book('airline', `a flight to ${input.to}`, key), {
    undo: ({ result }) => cancel('airline', result),
  })
  .step('hotel', ({ input, key }) => book('hotel', `${input.days} nights in ${input.to}`, key), {
    undo: ({ result }) => cancel('hotel', result),
  })
  .step('car', ({ input, key }) => {
    // Trying again would not help, and TerminalError says so.
    if (input.days > 5) throw new TerminalError('no car is free for so long');
    return book('garage', `a car for ${input.days} days`, key);
  })
  .output(({ flight, hotel, car }) => [flight.id, hotel.id, car.id]);

export default booking;

/** Books one journey, for too many days. */
export async function main(journal?: string): Promise<void> {
  await using troupe = await createTroupe({ definitions: [booking], journal });
  const run = await troupe.start(booking, { to: 'Rome', days: 7 }, { id: 'rome' });
  const outcome = await run.outcome();
  const steps = Object.entries(outcome.steps ?? {});
  const undone = steps.flatMap(([step, { undo }]) => (undo === 'UNDONE' ? [step] : []));
  if (outcome.status === 'COMPLETED') console.log(`Booked: ${outcome.result.join(', ')}`);
  if (outcome.status === 'FAILED') console.log(`Not booked: ${causeOf(outcome.error)}`);
  if (undone.length > 0) console.log(`Taken back: ${undone.join(', ')}`);
}

/** The message at the root of a failure. */
const causeOf = (error: Failure): string =>
  error.cause === undefined ? error.message : causeOf(error.cause);

if (import.meta.main) await main(process.argv[2]);
