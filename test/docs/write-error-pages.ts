/**
 * `npm run docs`: writes the page of the error codes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ERROR_PAGE, errorPage } from './error-pages.ts';

mkdirSync(dirname(ERROR_PAGE), { recursive: true });
writeFileSync(ERROR_PAGE, errorPage());
