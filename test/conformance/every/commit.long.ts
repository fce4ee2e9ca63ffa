/** Conformance with a crash at every commit in turn, and of thousands of drawn stories. */
process.env.TROUPE_LONG = 'yes';
await import('../conformance.test.ts');
