import type { Level } from "./diagnostic.ts";

/** One row: `P` are the parameters of its message. */
export interface Row<P> {
  readonly level: Level;
  /** For lists and SARIF rules: a sentence fragment without parameters. */
  readonly title: string;
  readonly message: (parameters: P) => string;
}

/** Keeps the parameter type of each row while it is collected into a table. */
export function row<P>(level: Level, title: string, message: (parameters: P) => string): Row<P> {
  return { level, title, message };
}
