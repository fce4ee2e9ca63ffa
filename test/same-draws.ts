/**
 * What properties draw is the same in every run of the suite, unless `TROUPE_SEED` says otherwise:
 * a suite that was green stays so until the code changes.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.TROUPE_SEED ?? 20_261_120) });
