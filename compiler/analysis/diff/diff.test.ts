import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFiles } from "../../../test/golden/compile.ts";
import { diffDeclarations } from "./declarations.ts";
import { diffTables, type RowChange, type TableChange } from "./tables.ts";

function compiled(text: string) {
  const result = compileFiles(new Map([["acme.scp", `module acme\n${text}`]]));
  expect(result.diagnostics.filter((one) => one.level === "error").map((one) => one.message)).toEqual([]);
  return {
    tables: result.value.tables.filter((table) => table.at.path === "acme.scp"),
    modules: result.modules.filter((m) => m.source.path === "acme.scp"),
  };
}

const tables = (old: string, now: string): readonly TableChange[] => diffTables(compiled(old).tables, compiled(now).tables);
const rows = (list: readonly RowChange[]): readonly string[] =>
  list.map(({ operands, old, new: is }) => `${operands.map(([name, variant]) => `${name} ${variant}`).join(", ")}: ${old} -> ${is}`);

const enums = `
enum Size { small < medium < large }
enum Level { low < high < urgent }
`;
const table = (body: string, head = "t(size: Size, hot: Bool) -> Level"): string => `${enums}table ${head} {${body}}`;
const usual = table("| large | true -> urgent | >= medium | _ -> high | _ | _ -> low");

describe("a table is the same", () => {
  it.each([
    [
      "with its rows split and moved",
      table("| small | _ -> low | medium, large | false -> high | medium | true -> high | _ | _ -> urgent"),
    ],
    [
      "with another name for an operand",
      table("| large | true -> urgent | >= medium | _ -> high | _ | _ -> low", "t(extent: Size, hot: Bool) -> Level"),
    ],
    [
      "with its operands in another order",
      table("| true | large -> urgent | _ | >= medium -> high | _ | _ -> low", "t(hot: Bool, size: Size) -> Level"),
    ],
  ])("%s", (_name, now) => {
    expect(tables(usual, now)).toEqual([]);
  });
});

it("compares operands of one type by their place, because calls that were left alone give them by place", () => {
  const both = (head: string, row: string): string => table(`${row} | _ | _ -> low`, `t(${head}) -> Level`);
  const old = both("a: Size, b: Size", "| large | _ -> urgent");
  const [change] = tables(old, both("b: Size, a: Size", "| _ | large -> urgent"));
  expect(rows(change?.relaxed ?? [])).toEqual(["b large, a small: urgent -> low", "b large, a medium: urgent -> low"]);
  expect(tables(old, both("b: Size, a: Size", "| large | _ -> urgent"))).toEqual([]);
  const more = both("b: Size, a: Size", "| _ | large -> urgent").replace("medium < large", "medium < large < huge");
  expect(tables(old, more)[0]?.relaxed).toHaveLength(2);
});

it("lists what is relaxed and what is tightened, with the rows that decide", () => {
  const now = table("| large | _ -> urgent | medium | false -> low | >= medium | _ -> high | _ | _ -> low");
  const [change] = tables(usual, now);
  expect(change).toMatchObject({ table: "acme.t", change: "changed", rows: 6, changed: [], variants: [] });
  expect(rows(change?.relaxed ?? [])).toEqual(["size medium, hot false: high -> low"]);
  expect(rows(change?.tightened ?? [])).toEqual(["size large, hot false: high -> urgent"]);
  const [relaxed] = change?.relaxed ?? [];
  const text = `module acme\n${now}`;
  expect(text.slice(relaxed?.newAt.start, relaxed?.newAt.end)).toBe("| medium | false -> low");
});

it("knows no direction without an order of the results", () => {
  const colours = (row: string): string => `enum Colour { red, green }\ntable c(hot: Bool) -> Colour { ${row} }`;
  const [change] = tables(colours("| true -> red | _ -> green"), colours("| _ -> green"));
  expect(change).toMatchObject({ relaxed: [], tightened: [] });
  expect(rows(change?.changed ?? [])).toEqual(["hot true: red -> green"]);
});

it("knows no direction either where two orders contradict each other", () => {
  const turned = usual.replace("low < high < urgent", "urgent < high < low").replace("| large | true -> urgent", "| large | true -> low");
  const [change] = tables(usual, turned);
  expect(rows(change?.changed ?? [])).toEqual(["size large, hot true: urgent -> low"]);
});

it("compares a new result by the longer of the two orders", () => {
  const now = usual.replace("high < urgent", "high < higher < urgent").replace("| >= medium | _ -> high", "| >= medium | _ -> higher");
  const [change] = tables(usual, now);
  expect(change?.variants).toEqual([{ added: ["higher"], removed: [] }]);
  expect(change?.tightened).toHaveLength(3);
  expect(tables(now, usual)[0]?.relaxed).toHaveLength(3);
});

it("compares what both can be asked where a variant came or went", () => {
  const now = usual.replace("medium < large", "medium < large < huge");
  const [change] = tables(usual, now);
  expect(change).toMatchObject({
    rows: 6,
    relaxed: [],
    tightened: [],
    changed: [],
    variants: [{ operand: "size", added: ["huge"], removed: [] }],
  });
  expect(tables(now, usual)[0]?.variants).toEqual([{ operand: "size", added: [], removed: ["huge"] }]);
});

it("compares each row of before with all that a new operand splits it into", () => {
  const now = table(
    "| large | true | _ -> urgent | >= medium | _ | true -> high | _ | _ | _ -> low",
    "t(size: Size, hot: Bool, old: Bool) -> Level",
  );
  const [change] = tables(usual, now);
  expect(change).toMatchObject({ rows: 12, operands: { added: ["old"], removed: [] }, tightened: [] });
  expect(rows(change?.relaxed ?? [])).toEqual([
    "size medium, hot false, old false: high -> low",
    "size medium, hot true, old false: high -> low",
    "size large, hot false, old false: high -> low",
  ]);
  expect(tables(now, usual)[0]).toMatchObject({ rows: 12, operands: { added: [], removed: ["old"] } });
  expect(tables(now, usual)[0]?.tightened).toHaveLength(3);
});

it("names tables that are there once only, with nothing to compare", () => {
  expect(tables(enums, usual)).toMatchObject([{ table: "acme.t", change: "added", rows: 0 }]);
  expect(tables(usual, enums)).toMatchObject([{ table: "acme.t", change: "removed", rows: 0 }]);
});

it("of any two tables, lists exactly the combinations that they decide differently, and the other way round the opposite", () => {
  const outcome = fc.constantFrom("low", "high", "urgent");
  const body = fc.array(outcome, { minLength: 6, maxLength: 6 });
  const cells = ["small | false", "small | true", "medium | false", "medium | true", "large | false", "large | true"];
  const of = (outcomes: readonly string[]): string => table(cells.map((cell, index) => `| ${cell} -> ${outcomes[index]}`).join(" "));
  const rank = ["low", "high", "urgent"];
  fc.assert(
    fc.property(body, body, (a, b) => {
      const [change] = tables(of(a), of(b));
      const [back] = tables(of(b), of(a));
      const step = (index: number): number => rank.indexOf(b[index] ?? "") - rank.indexOf(a[index] ?? "");
      const count = (sign: number): number => a.filter((_, index) => Math.sign(step(index)) === sign).length;
      expect([change?.relaxed.length ?? 0, change?.tightened.length ?? 0, change?.changed.length ?? 0]).toEqual([count(-1), count(1), 0]);
      expect([back?.relaxed.length ?? 0, back?.tightened.length ?? 0]).toEqual([count(1), count(-1)]);
    }),
    { numRuns: 60 },
  );
});

const policy = (body: string): string => `policy p for package at firewall {\n${body}\n}`;
const changes = (old: string, now: string): readonly string[] =>
  diffDeclarations(compiled(old).modules, compiled(now).modules).map(({ what, name, change }) => `${what} ${name} ${change}`);

describe("declarations", () => {
  const old = policy('  require a: package.name != "evil"\n  forbid b: package.malicious');

  it("differ in nothing that is layout, comment, parentheses or a test", () => {
    const now = `${policy('  /// Said.\n  require a: (package.name != "evil") // so\n\n  forbid b: package.malicious')}
test "t" {
  given package { name: "x", malicious: false }
  expect allow
}`;
    expect(changes(old, now)).toEqual([]);
  });

  it("name clauses that were added, removed, changed or put under a guard", () => {
    expect(changes(old, policy('  require a: package.name != "worse"\n  forbid c: package.malicious'))).toEqual([
      "clause acme.p.a changed",
      "clause acme.p.c added",
      "clause acme.p.b removed",
    ]);
    expect(changes(old, policy('  require a: package.name != "evil"\n  when package.name != "x" { forbid b: package.malicious }'))).toEqual(
      ["clause acme.p.b changed"],
    );
  });

  it("name an import under whose name something else stands", () => {
    const by = (list: string): string => `${list}\n${policy("  forbid b: package.malicious")}`;
    const alike = "import waybill.pypi as registry";
    expect(changes(by(alike), by("import waybill.npm as registry"))).toEqual(["import acme.registry changed"]);
    expect(changes(by(alike), by(`${alike}, waybill.deadline`))).toEqual(["import acme.deadline added"]);
  });

  it("count clauses without a label one by one", () => {
    const two = policy("  forbid package.malicious\n  require known(package.version)");
    expect(changes(two, policy("  forbid package.malicious"))).toEqual(["unlabelled clause acme.p removed"]);
    expect(changes(two, policy("  require known(package.version)\n  forbid package.malicious"))).toEqual([]);
  });

  it("name waivers, exemptions, inputs and headers", () => {
    const waiver = `waive p.a where package.name == "x" until 2030-01-01 because "y" approved by "z"`;
    expect(changes(old, `${old}\n${waiver}`)).toEqual(["waiver p.a added"]);
    expect(changes(`${old}\n${waiver}`, `${old}\n${waiver.replace("2030", "2031")}`)).toEqual(["waiver p.a changed"]);
    expect(changes(old, `${old}\nexempt package where package.name == "x" because "y"`)).toEqual(["exemption acme.package added"]);
    expect(changes(`${old}\ninput n: Int = 1`, `${old}\ninput n: Int = 2`)).toEqual(["input acme.n changed"]);
    expect(changes(old, old.replace("at firewall", 'at firewall where package.name != "q"'))).toEqual(["policy acme.p changed"]);
  });
});
