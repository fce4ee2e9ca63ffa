/** Asking: what is asked, by whom, and what asks need of the parts beside them. */
import type { Host } from '../../engine/index.ts';
import type { Address, Envelope } from '../../protocol/index.ts';
import type { Lines } from '../lines.ts';
import type { Checked, PostPorts } from '../post.ts';
import type { AskFacts, EndCode } from './answers.ts';
import type { Patience } from './ask-options.ts';
import type { Holders } from './holders.ts';
import type { OpenAsk } from './open-ask.ts';
import type { PartStream } from './part-stream.ts';

/** Who asks: a caller outside, or the handler of a message. */
export interface Asker {
  readonly from: Address;
  /** The message whose handler asks. */
  readonly causedBy?: Envelope | undefined;
}

/** What is asked in memory. */
export interface Asking {
  readonly asker: Asker;
  readonly checked: Checked;
  readonly patience: Patience;
  readonly expects: 'reply' | 'parts';
  /** Where parts go. */
  readonly stream?: PartStream;
  readonly give: OpenAsk['give'];
  readonly fail: OpenAsk['fail'];
}

/** An ask that has begun. */
export interface Begun {
  /** Nobody waits any more. */
  readonly giveUp: (code: EndCode) => void;
  /** Lets go of timers and listeners. */
  readonly close: () => void;
}

/** An ask of a run that is to be staged. */
export interface RunAsking {
  readonly checked: Checked;
  readonly patience: Patience;
  /** The name under which the answer is recorded. */
  readonly step: string;
  /** The name under which it is recorded that it was sent. */
  readonly mark: string;
}

/** What a run records of an ask when it is sent. */
export interface RunAsk extends AskFacts {
  readonly id: string;
  readonly step: string;
  /** Milliseconds since 1970 when it was sent. */
  readonly at: number;
  readonly expiresAt?: number | undefined;
}

/** What asks need of the parts beside them. */
export interface AskPorts {
  readonly host: Host;
  readonly posting: PostPorts;
  readonly holders: Holders;
  readonly lines: Lines;
}
