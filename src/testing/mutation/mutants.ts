/**
 * Mutants: copies of a machine that differ from it in one place. If no check notices such a
 * difference, then either the checks overlook a mistake, or it makes none.
 */
import type { AnyStateMachine } from 'xstate';
import { type Edit, edited, fieldOf, gone } from './edits.ts';
import { type Hides, hiddenBy } from './effects.ts';
import { inversionsOf } from './inverted.ts';
import { sitesOf, type TransitionSite } from './sites.ts';

/** What is different in a mutant. */
export type MutantChange = 'transition deleted' | 'guard inverted' | 'action dropped';

/** A machine that differs from another in one place. */
export interface Mutant {
  /** In words: `without the transition #door.open on CLOSE[0]`. */
  readonly name: string;
  readonly change: MutantChange;
  /** `#door.open on CLOSE[0]`, `#door.open on CLOSE[0] if isFree`, `#door.open entry do note`. */
  readonly place: string;
  /** Place of the state or transition in which it differs. */
  readonly within: string;
  /** Of an action: whether nothing of what it does, or perhaps nothing, is seen in a snapshot. */
  readonly hides: Hides;
  readonly machine: AnyStateMachine;
}

/**
 * All mutants of a machine: each transition deleted (also those of `always`, `after`, `onDone`,
 * `onError`), each guard and each part of it inverted, each action dropped. They have the machine's
 * implementations; the machine stays as it is.
 */
export function mutantsOf(machine: AnyStateMachine): readonly Mutant[] {
  const { transitions, actions } = sitesOf(machine);
  return [
    ...transitions.map((site) => deletion(machine, site)),
    ...transitions.flatMap((site) => inversions(machine, site)),
    ...actions.map(({ place, within, action, path }): Mutant => {
      const name = `without the action ${place}`;
      const mutated = changed(machine, { path, change: () => gone });
      const hides = hiddenBy(machine, action);
      return { name, change: 'action dropped', place, within, hides, machine: mutated };
    }),
  ];
}

function deletion(machine: AnyStateMachine, { place, path }: TransitionSite): Mutant {
  const name = `without the transition ${place}`;
  const mutated = changed(machine, { path, change: () => gone });
  const same = { place, within: place, hides: 'nothing' } as const;
  return { name, change: 'transition deleted', ...same, machine: mutated };
}

function inversions(machine: AnyStateMachine, site: TransitionSite): readonly Mutant[] {
  const given = fieldOf(site.config, 'guard');
  if (given === undefined) return [];
  const path = [...site.path, 'guard'];
  return inversionsOf(site.place, given).map(({ place, text, guard }) => {
    const name = `with the guard ${text} of ${site.place} the other way round`;
    const mutated = changed(machine, { path, change: () => guard });
    const same = { place, within: site.place, hides: 'nothing' } as const;
    return { name, change: 'guard inverted', ...same, machine: mutated };
  });
}

/** A machine as its own kind makes one, which may be that of another copy of XState. */
function changed(machine: AnyStateMachine, edit: Edit): AnyStateMachine {
  const config = edited(machine.config, edit);
  return Reflect.construct(machine.constructor, [config, machine.implementations]);
}
