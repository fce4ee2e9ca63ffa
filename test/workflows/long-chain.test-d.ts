/**
 * Type test of a long chain: sixty steps, each waiting for several above it, all types inferred. It
 * is checked with every gate, so that a chain's types stay fast, options included.
 */
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import type { InputOf, OutputOf } from '../../src/protocol/index.ts';
import { defineWorkflow } from '../../src/workflows/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

const counter = defineBot({
  id: 'counter',
  input: z.object({ count: z.number(), notes: z.array(z.string()) }),
  work: ({ input }) => ({ count: input.count + 1, notes: input.notes, ok: true }),
});

/** Sixty steps: a bot, a function, a bot over two steps, and so on. */
const long = defineWorkflow({ id: 'long', input: z.object({ start: z.number() }) })
  .step('s0', ({ input }) => ({ count: input.start, notes: ['first'] }))
  .step('s1', counter, ({ s0 }) => s0, { retry: false, estimate: '3s' })
  .step('s2', ({ s1, input }) => ({ ...s1, count: s1.count + input.start }))
  .step('s3', counter, ({ s2, s1 }) => ({ count: s2.count + s1.count, notes: s2.notes }), {
    after: ['s2', 's1'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s4', counter, ({ s3 }) => s3, { retry: false, estimate: '3s' })
  .step('s5', ({ s4, input }) => ({ ...s4, count: s4.count + input.start }))
  .step('s6', counter, ({ s5, s3 }) => ({ count: s5.count + s3.count, notes: s5.notes }), {
    after: ['s5', 's3'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s7', counter, ({ s6 }) => s6, { retry: false, estimate: '3s' })
  .step('s8', ({ s7, input }) => ({ ...s7, count: s7.count + input.start }))
  .step('s9', counter, ({ s8, s4 }) => ({ count: s8.count + s4.count, notes: s8.notes }), {
    after: ['s8', 's4'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s10', counter, ({ s9 }) => s9, { retry: false, estimate: '3s' })
  .step('s11', ({ s10, input }) => ({ ...s10, count: s10.count + input.start }), {
    undo: ({ result, key }) => [result.count, key],
    timeout: '1m',
  })
  .step('s12', counter, ({ s11, s6 }) => ({ count: s11.count + s6.count, notes: s11.notes }), {
    after: ['s11', 's6'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s13', counter, ({ s12 }) => s12, { retry: false, estimate: '3s' })
  .step('s14', ({ s13, input }) => ({ ...s13, count: s13.count + input.start }))
  .step('s15', counter, ({ s14, s7 }) => ({ count: s14.count + s7.count, notes: s14.notes }), {
    after: ['s14', 's7'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s16', counter, ({ s15 }) => s15, { retry: false, estimate: '3s' })
  .step('s17', ({ s16, input }) => ({ ...s16, count: s16.count + input.start }))
  .step('s18', counter, ({ s17, s9 }) => ({ count: s17.count + s9.count, notes: s17.notes }), {
    after: ['s17', 's9'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s19', counter, ({ s18 }) => s18, { retry: false, estimate: '3s' })
  .step('s20', ({ s19, input }) => ({ ...s19, count: s19.count + input.start }))
  .step('s21', counter, ({ s20, s10 }) => ({ count: s20.count + s10.count, notes: s20.notes }), {
    after: ['s20', 's10'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s22', counter, ({ s21 }) => s21, { retry: false, estimate: '3s' })
  .step('s23', ({ s22, input }) => ({ ...s22, count: s22.count + input.start }), {
    undo: ({ result, key }) => [result.count, key],
    timeout: '1m',
  })
  .step('s24', counter, ({ s23, s12 }) => ({ count: s23.count + s12.count, notes: s23.notes }), {
    after: ['s23', 's12'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s25', counter, ({ s24 }) => s24, { retry: false, estimate: '3s' })
  .step('s26', ({ s25, input }) => ({ ...s25, count: s25.count + input.start }))
  .step('s27', counter, ({ s26, s13 }) => ({ count: s26.count + s13.count, notes: s26.notes }), {
    after: ['s26', 's13'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s28', counter, ({ s27 }) => s27, { retry: false, estimate: '3s' })
  .step('s29', ({ s28, input }) => ({ ...s28, count: s28.count + input.start }))
  .step('s30', counter, ({ s29, s15 }) => ({ count: s29.count + s15.count, notes: s29.notes }), {
    after: ['s29', 's15'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s31', counter, ({ s30 }) => s30, { retry: false, estimate: '3s' })
  .step('s32', ({ s31, input }) => ({ ...s31, count: s31.count + input.start }))
  .step('s33', counter, ({ s32, s16 }) => ({ count: s32.count + s16.count, notes: s32.notes }), {
    after: ['s32', 's16'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s34', counter, ({ s33 }) => s33, { retry: false, estimate: '3s' })
  .step('s35', ({ s34, input }) => ({ ...s34, count: s34.count + input.start }), {
    undo: ({ result, key }) => [result.count, key],
    timeout: '1m',
  })
  .step('s36', counter, ({ s35, s18 }) => ({ count: s35.count + s18.count, notes: s35.notes }), {
    after: ['s35', 's18'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s37', counter, ({ s36 }) => s36, { retry: false, estimate: '3s' })
  .step('s38', ({ s37, input }) => ({ ...s37, count: s37.count + input.start }))
  .step('s39', counter, ({ s38, s19 }) => ({ count: s38.count + s19.count, notes: s38.notes }), {
    after: ['s38', 's19'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s40', counter, ({ s39 }) => s39, { retry: false, estimate: '3s' })
  .step('s41', ({ s40, input }) => ({ ...s40, count: s40.count + input.start }))
  .step('s42', counter, ({ s41, s21 }) => ({ count: s41.count + s21.count, notes: s41.notes }), {
    after: ['s41', 's21'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s43', counter, ({ s42 }) => s42, { retry: false, estimate: '3s' })
  .step('s44', ({ s43, input }) => ({ ...s43, count: s43.count + input.start }))
  .step('s45', counter, ({ s44, s22 }) => ({ count: s44.count + s22.count, notes: s44.notes }), {
    after: ['s44', 's22'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s46', counter, ({ s45 }) => s45, { retry: false, estimate: '3s' })
  .step('s47', ({ s46, input }) => ({ ...s46, count: s46.count + input.start }), {
    undo: ({ result, key }) => [result.count, key],
    timeout: '1m',
  })
  .step('s48', counter, ({ s47, s24 }) => ({ count: s47.count + s24.count, notes: s47.notes }), {
    after: ['s47', 's24'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s49', counter, ({ s48 }) => s48, { retry: false, estimate: '3s' })
  .step('s50', ({ s49, input }) => ({ ...s49, count: s49.count + input.start }))
  .step('s51', counter, ({ s50, s25 }) => ({ count: s50.count + s25.count, notes: s50.notes }), {
    after: ['s50', 's25'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s52', counter, ({ s51 }) => s51, { retry: false, estimate: '3s' })
  .step('s53', ({ s52, input }) => ({ ...s52, count: s52.count + input.start }))
  .step('s54', counter, ({ s53, s27 }) => ({ count: s53.count + s27.count, notes: s53.notes }), {
    after: ['s53', 's27'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s55', counter, ({ s54 }) => s54, { retry: false, estimate: '3s' })
  .step('s56', ({ s55, input }) => ({ ...s55, count: s55.count + input.start }))
  .step('s57', counter, ({ s56, s28 }) => ({ count: s56.count + s28.count, notes: s56.notes }), {
    after: ['s56', 's28'],
    undo: ({ result }) => result.count,
    fallback: counter,
    cost: 2,
  })
  .step('s58', counter, ({ s57 }) => s57, { retry: false, estimate: '3s' })
  .step('s59', ({ s58, input }) => ({ ...s58, count: s58.count + input.start }), {
    undo: ({ result, key }) => [result.count, key],
    when: ({ s58, input }) => s58.ok && input.start > 0,
  });

export type Long = [
  Expect<Equal<InputOf<typeof long>, { start: number }>>,
  Expect<Equal<OutputOf<typeof long>, { count: number; notes: string[]; ok: boolean } | undefined>>,
];
