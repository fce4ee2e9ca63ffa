/**
 * `npm run docs`: writes the page of the error codes, and the numbers of the table of faults.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ERROR_PAGE, errorPage } from './error-pages.ts';
import { FAULT_PAGE, numberedFaults } from './fault-table.ts';

mkdirSync(dirname(ERROR_PAGE), { recursive: true });
writeFileSync(ERROR_PAGE, errorPage());
writeFileSync(FAULT_PAGE, numberedFaults());
