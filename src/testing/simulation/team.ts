/** A team as it is simulated: its definitions, what stands in for their code, and the scenario. */
import type { AnyStateMachine } from 'xstate';
import type { Definition } from '../../protocol/index.ts';
import type { Troupe, TroupeOptions } from '../../troupe/index.ts';
import type { OracleOf } from '../oracles/oracle.ts';
import type { View } from '../view/view.ts';
import type { Stub } from './stub.ts';

/** What a person is asked, for who answers in `people`. */
export interface Asked {
  /** Id of the approval's definition. */
  readonly definition: string;
  readonly runId: string;
  readonly payload: unknown;
  /** A number from 0 up to, not including, 1: drawn from the seed. */
  readonly chance: number;
}

/** What a person says: a decision, or nothing for now. */
export type Says = { readonly approve: boolean; readonly answer?: unknown } | undefined;

/** A team to be simulated. */
export interface SimulatedTeam {
  readonly definitions: readonly (Definition | AnyStateMachine)[];
  /** What stands in for code; code without a stub runs as it is. */
  readonly stubs?: readonly Stub[] | undefined;
  /** By the id of an approval: what people say to it. Without one the script says it. */
  readonly people?: Readonly<Record<string, (asked: Asked) => Says>> | undefined;
  /** Options of the troupe, such as `supervision`, `limits` and `retention`. */
  readonly options?:
    | Pick<TroupeOptions, 'name' | 'supervision' | 'limits' | 'retention'>
    | undefined;
}

/** What the world does to the team, and what must hold. */
export interface Play extends SimulatedTeam {
  /**
   * What clients do. After a crash it runs again from the top, like a client that starts again:
   * calls that were acknowledged are answered as before and not made again.
   */
  readonly scenario: (troupe: Troupe, given: never) => unknown;
  /** Must hold after every commit. */
  readonly always?: Readonly<Record<string, (view: View) => boolean>> | undefined;
  /** Must hold once faults have ended and all rests. */
  readonly eventually?: Readonly<Record<string, (view: View) => boolean>> | undefined;
  /** Laws beside the stock ones. */
  readonly oracles?: readonly OracleOf[] | undefined;
}
