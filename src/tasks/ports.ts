/** What running work needs of the floors around it; the composition passes it in. */
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type {
  ChildOptions,
  Definition,
  Message,
  Schema,
  TaskSpec,
  WorkContext,
} from '../protocol/index.ts';

/** The code behind a task. */
export interface Work {
  /** Parses the caller's input; absent when there is nothing to parse. */
  readonly input?: Schema | undefined;
  readonly output?: Schema | undefined;
  readonly run: (context: WorkContext) => unknown;
}

/** What running work needs. */
export interface WorkPorts {
  readonly host: Host;
  /** The code of a task; undefined when its definition is not there. */
  readonly workOf: (spec: TaskSpec) => Work | undefined;
  /** Stages a child run under the given parent, or finds the one that exists. */
  readonly stageChild: (
    stage: Stage,
    parent: Cell,
    step: string,
    work: Definition,
    input: unknown,
    options: ChildOptions,
  ) => { readonly cell: Cell; readonly isNew: boolean };
  /** Checks what `stageChild` will start. @throws what can be wrong with it. */
  readonly checkChild: (work: Definition, input: unknown, options: ChildOptions) => void;
  /** Stages a message; the result is what refused it, if anything did. */
  readonly stageMessage: (stage: Stage, from: Cell, to: unknown, message: Message) => unknown;
}
