/** The types of decisions: what `run.decide` takes, by what the run asks people for. */
import type { Decision, DecisionOn, GivenOf } from '../../protocol/index.ts';

/** Of the run of an approval: it asks itself. */
export interface OwnQuestion<Given> {
  readonly '~given': Given;
}

/**
 * What the runs of some work ask people for: by step, when it is a workflow whose steps are known;
 * unknown for other work, which may ask anything.
 */
export type AskedBy<W> = W extends { readonly kind: 'approval' }
  ? OwnQuestion<GivenOf<W>>
  : W extends { readonly kind: 'workflow'; readonly '~approvals'?: unknown }
    ? Exclude<W['~approvals'], undefined>
    : unknown;

/** What `run.decide` takes: a decision; before it the step that asks, or the path to it. */
export type DecideArguments<Asked> = unknown extends Asked
  ? [decision: Decision] | [step: string, decision: Decision]
  : Asked extends OwnQuestion<infer Given>
    ? [decision: DecisionOn<Given>]
    :
        | {
            [Name in keyof Asked & string]: [step: Name, decision: DecisionOn<Asked[Name]>];
          }[keyof Asked & string]
        | [path: `${string}/${string}`, decision: Decision];
