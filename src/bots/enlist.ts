/**
 * Enlisting: a bot's actor is made, or the one that exists takes the bot's present spec. One with
 * message types without code has an inbox, too.
 */
import type { Stage } from '../engine/index.ts';
import {
  type Bot,
  type BotSpec,
  botAddress,
  equalJson,
  inboxAddress,
  isPulled,
} from '../protocol/index.ts';
import { capabilityText } from './capability.ts';

/** The machine's input for a bot. */
export const botSpec = (bot: Bot): BotSpec => ({
  id: bot.id,
  name: bot.name,
  domain: bot.domain ?? null,
  capabilities: bot.capabilities.map(capabilityText),
  concurrency: bot.concurrency,
});

/** Stages a bot: the same one after a restart re-attaches, with its mail and its slots. */
export function stageBot(stage: Stage, bot: Bot): void {
  const address = botAddress(bot.id);
  const spec = botSpec(bot);
  const cell = stage.find(address);
  if (cell === undefined) {
    stage.create({
      address,
      kind: 'bot',
      definition: bot.id,
      version: bot.version,
      structure: '',
      parent: '',
      spec,
    });
  } else if (!equalJson(cell.snapshot.context.spec, spec)) {
    stage.respecify(cell, spec);
    stage.send(address, { type: 'bot.updated' });
  }
  if (Object.keys(bot.on).some((type) => isPulled(bot, type))) stageInbox(stage, bot);
}

function stageInbox(stage: Stage, bot: Bot): void {
  const address = inboxAddress(bot.id);
  if (stage.find(address) !== undefined) return;
  stage.create({
    address,
    kind: 'inbox',
    definition: bot.id,
    version: bot.version,
    structure: '',
    parent: '',
    spec: { bot: bot.id },
  });
}
