import { expect, it } from "vitest";
import { parse } from "./parse.ts";
import { printExpr, printTemplate, quoted } from "./print.ts";
import { declarationOf, exprOf, plain } from "./testing.ts";
import type { Expr } from "./tree.ts";

it.each([
  "a or b and not c == d + e.f(g, h: i)[0]",
  "(a otherwise b) and c",
  "every x in xs where a: b otherwise c",
  "not some x in xs where y",
  "count(x in xs where y) > count(zs)",
  '{ a: 1, "b c": [2, 0.5], `for`: {} }',
  "a is not b by c.d or e is f by claimed",
  "a not in b and c glob \"d*\" and e matches '\\d'",
  "newest attestation s.P by t about a.b",
  "attestations s.P claimed",
  'pkg:npm/x versions "<7"',
  "every v in pkg:npm/x : known(v) and -a - -1 < 3 days",
  "CVE-2024-21538 == 2027-01-31",
  "`in`.in",
  '"\\u{202E}\\n\\"\\\\"',
])("prints %s as it was written", (text) => {
  expect(printExpr(exprOf(text))).toBe(text);
});

const node = (text: string): Expr => exprOf(text);
const span = { start: 0, end: 0 };

/** Trees that no parser made: what mutation and explanations build. */
const built: readonly (readonly [Expr, string])[] = [
  [{ kind: "binary", op: "and", left: node("a or b"), right: node("c and d"), span }, "(a or b) and (c and d)"],
  [{ kind: "binary", op: "-", left: node("a - b"), right: node("c - d"), span }, "a - b - (c - d)"],
  [{ kind: "binary", op: "==", left: node("a == b"), right: node("not c"), span }, "(a == b) == (not c)"],
  [{ kind: "not", inner: node("every x in xs: y"), span }, "not (every x in xs: y)"],
  [{ kind: "not", inner: node("a or b"), span }, "not (a or b)"],
  [{ kind: "otherwise", value: node("a otherwise b"), fallback: node("c and d"), span }, "(a otherwise b) otherwise (c and d)"],
  [{ kind: "field", target: node("pkg:npm/x"), name: { text: "y", span }, span }, "(pkg:npm/x).y"],
  [{ kind: "field", target: node("-a"), name: { text: "y", span }, span }, "(-a).y"],
  [{ kind: "negate", inner: node("-a"), span }, "-(-a)"],
  [
    { kind: "some", negated: false, variable: { text: "x", span }, collection: node("a in b"), where: node("some y in ys"), span },
    "some x in (a in b) where (some y in ys)",
  ],
  [{ kind: "string", value: "it's", raw: true, span }, '"it\'s"'],
];

it.each(built)("adds the parentheses that a built tree needs: %#", (expr, text) => {
  expect(printExpr(expr)).toBe(text);
  expect(plain(exprOf(text))).not.toMatchObject({ kind: "error" });
});

it("prints templates with their braces and paths", () => {
  const policy = declarationOf('policy p for i { require a else "{{x}} {b.type} \\u{202E}\\n" }');
  const clause = policy.kind === "policy" ? policy.body[0] : undefined;
  const template = clause?.kind === "clause" ? clause.outcome?.message : undefined;
  expect(template && printTemplate(template)).toBe('"{{x}} {b.type} \\u{202E}\\n"');
});

it("quotes any text so that it is read back", () => {
  for (const text of ["", 'a"b\\c\nd\te\r\u0000\u202e', "😀 ö", "\u2028"]) {
    const { value, diagnostics } = parse({ path: "a.scp", text: `let x = ${quoted(text)}` });
    expect(diagnostics).toEqual([]);
    expect(value.declarations).toMatchObject([{ value: { value: text } }]);
  }
});
