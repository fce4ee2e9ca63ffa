/** A workflow that asks three people at once, with different patience. */
import { z } from 'zod';
import { defineApproval, defineWorkflow } from '../../src/index.ts';

const Text = z.object({ text: z.string() });
const editor = defineApproval({ id: 'editor', input: Text, remindEvery: '4h', expiresIn: '2d' });
const lawyer = defineApproval({ id: 'lawyer', input: Text });

/** The workflow. */
export const flow = defineWorkflow({ id: 'flow', input: Text, concurrency: 1 })
  .step('write', ({ input }) => ({ text: `${input.text}!` }))
  .step('style', editor, ({ write }) => write, { after: ['write'] })
  .step('law', lawyer, ({ write }) => write, { after: ['write'] })
  .step('late', editor, ({ write }) => write, { after: ['write'], optional: true })
  .step('publish', ({ style, law }) => [style.by, law.by], { after: ['style', 'law', 'late'] });
