/**
 * The catalogue: what runs need to know of definitions. The composition passes it in, because the
 * floors that know bots, tasks and workflows are above this one.
 */
import type { Definition, RetryPolicy, RunSpec } from '../protocol/index.ts';
import type { PeopleOptions, SupervisionOptions } from './options.ts';

/** What a run is when its options don't say otherwise; every definition fits. */
export interface RunDefaults {
  readonly retry: RetryPolicy;
  readonly timeoutMs?: number | undefined;
  readonly priority?: number | undefined;
  /** Of a machine. */
  readonly supervision?: SupervisionOptions | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** How a definition's run is made. */
export interface Recipe {
  /** The machine that decides: one of ours, or a user's own. */
  readonly kind: 'task' | 'workflow' | 'approval' | 'machine';
  /** Hash of what must not change under one version. */
  readonly structure: string;
  readonly defaults: RunDefaults;
  /** The machine's input, from what every run has and its options say. */
  readonly spec: (base: RunSpec, options: PeopleOptions) => RunSpec;
  /** Whether a run with this spec is of the same work; absent: its definition's id says so. */
  readonly fits?: ((spec: object) => boolean) | undefined;
}

/** Finds definitions and makes recipes of them. */
export interface Catalogue {
  /** The definition of this id and version. */
  exact(id: string, version: string): Definition | undefined;
  /** The definition that new runs of this id take. */
  latest(id: string): Definition | undefined;
  ids(): readonly string[];
  /** @throws TroupeError `NOT_REGISTERED` when the definition, or one it uses, is not there. */
  recipe(definition: Definition): Recipe;
}
