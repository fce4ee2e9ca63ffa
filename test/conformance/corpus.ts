/**
 * The corpus: all cases of conformance, by theme in `machines/`.
 */
import type { Case } from './contract.ts';
import { choices } from './machines/choices.ts';
import { failing } from './machines/failing.ts';
import { invokedMachines } from './machines/invoked-machines.ts';
import { invokedPromises } from './machines/invoked-promises.ts';
import { messages } from './machines/messages.ts';
import { spawned } from './machines/spawned.ts';
import { spawnedEndings } from './machines/spawned-endings.ts';
import { structure } from './machines/structure.ts';
import { systemNames } from './machines/system-names.ts';
import { timing } from './machines/timing.ts';
import { transitionActors } from './machines/transition-actors.ts';

/** Every case. */
export const corpus: readonly Case[] = [
  ...invokedPromises,
  ...invokedMachines,
  ...spawned,
  ...spawnedEndings,
  ...transitionActors,
  ...messages,
  ...systemNames,
  ...timing,
  ...choices,
  ...structure,
  ...failing,
];
