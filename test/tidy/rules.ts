/**
 * All rules of the house, and how a rule is run against a repository.
 */
import type { Allowance } from './allowed.ts';
import { chartRules } from './rules/charts.ts';
import { commentRules } from './rules/comments.ts';
import { importRules } from './rules/imports.ts';
import { languageRules } from './rules/language.ts';
import { layoutRules } from './rules/layout.ts';
import { leftoverRules } from './rules/leftovers.ts';
import { purityRules } from './rules/purity.ts';
import type { Repository, Rule } from './source.ts';

/** Every rule, in the order in which they are reported. */
export const rules: readonly Rule[] = [
  ...layoutRules,
  ...importRules,
  ...purityRules,
  ...chartRules,
  ...languageRules,
  ...commentRules,
  ...leftoverRules,
];

/** What a rule objects to, one line each: where, what, the rule's number, what to do. */
export function objections(
  rule: Rule,
  repository: Repository,
  allowed: readonly Allowance[],
): readonly string[] {
  const free = new Set(allowed.filter((entry) => entry.rule === rule.name).map((e) => e.file));
  return findingsOf(rule, repository)
    .filter(({ path }) => !free.has(path))
    .map(({ path, line, what }) => `${path}:${line} ${what} [${rule.number}] ${rule.remedy}`);
}

/** Entries of the list that allow nothing, give no reason or name no rule. */
export function staleAllowances(
  repository: Repository,
  allowed: readonly Allowance[],
): readonly string[] {
  return allowed
    .filter(({ rule, file, reason }) => {
      const named = rules.find(({ name }) => name === rule);
      const findings = named === undefined ? [] : findingsOf(named, repository);
      return reason.length < 20 || !findings.some(({ path }) => path === file);
    })
    .map(({ rule, file }) => `${file} needs no allowance for ${rule}, or gives no reason`);
}

/** What was found in a repository: a rule looks at each once. */
const known = new WeakMap<Repository, Map<Rule, ReturnType<Rule['check']>>>();

function findingsOf(rule: Rule, repository: Repository): ReturnType<Rule['check']> {
  const ofRepository = known.get(repository) ?? new Map<Rule, ReturnType<Rule['check']>>();
  known.set(repository, ofRepository);
  const findings = ofRepository.get(rule) ?? rule.check(repository);
  ofRepository.set(rule, findings);
  return findings;
}
