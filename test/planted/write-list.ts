/** `node test/planted/write-list.ts`: writes the list of the planted bugs. */
import { writeFileSync } from 'node:fs';
import { LIST, page } from './list.ts';

writeFileSync(LIST, page());
