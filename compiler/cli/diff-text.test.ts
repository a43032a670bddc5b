import { expect, it } from "vitest";
import { sourcesOf } from "../../language/diagnostics/render/lines.ts";
import { compileFiles } from "../../test/golden/compile.ts";
import { diffTables } from "../analysis/diff/tables.ts";
import { diffText } from "./diff-text.ts";

/** What is printed of the tables of two versions of one module. */
function printed(old: string, now: string, all = false): readonly string[] {
  const [before, after] = [old, now].map((text) => `module acme\n\n${text}`);
  const tables = [before, after].map((text) => {
    const { value, diagnostics } = compileFiles(new Map([["acme.scp", text ?? ""]]));
    expect(diagnostics.filter((one) => one.level === "error")).toEqual([]);
    return value.tables;
  });
  const found = { tables: diffTables(tables[0] ?? [], tables[1] ?? []), declarations: [] };
  const [left, right] = [before, after].map((text) => sourcesOf(() => text));
  if (left === undefined || right === undefined) throw new Error("two versions");
  return diffText(found, left, right, { colour: false, all }).split("\n");
}

const sizes = Array.from({ length: 20 }, (_, index) => `s${index}`);
const many = (outcome: string): string =>
  `enum Size { ${sizes.join(" < ")} }\ntable t(size: Size, hot: Bool) -> Bool {\n  | _ | false -> false\n  | _ | true -> ${outcome}\n}`;

it("prints the first rows of many, and all where they are asked for", () => {
  const few = printed(many("true"), many("false"));
  expect(few[0]).toBe("table acme.t: relaxes 20 of 40 rows (acme.scp:4:7)");
  expect(few).toHaveLength(14);
  expect(few[1]).toBe("  relaxes size s0, hot true: true -> false (acme.scp:6:3 -> acme.scp:6:3)");
  expect(few.at(-1)).toBe("  relaxes 8 more rows: `--verbose` lists them");
  expect(printed(many("true"), many("false"), true)).toHaveLength(21);
});

it("says what only one of the two can be asked or can answer", () => {
  const old = "enum A { a, b }\nenum R { low < high }\ntable t(a: A, x: Bool) -> R { | a | _ -> low | b | _ -> high }";
  const now = "enum A { b, c }\nenum R { low < high < urgent }\ntable t(a: A, y: A) -> R { | b | _ -> urgent | c | _ -> low }";
  expect(printed(old, now)).toEqual([
    "table acme.t: tightens 4 of 4 rows (acme.scp:5:7)",
    "  new operand `y`: each row of before is compared with all of its own",
    "  operand `x` is gone: each row is compared with all that it stands for",
    "  `a` can be `c` now, which only one of the two decides",
    "  `a` cannot be `a` any more, which only one of the two decides",
    "  the result can be `urgent` now",
    "  tightens a b, y b, x false: high -> urgent (acme.scp:5:46 -> acme.scp:5:28)",
    "  tightens a b, y b, x true: high -> urgent (acme.scp:5:46 -> acme.scp:5:28)",
    "  tightens a b, y c, x false: high -> urgent (acme.scp:5:46 -> acme.scp:5:28)",
    "  tightens a b, y c, x true: high -> urgent (acme.scp:5:46 -> acme.scp:5:28)",
  ]);
});

it("says that a table of which only variants changed decides the rest as before", () => {
  const old = "enum A { a, b }\ntable t(a: A) -> Bool { | a -> true | b -> false }";
  const now = "enum A { a, b, c }\ntable t(a: A) -> Bool { | a -> true | _ -> false }";
  expect(printed(old, now)).toEqual([
    "table acme.t: decides 2 rows as before (acme.scp:4:7)",
    "  `a` can be `c` now, which only one of the two decides",
  ]);
});
