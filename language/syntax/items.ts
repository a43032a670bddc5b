/** What may begin the items of each block: how recovery finds the next one, and how messages call them. */

export interface Items {
  /** `a clause`: completes "`x` does not begin …". */
  readonly place: string;
  readonly words: readonly string[];
  /** The words are ordinary names elsewhere, so they only count at the beginning of a line. */
  readonly contextual: boolean;
  /** A name and a colon begin one too. */
  readonly named?: boolean;
  /** They stand in no braces. */
  readonly topLevel?: boolean;
  /** What else could go on where an item has ended. */
  readonly or: string;
}

const operator = "an operator";

export const declarations: Items = {
  place: "a declaration",
  words: [
    "input",
    "type",
    "enum",
    "let",
    "function",
    "table",
    "trust",
    "policy",
    "exempt",
    "waive",
    "vex",
    "runtime",
    "triage",
    "control",
    "test",
  ],
  contextual: false,
  topLevel: true,
  or: operator,
};
export const imports: Items = { ...declarations, words: [...declarations.words, "import"] };
export const members: Items = { place: "a field", words: ["predicate"], named: true, contextual: true, or: "`,`" };
export const rows: Items = { place: "a row", words: ["|"], contextual: true, or: "`,`" };
export const clauses: Items = {
  place: "a clause",
  words: ["let", "when", "require", "forbid", "satisfies"],
  contextual: false,
  or: operator,
};
export const vexRows: Items = { place: "a row", words: ["when", "else"], contextual: false, or: operator };
export const runtimeRules: Items = {
  place: "a rule",
  words: ["syscalls", "exec", "write", "connect", "listen", "peers", "capabilities", "default", "guarantee"],
  contextual: true,
  or: "`,`",
};
export const triageItems: Items = { place: "a triage rule", words: ["let", "when"], contextual: false, or: operator };
export const obligations: Items = {
  place: "an obligation",
  words: ["ticket", "alert", "block", "embargo", "deadline"],
  contextual: true,
  or: operator,
};
export const controlItems: Items = {
  place: "an entry of a control",
  words: ["clauses", "evidence", "reviewed"],
  contextual: true,
  or: "`,`",
};
export const testItems: Items = { place: "a step of a test", words: ["with", "given", "expect"], contextual: false, or: operator };

/** Words of other policy languages, and what they are called here. */
export const elsewhere: Readonly<Record<string, string>> = {
  rule: "policy",
  def: "function",
  fn: "function",
  func: "function",
  const: "let",
  var: "let",
  val: "let",
  struct: "type",
  record: "type",
  class: "type",
  use: "import",
  using: "import",
  include: "import",
  param: "input",
  variable: "input",
  except: "waive",
  ignore: "waive",
  allowlist: "waive",
  package: "module",
  assert: "require",
  ensure: "require",
  check: "require",
  must: "require",
  validate: "require",
  deny: "forbid",
  reject: "forbid",
  disallow: "forbid",
  refuse: "forbid",
  if: "when",
  assume: "given",
};

/** Words that may go on after an operand. */
export const continuations = [
  "and",
  "or",
  "in",
  "is",
  "not",
  "glob",
  "matches",
  "otherwise",
  "else",
  "where",
  "on",
  "until",
  "because",
] as const;
