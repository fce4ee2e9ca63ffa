/** Drawn stories of a journal file that is trimmed, opened again and read beside its owner. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Keep, openJournal, openReader, verifyJournal } from '../../src/journal/index.ts';
import { newFile } from '../journal/files.ts';
import { emptyModel, expectEqual, play, randomGroups, trimmed } from '../journal/model.ts';

test('property: a trimmed file verifies from its anchor on, after restarts too', async () => {
  await fc.assert(
    fc.asyncProperty(randomGroups, async (groups) => {
      const file = newFile();
      let journal = await openJournal(file, { durability: 'process' });
      let model = emptyModel;
      let kept: Keep = {};
      for (const { changes, reopens, keep } of groups) {
        const { after, written } = play(model, changes);
        journal.begin();
        journal.commit(written);
        model = after;
        kept = keep ?? kept;
        // One piece is enough here, and the end of the process may come after any.
        expect(journal.trim(kept)?.more).toBe(false);
        model = trimmed(model, kept);
        if (!reopens) continue;
        journal.close();
        journal = await openJournal(file, { durability: 'process' });
      }
      expectEqual(journal, model);
      const reader = await openReader(file);
      expect(reader.anchor()).toEqual(journal.anchor());
      reader.close();
      journal.close();
      const { ok, anchor, last, problems } = await verifyJournal(file);
      expect({ ok, anchor, last, problems }).toEqual({
        ...{ ok: true, anchor: model.cut, last: model.seq, problems: [] },
      });
    }),
    { numRuns: 12 },
  );
});
