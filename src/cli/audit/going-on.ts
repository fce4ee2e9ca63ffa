/** The commands with which an audit goes on, as a shell takes them. */

/** A command that a shell understands. */
export function commandText(args: readonly string[]): string {
  const quoted = args.map((text) =>
    /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`,
  );
  return ['npx troupe audit', ...quoted].join(' ');
}

/** Arguments without a decision: a person says it once. */
export function undecided(args: readonly string[]): string[] {
  const isDecision = (text: string | undefined): boolean => /^--(approve|reject)$/.test(text ?? '');
  return args.filter(
    (text, index) => !/^--(approve|reject)(=|$)/.test(text) && !isDecision(args[index - 1]),
  );
}
