/**
 * Family: a run that stands by itself with all below it. Addresses are paths, so a family is what
 * stands below the address of its root, and the handoffs of the runs in it.
 */

/** Whether an actor is the root of a family, going by its address and its parent. */
export const isRoot = ({ address, parent }: { address: string; parent: string }): boolean =>
  parent === '' && !address.startsWith('handoff/');

/** The address of the root of an actor's family. */
export function rootOf(address: string): string {
  const [zone, ...rest] = address.split('/');
  if (zone === 'run' || zone === 'handoff') return `run/${rest.slice(0, 2).join('/')}`;
  return zone === 'supervisor' ? `supervisor/${rest[0]}` : address;
}

/** Where the family of a root is but itself: texts from the first on, before the second. */
export function placesBelow(root: string): readonly (readonly [from: string, to: string])[] {
  const below = (above: string) => [`${above}/`, `${above}${afterSlash}`] as const;
  if (!root.startsWith('run/')) return [below(root)];
  // In the order of their texts.
  return [below(`handoff/${root.slice('run/'.length)}`), below(root)];
}

/** The character that comes after `/`. */
const afterSlash = '0';

/** What is recorded with the system of a dead letter that was dealt with. */
export const stepOfLetter = (letter: number): string => `~letter/${letter}`;
