/**
 * The corpus: all cases of conformance, by theme in `machines/`.
 */

import { choices } from './machines/choices.ts';
import { entanglements } from './machines/entanglements.ts';
import { failing } from './machines/failing.ts';
import { invokedMachines } from './machines/invoked-machines.ts';
import { invokedPromises } from './machines/invoked-promises.ts';
import { messages } from './machines/messages.ts';
import { nestedWork } from './machines/nested-work.ts';
import { spawned } from './machines/spawned.ts';
import { spawnedEndings } from './machines/spawned-endings.ts';
import { structure } from './machines/structure.ts';
import { systemNames } from './machines/system-names.ts';
import { timing } from './machines/timing.ts';
import type { Case } from './runners/contract.ts';

/** Every case. */
export const corpus: readonly Case[] = [
  ...invokedPromises,
  ...invokedMachines,
  ...spawned,
  ...spawnedEndings,
  ...messages,
  ...systemNames,
  ...entanglements,
  ...nestedWork,
  ...timing,
  ...choices,
  ...structure,
  ...failing,
];
