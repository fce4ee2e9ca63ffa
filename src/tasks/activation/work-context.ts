/** The work context: what `work` gets, bound to its activation. */
import { typedAsk } from '../../messages/index.ts';
import {
  type ChildOptions,
  type Duration,
  definitionOf,
  type HandoffOptions,
  type InputOf,
  type Logger,
  type Message,
  type OutputOf,
  type Report,
  type Runnable,
  type Step,
  type StepContext,
  type StepOptions,
  troupeError,
  type WorkContext,
} from '../../protocol/index.ts';
import type { WorkHandoffs } from '../handoff/work-handoffs.ts';
import type { StageChild, WorkPorts } from '../ports.ts';
import { watched } from './waits.ts';
import type { WorkMail } from './work-mail.ts';
import type { WorkReports } from './work-reports.ts';

/** What an activation does for its work. */
export interface Performer {
  readonly attempt: number;
  readonly runId: string;
  /** Made when it is asked for: most work never does. */
  readonly signal: AbortSignal;
  step(name: string, run: (context: StepContext) => unknown, options: unknown): Promise<unknown>;
  child(name: string, stagingOf: () => StageChild): Promise<unknown>;
  readonly ports: Pick<WorkPorts, 'childRun' | 'sleepRun'>;
  readonly mail: Pick<WorkMail, 'send' | 'ask'>;
  readonly handing: Pick<WorkHandoffs, 'hand' | 'tries' | 'facts'>;
  /** Records a part of what the work gives. */
  part(ordinal: number, value: unknown): Promise<void>;
  readonly reports: Pick<WorkReports, 'report'>;
}

/**
 * The context of one activation. Its members need no `this`, and it can be taken apart and spread.
 * What they promise may be left unawaited: a rejection that nobody sees ends no process.
 */
export function workContext(performer: Performer, input: unknown, log: Logger): WorkContext {
  return {
    input,
    attempt: performer.handing.tries,
    runId: performer.runId,
    log,
    get signal() {
      return performer.signal;
    },
    step: stepOf(performer),
    sleep: (name: string, duration: Duration) =>
      watched(performer.child(name, () => performer.ports.sleepRun(duration)).then(nothing)),
    send: (to: unknown, message: Message) => watched(performer.mail.send(to, message)),
    ask: typedAsk((to, message, options) => watched(performer.mail.ask(to, message, options))),
    report: (report: Report) => watched(performer.reports.report(report)),
    handoff: (options: HandoffOptions) => watched(performer.handing.hand(options)),
    ...performer.handing.facts,
  };
}

function stepOf(performer: Performer): Step {
  function step<Result>(
    name: string,
    run: (context: StepContext) => Result | Promise<Result>,
    options?: StepOptions,
  ): Promise<Awaited<Result>>;
  function step<W extends Runnable>(
    name: string,
    work: W,
    input: InputOf<W>,
    options?: ChildOptions,
  ): Promise<OutputOf<W>>;
  function step(name: string, work: unknown, ...rest: unknown[]): Promise<unknown> {
    return watched(performed(name, work, rest));
  }
  async function performed(name: string, work: unknown, rest: unknown[]): Promise<unknown> {
    if (isFunction(work)) return performer.step(name, work, rest[0]);
    const definition = definitionOf(work);
    if (definition !== undefined) {
      return performer.child(name, () => performer.ports.childRun(definition, rest[0], rest[1]));
    }
    const problem = 'must be a function or a definition';
    throw troupeError('BAD_OPTION', { where: `step ${String(name)}`, field: 'work', problem });
  }
  return step;
}

const nothing = (): void => undefined;

const isFunction = (given: unknown): given is (context: StepContext) => unknown =>
  typeof given === 'function';
