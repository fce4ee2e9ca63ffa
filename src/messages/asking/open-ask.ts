/** Open asks: those whose answer is still to come. */
import type { BotContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import type { Stage } from '../../engine/index.ts';
import type { Address, Settlement } from '../../protocol/index.ts';
import type { AskFacts } from './answers.ts';
import type { Slots } from './deadlock.ts';
import type { PartStream } from './part-stream.ts';

/** An ask whose answer is still to come. */
export interface OpenAsk extends AskFacts {
  readonly id: string;
  readonly from: Address;
  /** The message whose handler waits; empty for none. */
  readonly holder: string;
  /** Whether its message was accepted. */
  isSent: boolean;
  isAnswered: boolean;
  /** Where parts go, for those who asked for parts. */
  readonly stream?: PartStream | undefined;
  /** Stages what makes the answer durable; none for what is handed over in memory. */
  readonly stage?: (stage: Stage, answer: Settlement) => void;
  /** Hands over the answer, after its commit. */
  readonly give: (answer: Settlement, cause?: unknown) => void;
  /** The host has ended. */
  readonly fail: (reason: unknown) => void;
  /** Timers and listeners that end with it. */
  readonly ends: (() => void)[];
}

/** Stages the answer; the first one is the one. The result hands it over, after the commit. */
export function settle(stage: Stage, open: OpenAsk, answer: Settlement): () => void {
  open.isAnswered = true;
  open.stage?.(stage, answer);
  return () => open.give(answer);
}

/** Whether the message of an ask has a handler already. */
export const isTaken = (stage: Stage, { to, id }: OpenAsk): boolean =>
  slotsIn(stage.find(to)).handling.includes(id);

/** Who has the slots of a bot. */
export function slotsIn(bot: Cell | undefined): Slots {
  // Whoever takes messages out of an inbox keeps no slot.
  if (bot?.identity.kind !== 'bot') return { isServed: true, handling: [] };
  const { spec, slots, messages }: BotContext = bot.snapshot.context;
  const hasFree = slots.length + messages.length < spec.concurrency;
  return { isServed: hasFree || slots.length > 0, handling: messages.map(({ id }) => id) };
}
