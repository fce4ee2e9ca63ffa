/** What `always` and `eventually` see. */
export type {
  CompletedStep,
  CompletedSteps,
  QuestionView,
  RunView,
  View,
} from './view.ts';
export { viewOf } from './view-of.ts';
