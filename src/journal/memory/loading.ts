/** Loads the content of a journal file into memory, within the bounds there. */
import { type MemoryBounds, MemoryState } from './state.ts';

/** A state that holds what the journal file at an absolute path holds, as far as bounds allow. */
export async function loadedState(path: string, bounds: MemoryBounds): Promise<MemoryState> {
  const { contentAt } = await import('../snapshots/index.ts');
  const { anchor, heads, batch } = contentAt(path);
  const state = new MemoryState(bounds);
  state.goOnFrom(anchor, heads);
  state.apply(batch);
  return state;
}
