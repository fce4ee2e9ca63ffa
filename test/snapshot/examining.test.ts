/** Large copies are examined by a process beside the team, small ones by the team itself. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { examined } from '../../src/journal/snapshots/examining.ts';
import { folder, worldOf } from './world.ts';

test('a process beside the team finds what the team finds', async () => {
  const { troupe, clerk } = await worldOf();
  await troupe.send(clerk, { type: 'letter', payload: 1 });
  const { path } = await troupe.snapshot(`${folder()}/a.db`);
  const both = async () => [await examined(path), await examined(path, { hereBytes: 0 })];
  expect(await both()).toEqual([undefined, undefined]);
  const db = new DatabaseSync(path);
  db.exec('DELETE FROM mail_records');
  db.close();
  expect(await both()).toEqual(['rows are missing from it', 'rows are missing from it']);
});
