/** The formatter: what it prints, what it keeps, and when it refuses. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { formatSource } from "./format.ts";
import { parse, parseWithTokens } from "./parse.ts";
import { sameTree } from "./same-tree.ts";

function format(text: string): string | undefined {
  return formatSource({ path: "a.scp", text }).value;
}

/** The body of a policy, formatted, without its header and indentation. */
function inPolicy(text: string): string[] {
  const lines = (format(`policy p for image {\n${text}\n}`) ?? "").split("\n").slice(1, -2);
  return lines.map((l) => l.slice(2));
}

it("gives no text where there are syntax errors", () => {
  const { value, diagnostics } = formatSource({ path: "a.scp", text: "let x = = 1" });
  expect(value).toBeUndefined();
  expect(diagnostics.map((d) => d.code)).toEqual(["WB0101"]);
});

it.each(["tour.scp", "more.scp"])("formats %s so that it says the same, keeps its comments and is stable", (file) => {
  const text = readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8");
  const once = format(text) ?? "";
  expect(format(once)).toBe(once);
  const before = parseWithTokens({ path: file, text });
  const after = parseWithTokens({ path: file, text: once });
  expect(after.comments.map((c) => c.text)).toEqual(before.comments.map((c) => c.text));
  expect(sameTree(before.module, after.module)).toBe(true);
});

it("prints the tour as it is written, but for two lines that are too long or too far apart", () => {
  const text = readFileSync(new URL("fixtures/tour.scp", import.meta.url), "utf8");
  const printed = new Set((format(text) ?? "").split("\n"));
  expect(text.split("\n").filter((line) => !printed.has(line))).toEqual([
    '  repository: github("acme/shop", id: 48213077)      // numeric id: a renamed repository does not slip through',
    'runtime api for workload where (some c in workload.containers where c.image.repository == "ghcr.io/acme/api") {',
    "  syscalls allow  base, network_client, epoll          // named sets from waybill.syscalls",
  ]);
});

it("prints `not x in xs` as `x not in xs`", () => {
  expect(format("let a = not x in xs and not (y in ys) and not not z in zs")).toBe(
    "let a = x not in xs and not (y in ys) and not z not in zs\n",
  );
});

it("adds parentheses where `and` is under an `or` over several lines, and not on one", () => {
  expect(format("let a = b and c or d")).toBe("let a = b and c or d\n");
  const long = (letter: string): string => letter.repeat(40);
  expect(format(`let a = ${long("b")} and ${long("c")} or ${long("d")}`)).toBe(
    `let a = (${long("b")} and ${long("c")})\n    or ${long("d")}\n`,
  );
});

it("drops the commas of records and types at line ends and prints them on one line", () => {
  expect(format("let a = { b: 1 c: 2, }")).toBe("let a = { b: 1, c: 2 }\n");
  expect(format("let a = {\n b: 1, ccc: 2,\n}")).toBe("let a = {\n  b:   1\n  ccc: 2\n}\n");
  expect(format("type T { a: A, bb: B, predicate c, }")).toBe("type T {\n  a:  A\n  bb: B\n  predicate c\n}\n");
});

it("has a trailing comma in lists and arguments over several lines only", () => {
  const long = "x".repeat(60);
  expect(format(`let a = f(${long}, ${long},)`)).toBe(`let a = f(\n  ${long},\n  ${long},\n)\n`);
  expect(format("let a = f(b, c,) + [d,]")).toBe("let a = f(b, c) + [d]\n");
});

it("fills lists of words", () => {
  const words = Array.from({ length: 30 }, (_, i) => `"word${i}"`);
  const printed = format(`let a = [${words.join(",")}]`) ?? "";
  expect(printed.split("\n").every((l) => l.length <= 100)).toBe(true);
  expect(printed.split("\n")).toHaveLength(7);
});

it("aligns neighbours that stand on one line each, up to an empty line", () => {
  expect(inPolicy("let a = 1\nlet bcd = 2\n\nlet efghi = 3")).toEqual(["let a   = 1", "let bcd = 2", "", "let efghi = 3"]);
  expect(inPolicy("require a\nforbid b\n\nforbid c")).toEqual(["require a", "forbid  b", "", "forbid c"]);
  expect(inPolicy("require a\nforbid b on missing deny")).toEqual(["require a", "forbid b", "  on missing deny"]);
  expect(inPolicy("let a = 1 // one\n// two\nlet bc = 2")).toEqual(["let a  = 1   // one", "// two", "let bc = 2"]);
});

it("aligns the columns of tables and rules", () => {
  expect(format("table t(a: A, b: B) -> C { | x, y | _ -> z | _ | >= w -> true }")).toBe(
    "table t(a: A, b: B) -> C {\n  | x, y | _    -> z\n  | _    | >= w -> true\n}\n",
  );
  expect(format('runtime r for w { exec allow "a", b else log write forbid c else kill default notify }')).toBe(
    'runtime r for w {\n  exec    allow  "a", b else log\n  write   forbid c      else kill\n  default notify\n}\n',
  );
  expect(format('vex v for f in i { when a then fixed when bcd then affected("x") else fixed }')).toBe(
    'vex v for f in i {\n  when a   then fixed\n  when bcd then affected("x")\n  else fixed\n}\n',
  );
});

it("breaks a clause before `else`, and a quantifier before `where`", () => {
  const a = "a".repeat(50);
  const b = "b".repeat(50);
  expect(inPolicy(`require ${a} else "${b}"`)).toEqual([`require ${a}`, `  else "${b}"`]);
  expect(inPolicy(`forbid some x in ${a} where ${b} else "c"`)).toEqual([`forbid some x in ${a}`, `    where ${b}`, '  else "c"']);
});

it("keeps comments wherever they stand", () => {
  const text = `// top
module a // behind module

// over import
import b, // behind comma
  c

/// doc
// between
policy p for image { // behind brace
  // first
  require a // behind a
    // inside
    and b
  // before else
    else "c" // behind c

  // last

  // very last
}

let x = [ // behind bracket
  1, // one
  // before two
  2 // two
  // after two
]
let y = { // empty
}
let z = { a: 1, // a
  // b
  b: 2 // c
}
// end`;
  const printed = format(text) ?? "";
  expect(printed).toBe(`// top
module a   // behind module

// over import
import b,   // behind comma
  c

/// doc
// between
policy p for image {   // behind brace
  // first
  require a   // behind a
      // inside
      and b
    // before else
    else "c"   // behind c

  // last

  // very last
}

let x = [   // behind bracket
  1,        // one
  // before two
  2   // two
  // after two
]
let y = {   // empty
}
let z = {
  a: 1   // a
  // b
  b: 2   // c
}
// end
`);
  expect(format(printed)).toBe(printed);
});

it("keeps at most one empty line between items, and puts one around blocks", () => {
  expect(format("let a = 1\n\n\n\nlet b = 2\nlet c = 3\npolicy p for i { }\nlet d = 4")).toBe(
    "let a = 1\n\nlet b = 2\nlet c = 3\n\npolicy p for i {}\n\nlet d = 4\n",
  );
});

it("writes LF, no byte-order mark, no blanks at line ends, and one line break at the end", () => {
  expect(format("\ufefflet a = 1  \r\n\r\n// c  \r\nlet b = 2")).toBe("let a = 1\n\n// c\nlet b = 2\n");
  expect(format("")).toBe("");
  expect(format("\n\n// c")).toBe("// c\n");
});

it("keeps literals as they were written", () => {
  const text = "let a = [\"\\u{41}\\t{b}\", 'c\\d', 0.10, 1 day, `for`.in, 2027-01-31T12:00Z]\n";
  expect(format(text)).toBe(text);
  expect(format("let a = 30 \t days")).toBe("let a = 30 days\n");
});

it("keeps a package URL apart from a dot or colon behind it", () => {
  expect(format("let a = every x in pkg:npm/x : pkg:npm/y .z")).toBe("let a = every x in pkg:npm/x : pkg:npm/y .z\n");
});

it("keeps a comma where a doc comment in front of it would otherwise move to the next field", () => {
  const printed = format("type T {\n  a: A /// not of b\n  , b: B\n}") ?? "";
  expect(parse({ path: "a.scp", text: printed }).value.declarations).toMatchObject([{ members: [{}, { name: { text: "b" } }] }]);
  expect(format(printed)).toBe(printed);
});

it("compares trees but for spans, parentheses and the place of `not`", () => {
  const tree = (text: string) => parse({ path: "a.scp", text }).value;
  expect(sameTree(tree("let a = not x in xs"), tree("let a =   (x not in (xs))"))).toBe(true);
  for (const other of [
    "let a = x in xs",
    "let b = x not in xs",
    "let a = x not in ys",
    "let a = not (x not in xs)",
    "/// d\nlet a = x not in xs",
    "",
  ]) {
    expect(sameTree(tree("let a = x not in xs"), tree(other))).toBe(false);
  }
  expect(sameTree(tree("let a = b and (c or d)"), tree("let a = b and c or d"))).toBe(false);
});
