/** Every production of the grammar, and the shape of its tree. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse, parseWithTokens } from "./parse.ts";
import { declarationOf, exprOf, moduleOf, plain, said } from "./testing.ts";
import type { Declaration, Expr } from "./tree.ts";

/** An expression as nested lists, to see how it was grouped. */
function shape(expr: Expr): string {
  switch (expr.kind) {
    case "name":
      return expr.name.text;
    case "int":
      return String(expr.value);
    case "bool":
      return String(expr.value);
    case "string":
      return JSON.stringify(expr.value);
    case "decimal":
    case "date":
    case "advisory":
      return expr.text;
    case "duration":
      return `${expr.amount}${expr.unit}`;
    case "purl":
      return expr.versions ? `${expr.text}@${expr.versions.value}` : expr.text;
    case "binary":
      return `(${shape(expr.left)} ${expr.op} ${shape(expr.right)})`;
    case "not":
      return `(not ${shape(expr.inner)})`;
    case "negate":
      return `(- ${shape(expr.inner)})`;
    case "paren":
      return `<${shape(expr.inner)}>`;
    case "in":
      return `(${shape(expr.item)} ${expr.negated ? "not in" : "in"} ${shape(expr.collection)})`;
    case "is":
      return `(${shape(expr.value)} is${expr.negated ? " not" : ""} ${expr.predicate.text}${by(expr)})`;
    case "pattern":
      return `(${shape(expr.value)} ${expr.op} ${shape(expr.pattern)})`;
    case "field":
      return `${shape(expr.target)}.${expr.name.text}`;
    case "call":
      return `${shape(expr.callee)}(${expr.args.map((a) => (a.name ? `${a.name.text}: ` : "") + shape(a.value)).join(", ")})`;
    case "index":
      return `${shape(expr.target)}[${shape(expr.index)}]`;
    case "list":
      return `[${expr.items.map(shape).join(", ")}]`;
    case "record":
      return `{${expr.entries.map((e) => `${e.name.text}: ${shape(e.value)}`).join(", ")}}`;
    case "every":
      return `every ${expr.variable.text} in ${shape(expr.collection)}${where(expr.where)}: ${shape(expr.body)}`;
    case "some":
      return `${expr.negated ? "not " : ""}some ${expr.variable.text} in ${shape(expr.collection)}${where(expr.where)}`;
    case "count":
      return `count(${expr.variable ? `${expr.variable.text} in ` : ""}${shape(expr.collection)}${where(expr.where)})`;
    case "known":
    case "claimed":
    case "closed":
      return `${expr.kind}(${shape(expr.inner)})`;
    case "otherwise":
      return `(${shape(expr.value)} otherwise ${shape(expr.fallback)})`;
    case "attestation":
      return `${expr.quantity} ${expr.type.parts.map((p) => p.text).join(".")}${by({ by: expr.origin })}${expr.about ? ` about ${shape(expr.about)}` : ""}`;
    case "error":
      return "error";
  }
}
function where(expr: Expr | undefined): string {
  return expr ? ` where ${shape(expr)}` : "";
}
function by(node: Pick<Extract<Expr, { kind: "is" }>, "by">): string {
  if (node.by === undefined) return "";
  return node.by.kind === "by" ? ` by ${node.by.trust.parts.map((p) => p.text).join(".")}` : " claimed";
}

it.each([
  ["a or b and c or d", "((a or (b and c)) or d)"],
  ["not a and not not b", "((not a) and (not (not b)))"],
  ["not a == b", "(not (a == b))"],
  ["not x in xs", "(not (x in xs))"],
  ["x not in xs", "(x not in xs)"],
  ["a - b + c - -d", "(((a - b) + c) - (- d))"],
  ["a + b <= c.d", "((a + b) <= c.d)"],
  ["a.b.type(c, d: e,)[0].f", "a.b.type(c, d: e)[0].f"],
  ["f()", "f()"],
  ["[]", "[]"],
  ["[a, [b],]", "[a, [b]]"],
  ['{ a: 1, "b c": 2 d: { } }', "{a: 1, b c: 2, d: {}}"],
  ["(a otherwise b) and c", "(<(a otherwise b)> and c)"],
  ["a == b otherwise c + d", "((a == b) otherwise (c + d))"],
  ["every x in xs where a or b: c otherwise d", "every x in xs where (a or b): (c otherwise d)"],
  ["every x in xs: every y in ys: z", "every x in xs: every y in ys: z"],
  ["some x in xs + ys where a and b", "some x in (xs + ys) where (a and b)"],
  ["not some x in xs", "not some x in xs"],
  ["not (some x in xs)", "(not <some x in xs>)"],
  ["f(some x in xs, { a: every y in ys: z })", "f(some x in xs, {a: every y in ys: z})"],
  ["count(x in xs where x.y) > 3", "(count(x in xs where x.y) > 3)"],
  ["count(xs)", "count(xs)"],
  ["count(xs.ys + zs)", "count((xs.ys + zs))"],
  ["known(a) and claimed(b) == closed(c)", "(known(a) and (claimed(b) == closed(c)))"],
  ["a is b", "(a is b)"],
  ["a is not b by t.u and c is d by claimed", "((a is not b by t.u) and (c is d claimed))"],
  ['a glob "b*"', '(a glob "b*")'],
  ["a.b matches '\\d+'", '(a.b matches "\\\\d+")'],
  ["attestation s.P by t", "one s.P by t"],
  ["newest attestation s.P claimed about a.b", "newest s.P claimed about a.b"],
  ["attestations s.P by t.u about f(x)", "all s.P by t.u about f(x)"],
  ["a in attestations s.P by t", "(a in all s.P by t)"],
  ["- attestationX", "(- attestationX)"],
  ["0.10 + 7 + 30 days + 2027-01-31", "(((0.10 + 7) + 30day) + 2027-01-31)"],
  ["1 week", "1week"],
  ["123456789012345678901234567890", "123456789012345678901234567890"],
  ["[true, false, CVE-2024-21538, GHSA-abcd-1234-wxyz]", "[true, false, CVE-2024-21538, GHSA-abcd-1234-wxyz]"],
  ['pkg:npm/x versions "<7.0.5"', "pkg:npm/x@<7.0.5"],
  ['{ a: pkg:npm/x versions: "y" }', '{a: pkg:npm/x, versions: "y"}'],
  ['"a\\n\\t\\"\\\\\\u{1F600}"', JSON.stringify('a\n\t"\\😀')],
  ["'a\\n'", JSON.stringify("a\\n")],
  ["`for`.`in` + versions", "(for.in + versions)"],
  ["allow and deny", "(allow and deny)"],
])("groups %s", (text, expected) => {
  expect(shape(exprOf(text))).toBe(expected);
});

function kindsOf(text: string): string[] {
  return moduleOf(text).declarations.map((d) => d.kind);
}

/** The only declaration of `text`, as plain data without spans. */
function data(text: string): unknown {
  return plain(declarationOf(text));
}

const name = (text: string): unknown => ({ text });
const qname = (...parts: string[]): unknown => ({ parts: parts.map(name) });
const type = (...parts: string[]): unknown => ({ name: qname(...parts), args: [], optional: false });
const int = (value: bigint): unknown => ({ kind: "int", value });
const string = (value: string): unknown => ({ kind: "string", value, raw: false });
const ref = (text: string): unknown => ({ kind: "name", name: name(text) });

it("reads module and imports", () => {
  const module = moduleOf("/// What it is.\nmodule a.type\nimport b, c.d as e\nimport f\nlet x = 1");
  expect(plain({ name: module.name, doc: module.doc, imports: module.imports })).toEqual({
    name: qname("a", "type"),
    doc: "What it is.",
    imports: [{ module: qname("b") }, { module: qname("c", "d"), alias: name("e") }, { module: qname("f") }],
  });
  expect(moduleOf("").declarations).toEqual([]);
});

it("reads input, let and function", () => {
  expect(data("input a: Int = 3")).toEqual({ kind: "input", name: name("a"), type: type("Int"), default: int(3n) });
  expect(data("input a: b.C")).toEqual({ kind: "input", name: name("a"), type: type("b", "C") });
  expect(data("let a: Int = 1")).toEqual({ kind: "let", name: name("a"), type: type("Int"), value: int(1n) });
  expect(data("function f(a: A, b: B?) -> C = a")).toEqual({
    kind: "function",
    name: name("f"),
    parameters: [
      { name: name("a"), type: type("A") },
      { name: name("b"), type: { name: qname("B"), args: [], optional: true } },
    ],
    result: type("C"),
    body: ref("a"),
  });
  expect(kindsOf("function f() -> A = 1")).toEqual(["function"]);
});

it("reads types with their fields and predicates", () => {
  const text =
    "type T {\n /// doc\n a: A = 1 at [p, q] claimed, b: B at p\n predicate: C\n predicate d predicate e by = false predicate: D }";
  expect(data(text)).toEqual({
    kind: "type",
    name: name("T"),
    members: [
      { kind: "field", name: name("a"), type: type("A"), default: int(1n), points: [name("p"), name("q")], claimed: true, doc: "doc" },
      { kind: "field", name: name("b"), type: type("B"), points: [name("p")], claimed: false },
      { kind: "field", name: name("predicate"), type: type("C"), claimed: false },
      { kind: "predicate", name: name("d"), by: false, closed: false },
      { kind: "predicate", name: name("e"), by: true, closed: true },
      { kind: "field", name: name("predicate"), type: type("D"), claimed: false },
    ],
  });
});

it("reads type arguments", () => {
  expect(data("let x: Map<String, List<Verified<s.P, by a.b>>>? = y")).toMatchObject({
    type: {
      name: qname("Map"),
      optional: true,
      args: [
        { kind: "type", type: type("String") },
        { kind: "type", type: { args: [{ kind: "type", type: { args: [{ kind: "type" }, { kind: "by", trust: qname("a", "b") }] } }] } },
      ],
    },
  });
});

it("reads enums", () => {
  expect(data("enum E { a < b < c }")).toEqual({ kind: "enum", name: name("E"), variants: ["a", "b", "c"].map(name), ordered: true });
  expect(data("enum E { a, b }")).toMatchObject({ variants: [name("a"), name("b")], ordered: false });
  expect(data("enum E { a }")).toMatchObject({ variants: [name("a")], ordered: false });
});

it("reads tables", () => {
  expect(data("table t(a: A, b: B) -> C monotone { | _ | >= x -> true | y, z | <= false -> w }")).toEqual({
    kind: "table",
    name: name("t"),
    parameters: [
      { name: name("a"), type: type("A") },
      { name: name("b"), type: type("B") },
    ],
    result: type("C"),
    monotone: true,
    body: {
      kind: "rows",
      rows: [
        { cells: [{ kind: "any" }, { kind: "bound", op: ">=", label: name("x") }], outcome: name("true") },
        {
          cells: [
            { kind: "labels", labels: [name("y"), name("z")] },
            { kind: "bound", op: "<=", label: name("false") },
          ],
          outcome: name("w"),
        },
      ],
    },
  });
  expect(data('table t() -> C from "x.csv"')).toMatchObject({ monotone: false, body: { kind: "from", file: string("x.csv") } });
});

it("reads trust", () => {
  expect(data('trust a = keyless { issuer: "i" }')).toMatchObject({
    body: { kind: "identity", form: "keyless", record: { kind: "record" } },
  });
  expect(data("trust a = key { }")).toMatchObject({ body: { form: "key" } });
  expect(data("trust a = spiffe { }")).toMatchObject({ body: { form: "spiffe" } });
  expect(data("trust a = 2 of [b.c, d]")).toMatchObject({
    body: { kind: "quorum", threshold: 2n, members: [qname("b", "c"), qname("d")] },
  });
  expect(data("trust a = all of [b]")).toMatchObject({ body: { threshold: "all" } });
  expect(data("trust a = any of [b]")).toMatchObject({ body: { threshold: "any" } });
});

it("reads policies", () => {
  const text = `policy p for image at [admission, ci] where a {
    let x = 1
    when b { require c satisfies d.e, f }
    /// doc
    forbid l: g else deny "h {i.j}" on missing, conflict warn because "k" on transient deny
    require m else "n"
    require o else quarantine until p + 7 days
    require q else quarantine "r"
  }`;
  expect(data(text)).toEqual({
    kind: "policy",
    name: name("p"),
    subject: name("image"),
    points: [name("admission"), name("ci")],
    where: ref("a"),
    body: [
      { kind: "let", name: name("x"), value: int(1n) },
      {
        kind: "when",
        condition: ref("b"),
        body: [
          { kind: "clause", polarity: "require", condition: ref("c"), unknowns: [] },
          { kind: "satisfies", controls: [qname("d", "e"), qname("f")] },
        ],
      },
      {
        kind: "clause",
        polarity: "forbid",
        label: name("l"),
        doc: "doc",
        condition: ref("g"),
        outcome: {
          effect: { effect: "deny" },
          message: {
            parts: [
              { kind: "text", text: "h " },
              { kind: "path", path: [name("i"), name("j")] },
            ],
          },
        },
        unknowns: [
          { causes: [{ cause: "missing" }, { cause: "conflict" }], effect: { effect: "warn" }, because: string("k") },
          { causes: [{ cause: "transient" }], effect: { effect: "deny" } },
        ],
      },
      {
        kind: "clause",
        polarity: "require",
        condition: ref("m"),
        outcome: { message: { parts: [{ kind: "text", text: "n" }] } },
        unknowns: [],
      },
      {
        kind: "clause",
        polarity: "require",
        condition: ref("o"),
        outcome: {
          effect: {
            effect: "quarantine",
            until: { kind: "binary", op: "+", left: ref("p"), right: { kind: "duration", amount: 7n, unit: "day" } },
          },
        },
        unknowns: [],
      },
      {
        kind: "clause",
        polarity: "require",
        condition: ref("q"),
        outcome: { effect: { effect: "quarantine" }, message: { parts: [{ kind: "text", text: "r" }] } },
        unknowns: [],
      },
    ],
  });
  expect(data("policy p for image at ci { }")).toMatchObject({ points: [name("ci")], body: [] });
});

it("reads templates with their escapes and places", () => {
  const text = 'policy p for i { require a else "\\u{7B}{{x}} {b.type.`c`}" }';
  const policy = declarationOf(text);
  const clause = policy.kind === "policy" ? policy.body[0] : undefined;
  const parts = clause?.kind === "clause" ? (clause.outcome?.message?.parts ?? []) : [];
  expect(parts.map((part) => text.slice(part.span.start, part.span.end))).toEqual(["\\u{7B}{{x}} ", "{b.type.`c`}"]);
  expect(plain(parts)).toEqual([
    { kind: "text", text: "{{x} " },
    { kind: "path", path: [name("b"), name("type"), name("c")] },
  ]);
});

it("reads exempt and waive", () => {
  expect(data('exempt image where a until 2027-06-30 because "b"')).toEqual({
    kind: "exempt",
    subject: name("image"),
    where: ref("a"),
    until: { kind: "date", text: "2027-06-30" },
    because: string("b"),
  });
  expect(data('exempt image where a because "b"')).not.toHaveProperty("until");
  const tail = 'until 2027-01-31 because "b" approved by';
  const purl = { kind: "purl", text: "pkg:npm/x" };
  expect(data(`/// doc\nwaive p.l on CVE-2024-21538 in pkg:npm/x versions "<7" ${tail} "me" ticket "T"`)).toEqual({
    kind: "waive",
    doc: "doc",
    clause: qname("p", "l"),
    scope: { kind: "advisory", advisory: { kind: "advisory", text: "CVE-2024-21538" }, in: { ...purl, versions: string("<7") } },
    until: { kind: "date", text: "2027-01-31" },
    because: string("b"),
    approvedBy: { kind: "text", text: string("me") },
    ticket: string("T"),
  });
  expect(data(`waive p.l on CVE-2024-21538 ${tail} t.u`)).toMatchObject({
    scope: { kind: "advisory" },
    approvedBy: { kind: "trust", trust: qname("t", "u") },
  });
  expect(data(`waive p.l on pkg:npm/x ${tail} t`)).toMatchObject({ scope: { kind: "purl", purl } });
  expect(data(`waive p.l where a ${tail} t`)).toMatchObject({ scope: { kind: "where", condition: ref("a") } });
});

it("reads vex tables", () => {
  const text =
    'vex v for finding in image where a { when b then not_affected(c, "d {e}") when f then affected("g") when h then fixed else under_investigation }';
  expect(data(text)).toMatchObject({
    kind: "vex",
    name: name("v"),
    item: name("finding"),
    subject: name("image"),
    where: ref("a"),
    rows: [
      { condition: ref("b"), status: { kind: "not_affected", justification: name("c"), impact: { parts: [{}, { kind: "path" }] } } },
      { condition: ref("f"), status: { kind: "affected", action: { parts: [{ text: "g" }] } } },
      { condition: ref("h"), status: { kind: "fixed" } },
    ],
    otherwise: { kind: "under_investigation" },
  });
});

it("reads runtime rules", () => {
  const text =
    'runtime r for workload { connect allow "10.0.0.0/8" tcp 5432, udp 1..5, tcp, base else kill default notify guarantee write }';
  expect(data(text)).toEqual({
    kind: "runtime",
    name: name("r"),
    subject: name("workload"),
    rules: [
      {
        kind: "rule",
        dimension: "connect",
        polarity: "allow",
        items: [
          { kind: "string", value: string("10.0.0.0/8"), ports: { protocol: "tcp", from: 5432n, to: 5432n } },
          { kind: "ports", ports: { protocol: "udp", from: 1n, to: 5n } },
          { kind: "name", name: name("tcp") },
          { kind: "name", name: name("base") },
        ],
        action: "kill",
      },
      { kind: "default", action: "notify" },
      { kind: "guarantee", guarantee: name("write") },
    ],
  });
});

it("takes a rule word for an item where no rule follows", () => {
  expect(data("runtime r for w { syscalls allow write, guarantee guarantee x exec forbid default, exec default log }")).toMatchObject({
    rules: [
      { items: [{ name: name("write") }, { name: name("guarantee") }] },
      { kind: "guarantee", guarantee: name("x") },
      { items: [{ name: name("default") }, { name: name("exec") }] },
      { kind: "default" },
    ],
  });
});

it("reads triage", () => {
  const text =
    'triage t for report { let a = 1 when b { ticket jira "S" { c: 1 } alert slack "#d" block e while f embargo until g + 1 day deadline h by i } }';
  expect(data(text)).toMatchObject({
    kind: "triage",
    body: [
      { kind: "let" },
      {
        kind: "triage-when",
        condition: ref("b"),
        obligations: [
          { kind: "ticket", system: name("jira"), target: string("S"), record: { kind: "record" } },
          { kind: "alert", system: name("slack"), target: string("#d") },
          { kind: "block", target: ref("e"), while: ref("f") },
          { kind: "embargo", until: { kind: "binary", op: "+" } },
          { kind: "deadline", name: name("h"), by: ref("i") },
        ],
      },
    ],
  });
});

it("reads controls", () => {
  expect(data('control soc2.CC8_1 "title" { clauses a.b, c evidence s.P reviewed every 30 days }')).toEqual({
    kind: "control",
    name: qname("soc2", "CC8_1"),
    title: string("title"),
    items: [
      { kind: "clauses", clauses: [qname("a", "b"), qname("c")] },
      { kind: "evidence", types: [qname("s", "P")] },
      { kind: "reviewed", every: { kind: "duration", amount: 30n, unit: "day" } },
    ],
  });
});

it("reads tests", () => {
  const text = `test "t" {
    with clock = 2026-11-21T00:00Z
    given image { a: 1 } given image.b = 2 given c.d unknown transient
    given attestation s.P by r { e: 3 } given attestation s.P claimed { }
    given attestation s.P by r about "d" { }
    expect deny by p.q, r expect undecided missing, conflict expect fixed expect not_affected(x) expect quarantine
  }`;
  expect(data(text)).toMatchObject({
    kind: "test",
    title: string("t"),
    items: [
      { kind: "with", name: qname("clock"), value: { kind: "date", text: "2026-11-21T00:00Z" } },
      { kind: "given", name: qname("image"), value: { kind: "record", record: { entries: [{ name: name("a"), value: int(1n) }] } } },
      { kind: "given", name: qname("image", "b"), value: { kind: "value", value: int(2n) } },
      { kind: "given", name: qname("c", "d"), value: { kind: "unknown", cause: "transient" } },
      { kind: "given-attestation", type: qname("s", "P"), origin: { kind: "by", trust: qname("r") } },
      { kind: "given-attestation", origin: { kind: "claimed" } },
      { kind: "given-attestation", about: string("d"), record: { entries: [] } },
      { kind: "expect", expected: { kind: "effect", effect: { effect: "deny" } }, by: [qname("p", "q"), qname("r")] },
      { kind: "expect", expected: { kind: "undecided", causes: ["missing", "conflict"] }, by: [] },
      { kind: "expect", expected: { kind: "status", status: { kind: "fixed" } }, by: [] },
      { kind: "expect", expected: { kind: "status", status: { kind: "not_affected", justification: name("x") } }, by: [] },
      { kind: "expect", expected: { kind: "effect", effect: { effect: "quarantine" } }, by: [] },
    ],
  });
});

it.each(["tour.scp", "more.scp"])("reads %s without a diagnostic", (file) => {
  const text = readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8");
  expect(said(text)).toEqual([]);
});

it("covers all fifteen declarations with the two examples", () => {
  const kinds = ["tour.scp", "more.scp"].flatMap((file) => kindsOf(readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8")));
  const all: Record<Exclude<Declaration["kind"], "let">, true> = {
    input: true,
    type: true,
    enum: true,
    function: true,
    table: true,
    trust: true,
    policy: true,
    exempt: true,
    waive: true,
    vex: true,
    runtime: true,
    triage: true,
    control: true,
    test: true,
  };
  expect(new Set(kinds)).toEqual(new Set(Object.keys(all)));
});

it("attaches doc comments to declarations, fields and labelled clauses, and warns elsewhere", () => {
  const text = `/// one
///  two
///
/// three
let a = 1
policy p for i {
  /// of x
  let x = 1
  /// lost
  require b
  /// of l
  require l: b // not a doc
  /// at the end
}
let c = 2 /// behind
//// a line of slashes
let d = 3`;
  const { value, diagnostics } = parse({ path: "a.scp", text });
  const [a, p, , d] = value.declarations;
  expect(a).toMatchObject({ doc: "one\n two\n\nthree" });
  expect(p).toMatchObject({ body: [{ doc: "of x" }, { condition: { kind: "name" } }, { doc: "of l" }] });
  expect(d).toMatchObject({ doc: "behind" });
  expect(diagnostics.map((one) => `${one.level} ${text.slice(one.location?.start, one.location?.end)}`)).toEqual([
    "warning /// lost",
    "warning /// at the end",
  ]);
});

it("gives back every token and comment with its place", () => {
  const text = "let x = 1 // a\n/// b\nlet y = `for` // c";
  const { tokens, comments } = parseWithTokens({ path: "a.scp", text });
  for (const part of [...tokens, ...comments]) expect(text.slice(part.start, part.end)).toBe(part.text);
  expect(comments.map((c) => [c.text, c.doc])).toEqual([
    ["// a", false],
    ["/// b", true],
    ["// c", false],
  ]);
  expect(tokens.map((t) => t.text).join(" ")).toBe("let x = 1 let y = `for`");
});

it("gives every node a span within that of its parent", () => {
  const text = readFileSync(new URL("fixtures/tour.scp", import.meta.url), "utf8");
  let nodes = 0;
  const walk = (value: unknown, start: number, end: number): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, start, end);
    else if (typeof value === "object" && value !== null) {
      const { span, source: _, ...fields } = value as { span?: { start: number; end: number }; source?: unknown };
      const inner = span ?? { start, end };
      expect(inner.start).toBeGreaterThanOrEqual(start);
      expect(inner.end).toBeLessThanOrEqual(end);
      expect(inner.end).toBeGreaterThanOrEqual(inner.start);
      if (span) nodes++;
      for (const field of Object.values(fields)) walk(field, inner.start, inner.end);
    }
  };
  walk(moduleOf(text), 0, text.length);
  expect(nodes).toBeGreaterThan(500);
});
