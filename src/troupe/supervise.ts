/** Supervising for a troupe: what supervisors ask of its definitions and runs. */
import type { Host } from '../engine/index.ts';
import { type Definition, troupeError } from '../protocol/index.ts';
import { checkChildOptions, checkInput, Run } from '../runs/index.ts';
import {
  definitionOfChild,
  type HandlePorts,
  specNow,
  supervisedRuns,
} from '../supervision/index.ts';
import type { Behaviours } from './behaviours.ts';
import type { TroupeCatalogue } from './catalogue/catalogue.ts';

/** What the handles of supervisors need. */
export function supervisionPorts(
  host: Host,
  catalogue: TroupeCatalogue,
  { supervisors, hands }: Pick<Behaviours, 'supervisors' | 'hands'>,
): HandlePorts {
  const checked = (work: Definition, input: unknown) => checkInput(work, input, host.limits);
  return {
    host,
    calls: supervisors.calls,
    workers: supervisedRuns(catalogue),
    checkWork: (work) => {
      catalogue.recipe(work);
      // A supervisor goes on in another process, which has registered definitions only.
      if (catalogue.exact(work.id, work.version) === work) return;
      throw troupeError('NOT_REGISTERED', { definition: work.id, known: catalogue.ids() });
    },
    checkInput: checked,
    specNow: (spec) => specNow(spec, catalogue),
    checkRunOptions: checkChildOptions,
    checkMember: (template, input) => {
      const { id, definition, input: own } = definitionOfChild(template, catalogue);
      if (definition === undefined) {
        throw troupeError('NOT_REGISTERED', { definition: id, known: catalogue.ids() });
      }
      return input === undefined && own !== undefined ? undefined : checked(definition, input);
    },
    runOf: (address) => new Run(host, address, hands),
  };
}
