/**
 * The words of type tests.
 *
 * A type test is a file `*.test-d.ts`: the type checker reads it, nothing runs it. What must hold
 * stands in an exported list of `Expect<Equal<A, B>>`; what must not compile stands below a line
 * `// @ts-expect-error: why`, which itself is an error when the next line compiles.
 */

/** Whether two types are the same, `any`, `readonly` and optional fields told apart. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the statement is true. */
export type Expect<Statement extends true> = Statement;

/** Compiles only when the statement is false. */
export type ExpectNot<Statement extends false> = Statement;
