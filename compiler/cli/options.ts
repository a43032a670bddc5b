/** Options of a call, as commander hands them on: by name, and of whatever type the option has. */
export type Options = Readonly<Record<string, unknown>>;

/** The value of an option that takes one. */
export function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** The values of an option that may be given several times. */
export function texts(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
