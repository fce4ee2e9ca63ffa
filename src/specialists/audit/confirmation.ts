/**
 * The confirmation: a person approves the plan of an audit before its long work begins. What is
 * shown is the plan in figures, with a hash of the files that it is about.
 */
import { hash } from 'node:crypto';
import { defineApproval } from '../../index.ts';
import type { Survey } from '../analysers/index.ts';
import { AuditPlan } from './orders.ts';
import type { Plan } from './plan.ts';

/** The name of the lead's step that waits for a person. */
export const confirmStep = 'confirm';

/** The question; it waits for as long as it takes. */
export const confirmation = defineApproval({
  id: 'audit-plan',
  description: 'Approves what an audit is going to do.',
  input: AuditPlan,
});

/** The plan in figures. Pure: the same survey gives the same figures. */
export function auditPlanOf(plan: Plan, { files, kinds, skipped }: Survey): AuditPlan {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const sources = files.map(({ file, sha256 }) => `${sha256} ${file}\n`).join('');
  return {
    path: plan.root,
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes)),
    code: sum(files.map(({ lines }) => lines.code)),
    kinds: kinds
      .filter(({ audited }) => audited)
      .map(({ kind, files: count }) => ({ kind, files: count }))
      .sort((a, b) => b.files - a.files || (a.kind < b.kind ? -1 : 1)),
    skipped: skipped.length,
    chunks: plan.chunks.length,
    steps: plan.units.length,
    workMs: Math.ceil(sum(plan.units.map(({ estimateMs }) => estimateMs))),
    sources: hash('sha256', sources, 'hex'),
  };
}
