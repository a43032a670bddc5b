/** Error productions and recovery: each mistake is reported once, with a fix where there is one, and its neighbours are read. */
import { expect, it } from "vitest";
import { parse } from "./parse.ts";
import { diagnosticsOf, fixed, said } from "./testing.ts";

/** A clause with a neighbour behind it, in a policy with a neighbour behind it. */
function inPolicy(clause: string): string {
  return `policy p for image {\n  ${clause}\n  require z\n}\nlet after = 1\n`;
}

const productions: readonly (readonly [string, string, string, string | undefined])[] = [
  ["a quantifier as an operand", "require a and some x in xs where x.y", "WB0120", "require a and (some x in xs where x.y)"],
  ["`not` before `every`", "require not every x in xs: x", "WB0120", "require not (every x in xs: x)"],
  ["`not not some`", "require not not some x in xs", "WB0120", "require not not (some x in xs)"],
  [
    "a quantifier in a `where`",
    "require some x in xs where some y in ys where y",
    "WB0120",
    "require some x in xs where (some y in ys where y)",
  ],
  ["a quantifier before `==`", "require some x in xs == 1", "WB0120", undefined],
  ["`otherwise` as an operand", "require f.epss otherwise 0.0 >= 0.1 and b", "WB0121", "require (f.epss otherwise 0.0) >= 0.1 and b"],
  ["`otherwise` after `and`", "require a and b otherwise c and d", "WB0121", "require a and (b otherwise c) and d"],
  ["`otherwise` twice", "require a otherwise b otherwise c", "WB0121", "require (a otherwise b) otherwise c"],
  ["`forbid x in xs where`", "forbid x in xs where x.y", "WB0122", "forbid some x in xs where x.y"],
  ["`require x not in xs where`", "require x not in xs where x.y", "WB0122", "require not some x in xs where x.y"],
  ["`where` after anything else", "require a where b", "WB0122", undefined],
  ["`every … satisfies`", "require every x in xs satisfies x.y", "WB0123", "require every x in xs: x.y"],
  ["`every … where … satisfies`", "require every x in xs where a satisfies x.y", "WB0123", "require every x in xs where a: x.y"],
  ["`no x in`", "forbid no x in xs where a", "WB0124", "forbid not some x in xs where a"],
  ["`any x in`", "require any x in xs where a", "WB0124", "require some x in xs where a"],
  ["`all x in`", "require all x in xs: x.y", "WB0124", "require every x in xs: x.y"],
  ["chained comparisons", "require a < b < c", "WB0128", "require a < b and b < c"],
  ["`=` for `==`", "require a = b", "WB0129", "require a == b"],
  ["a misspelt item word", "requre a", "WB0102", "require a"],
  ["an item word of another language", "assert a", "WB0102", "require a"],
  ["a misspelt operator", "require a adn b", "WB0101", "require a and b"],
  ["a reserved word as a name", "let type = 1", "WB0106", "let `type` = 1"],
  ["an unclosed template part", 'require a else "{b"', "WB0130", 'require a else "{{b"'],
  ["a template part that is no path", 'require a else "{b + c}"', "WB0131", undefined],
  ["a template part with a reserved word", 'require a else "{in}"', "WB0131", undefined],
  ["an empty template part", 'require a else "{}"', "WB0131", undefined],
  ["a stray brace in a template", 'require a else "b}"', "WB0132", 'require a else "b}}"'],
  ["a missing operand", "require", "WB0101", undefined],
  ["a missing parenthesis", "require (a", "WB0101", undefined],
  ["a missing comma", "require f(a b)", "WB0101", undefined],
];

it.each(productions)("reports %s once and reads the neighbours", (_, clause, code, repaired) => {
  const text = inPolicy(clause);
  const diagnostics = diagnosticsOf(text);
  expect(diagnostics.map((d) => d.code)).toEqual([code]);
  const { value } = parse({ path: "a.scp", text });
  expect(value.declarations.map((d) => d.kind)).toEqual(["policy", "let"]);
  const [policy] = value.declarations;
  expect(policy?.kind === "policy" ? policy.body.at(-1) : undefined).toMatchObject({ condition: { kind: "name", name: { text: "z" } } });
  if (repaired === undefined) return;
  expect(fixed(text)).toBe(inPolicy(repaired));
  expect(said(inPolicy(repaired))).toEqual([]);
});

it.each(productions)("has a message of its own for %s", (_, clause) => {
  const [first] = diagnosticsOf(inPolicy(clause));
  expect(first?.message).not.toMatch(/Expecting|token of type|-->|undefined/);
  expect(first?.message).toMatch(/^[`"a-z]/);
  expect(first?.message).not.toMatch(/\.$/);
});

it("says which words a misspelt one could have been", () => {
  expect(said("polcy p for image {\n  require a\n}\nlet x = 1")).toEqual(["1:1 WB0102 `polcy` does not begin a declaration"]);
  expect(diagnosticsOf("polcy p for image { }")[0]?.help).toBe("did you mean `policy`?");
  expect(diagnosticsOf("ruel p for image { }")[0]?.help).toBe("did you mean `policy`?");
  expect(diagnosticsOf("zzzzzzz p for image { }")[0]?.help).toMatch(/^a declaration begins with `input`, .* or `import`$/);
});

it("says that a body of `every` was forgotten where the next clause follows", () => {
  expect(said(inPolicy("require every x in xs\n  satisfies soc2.CC8_1"))).toEqual(["2:11 WB0133 `every` has no body"]);
});

it("moves a first `when` without a block to the header", () => {
  const text = 'policy p for image {\n  when image.namespace == "prod"\n  require a\n}\n';
  expect(said(text)).toEqual(["2:3 WB0125 `when` without a block guards nothing"]);
  expect(fixed(text)).toBe('policy p for image where image.namespace == "prod" {\n  \n  require a\n}\n');
});

it("offers no move of a `when` that is not first, or where the header has a `where`", () => {
  for (const text of [
    "policy p for image {\n  let a = 1\n  when a\n  require b\n}",
    "policy p for image where a {\n  when b\n  require c\n}",
  ]) {
    const [first, ...others] = diagnosticsOf(text);
    expect(first?.code).toBe("WB0125");
    expect(first?.fix).toBeUndefined();
    expect(others).toEqual([]);
  }
});

it("deletes commas before rule words of `runtime`", () => {
  const text = 'runtime r for w {\n  exec allow "/x",\n  default kill,\n  write forbid a else log,\n  guarantee prevented\n}\n';
  expect(said(text).map((s) => s.slice(0, 11))).toEqual(["2:18 WB0126", "3:15 WB0126", "4:26 WB0126"]);
  expect(said(fixed(text))).toEqual([]);
});

it.each([
  ["type T {\n  a: List<Int>= []\n  b: Int\n}\n", "type T {\n  a: List<Int> = []\n  b: Int\n}\n"],
  ["let a: Map<String, List<Int>>= {}\n", "let a: Map<String, List<Int>> = {}\n"],
  ["input a: Set<Int>= b\n", "input a: Set<Int> = b\n"],
  ["function f() -> List<Int>= []\n", "function f() -> List<Int> = []\n"],
])("splits `>=` after type arguments in %j", (text, repaired) => {
  expect(diagnosticsOf(text).map((d) => d.code)).toEqual(["WB0127"]);
  expect(fixed(text)).toBe(repaired);
  expect(said(repaired)).toEqual([]);
});

it("reports independent mistakes once each, in order", () => {
  const text = `module a

ruel x = 1
type T {
  a Int
  b: List<Int>= []
  predicate c by = true
}
policy p fro image {
  requre a
  forbid x in xs where x.y
  require (b
  require c && d
}
test "t" {
  expet deny
  given image { ref: }
  expect deny
}
table t(a: A) -> B {
  | x -> y
  | x >= y -> z
  | _ -> w
}
let last = 1
`;
  expect(said(text)).toEqual([
    "3:1 WB0102 `ruel` does not begin a declaration",
    "5:5 WB0101 expected `:`, found `Int`",
    "6:14 WB0127 `>=` is read as one symbol here",
    "7:20 WB0101 expected `false`, found `true`",
    "9:10 WB0101 expected `for`, found `fro`",
    "10:3 WB0102 `requre` does not begin a clause",
    "11:18 WB0122 `where` filters what `some` or `every` goes through, and there is neither",
    "13:3 WB0101 expected `)`, found `require`",
    "13:13 WB0115 `&&` is written `and`",
    "16:3 WB0102 `expet` does not begin a step of a test",
    "17:22 WB0101 expected an expression, found `}`",
    "22:7 WB0101 expected `|` or `->`, found `>=`",
  ]);
  expect(parse({ path: "a.scp", text }).value.declarations.map((d) => d.kind)).toEqual(["type", "test", "table", "let"]);
});

it.each([
  [
    "an unclosed policy",
    "policy p for image {\n  require a\n\npolicy q for image {\n  require b\n}",
    ["1:20 WB0107 `policy p` is not closed"],
    ["policy", "policy"],
  ],
  ["an unclosed type at the end", "type T {\n  a: Int\n", ["1:8 WB0107 `type T` is not closed"], ["type"]],
  [
    "an unclosed `when`",
    "policy p for image {\n  when a {\n  require b\n}\nlet x = 1",
    ["1:20 WB0107 `policy p` is not closed"],
    ["policy"],
  ],
  [
    "a brace too many",
    "policy p for image {\n  require a\n}\n}\nlet x = 1",
    ["4:1 WB0102 `}` does not begin a declaration"],
    ["policy", "let"],
  ],
  [
    "a vex table without `else`",
    "vex v for f in i {\n  when a then fixed\n}\nlet x = 1",
    ["3:1 WB0101 expected `when` or `else`, found `}`"],
    ["let"],
  ],
  [
    "a mistake in a header",
    "waive p.l on nothing until 2027-01-01\nlet x = 1",
    ["1:14 WB0101 expected an advisory id or a package URL, found `nothing`"],
    ["let"],
  ],
  ["a late import", "let x = 1\nimport a\nlet y = 2", ["2:1 WB0102 `import` does not begin a declaration"], ["let", "let"]],
  ["a trailing comma in an enum", "enum E { a, b, }\nlet x = 1", ["1:16 WB0101 expected a name, found `}`"], ["let"]],
  ["mixed separators in an enum", "enum E { a < b, c }\nlet x = 1", ["1:15 WB0101 expected `<` or `}`, found `,`"], ["let"]],
  ["a missing value at the end", "let x =", ["1:8 WB0101 expected an expression, found the end of the file"], []],
])("keeps the neighbours of %s", (_, text, messages, kinds) => {
  expect(said(text)).toEqual(messages);
  expect(parse({ path: "a.scp", text }).value.declarations.map((d) => d.kind)).toEqual(kinds);
});

it("does not warn of doc comments in what could not be read", () => {
  expect(said("policy p for image {\n  /// doc\n  requre a\n}").map((s) => s.slice(4, 10))).toEqual(["WB0102"]);
});

it.each([
  ["the next clause", "policy p for image {\n  let scan = attestation vuln.Scan\n  require a\n}", "`require`"],
  ["a name", "policy p for image {\n  let scan = attestation vuln.Scan release\n}", "`release`"],
  ["the end of the file", "let scan = attestation vuln.Scan", "the end of the file"],
  ["the record of a `given`", 'test "t" {\n  given attestation vuln.Scan { a: 1 }\n}', "`{`"],
])("asks who is believed behind an attestation that says nothing of it, before %s", (_, text, found) => {
  const [first] = parse({ path: "a.scp", text }).diagnostics;
  const end = text.indexOf("vuln.Scan") + "vuln.Scan".length;
  expect(first).toMatchObject({
    code: "WB0101",
    message: `expected \`by\` or \`claimed\`, found ${found}`,
    location: { start: end, end },
    help: "say who is believed: `by NAME`, or `claimed` for what nobody signed",
  });
});

it("knows a misspelt `by` from a missing one", () => {
  const [first] = parse({ path: "a.scp", text: "let x = attestation vuln.Scan claimd" }).diagnostics;
  expect(first).toMatchObject({ message: "expected `by` or `claimed`, found `claimd`", help: "did you mean `claimed`?" });
});
