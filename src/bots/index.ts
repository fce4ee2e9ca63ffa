/** Door of the bots: how they are declared, and the registry of definitions. */
export { CapabilityOptions, capabilityText, parseCapability } from './capability.ts';
export { BotOptions, defineBot } from './define-bot.ts';
export { handler } from './handler.ts';
