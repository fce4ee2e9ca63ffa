/**
 * Names: the `systemId`s of a tree of machines, which are kept with its root.
 *
 * An actor that ends gives its name back, and so do at once all below it, though they may still
 * take what was sent to them. A restart gives the children that live again their names.
 */
import {
  type Cell,
  type Child,
  type Hosted,
  type InnerRef,
  isRootSpec,
} from '../../actor/index.ts';
import { type Address, asAddress, childAddress } from '../../protocol/index.ts';
import type { Hosting } from '../hosted/index.ts';
import type { HostedStage } from './hosted-stage.ts';

type Names = Hosted['systemIds'];

/** Sets all names of the tree that an actor belongs to. */
export function rename(stage: HostedStage, hosted: Hosted, names: Names): void {
  const root = isRootSpec(hosted.spec) ? undefined : stage.find(asAddress(hosted.spec.root));
  const holder = root?.hosted ?? hosted;
  holder.systemIds = names;
  if (root !== undefined) stage.touch(root);
}

/** An actor that ended gives its name back, and those of all below it. */
export function freeNames(stage: HostedStage, cell: Cell, root: Address): void {
  const names = stage.find(root)?.hosted?.systemIds;
  if (names === undefined || names.size === 0 || cell.hosted === undefined) return;
  const { address, identity } = cell;
  const kept = [...names].filter(([, ref]) => {
    if (ref.address === address) return ref.generation !== identity.generation;
    return !ref.address.startsWith(`${address}/`);
  });
  if (kept.length < names.size) rename(stage, cell.hosted, new Map(kept));
}

/** A root starts anew: these of its children have names, nobody else in its tree. */
export function nameAgain(hosting: Hosting, root: Hosted, children: readonly Child[]): void {
  const names = children.flatMap((child): [string, InnerRef][] =>
    child.systemId === undefined ? [] : [[child.systemId, refTo(hosting, root, child)]],
  );
  root.systemIds = new Map(names);
}

/** A child of a root is about to live again, under its name. */
export function nameChild(hosting: Hosting, root: Hosted, child: Child): void {
  if (child.systemId === undefined) return;
  const names = new Map(root.systemIds);
  root.systemIds = names.set(child.systemId, refTo(hosting, root, child));
}

const refTo = (hosting: Hosting, { self }: Hosted, { id, entry }: Child): InnerRef =>
  hosting.refOf(childAddress(self.address, id), id, entry);
