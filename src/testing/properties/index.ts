/** Properties: a team played through many scripts, and the shortest story in which a law breaks. */
export {
  type Given,
  type Givens,
  type PropertyOptions,
  type PropertyProgress,
  usualFaults,
} from './options.ts';
export { property, replay } from './property.ts';
export type { PropertyResult } from './result.ts';
