/** Door of the bots: how they are declared, and the registry of definitions. */
export {
  CapabilityName,
  CapabilityOptions,
  CapabilityVersion,
  CapabilityWanted,
  capabilityText,
  isCompatible,
  parseCapability,
} from './capability.ts';
export { BotOptions, defineBot, type NoHandlers, type PartsOf } from './define-bot.ts';
export { collectDefinitions, type Definitions } from './definitions.ts';
export { botSpec, stageBot } from './enlist.ts';
export { handler } from './handler.ts';
