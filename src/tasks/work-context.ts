/** The work context: what `work` gets, bound to its activation. */
import { z } from 'zod';
import {
  type ChildOptions,
  type Definition,
  isDefinition,
  type Message,
  type Report,
  type Step,
  type StepContext,
  type StepOptions,
  troupeError,
  type WorkContext,
} from '../protocol/index.ts';
import type { Activation } from './activation.ts';

/** What `report` takes. */
export const ReportOptions = z.strictObject({
  progress: z.number().min(0).max(1).optional(),
  note: z.string().optional(),
  confidence: z.number().min(0).max(1).optional(),
  learnings: z.array(z.string()).optional(),
  cost: z.number().optional(),
});

/** The context of one activation; members are bound when they are taken, so they can be spread. */
export function workContext(activation: Activation, input: unknown): WorkContext {
  return new BoundContext(activation, input);
}

/** Getters on a prototype: an activation that takes no step makes no closure. */
class BoundContext implements WorkContext {
  readonly input: unknown;
  readonly #activation: Activation;

  constructor(activation: Activation, input: unknown) {
    this.#activation = activation;
    this.input = input;
  }

  get attempt(): number {
    return this.#activation.attempt;
  }

  get runId(): string {
    return this.#activation.runId;
  }

  get signal(): AbortSignal {
    return this.#activation.signal;
  }

  get log(): WorkContext['log'] {
    return this.#activation.ports.host.log;
  }

  get step(): Step {
    return stepOf(this.#activation);
  }

  get send(): WorkContext['send'] {
    return (to: unknown, message: Message) => this.#activation.send(to, message);
  }

  get report(): WorkContext['report'] {
    return (report: Report) => this.#activation.report(report);
  }
}

function stepOf(activation: Activation): Step {
  return (async (name: string, work: unknown, ...rest: unknown[]): Promise<unknown> => {
    if (typeof work === 'function') {
      const run = work as (context: StepContext) => unknown;
      return activation.step(name, run, rest[0] as StepOptions | undefined);
    }
    if (isDefinition(work)) {
      return activation.child(name, work as Definition, rest[0], rest[1] as ChildOptions);
    }
    throw troupeError('BAD_OPTION', {
      where: `step ${name}`,
      field: 'work',
      problem: 'must be a function or a definition',
    });
  }) as Step;
}
