import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../compile.ts";
import { Known } from "../core/data.ts";
import type { Program } from "../core/ir.ts";
import type { SourceFile } from "../syntax/tree.ts";
import { clauseCosts } from "./cost.ts";
import { someDigest } from "./given.ts";

const folder = new URL("../../policies/std/", import.meta.url);
const library = new Map<string, SourceFile>(
  readdirSync(folder).map((name) => [
    `waybill.${name.slice(0, -4)}`,
    { path: `std:${name}`, text: readFileSync(new URL(name, folder), "utf8") },
  ]),
);

function check(text: string, file?: (path: string) => string | undefined): ReturnType<typeof compile> {
  return compile({ deciding: [{ path: "shop.scp", text }], load: (name) => library.get(name), ...(file === undefined ? {} : { file }) });
}

/** The program of a text that has no error. */
function program(text: string): Program {
  const { value, diagnostics } = check(text);
  expect(diagnostics.filter((d) => d.level === "error").map((d) => `${d.code} ${d.message}`)).toEqual([]);
  return value;
}

function codes(text: string): readonly string[] {
  return check(text).diagnostics.map((d) => d.code);
}

const scan = `import waybill.vuln
policy p for image at ci {
  let scan = attestation vuln.Scan claimed
  forbid f: some f in scan.findings where f.kev else "{f.id}"
  require ours: image.registry == "ghcr.io"
  require not_kev: not some g in scan.findings where g.kev
}
`;

describe("names", () => {
  it("lets a bound name hide a module's, and a module's name hide a variant", () => {
    const { policies } = program(`module shop
enum Size { small < large }
let large = Size.small
policy p for image at ci { require count(x in [Size.large] where x == large) == 0 }`);
    const [clause] = policies[0]?.clauses ?? [];
    expect(JSON.stringify(clause?.condition)).toContain('"kind":"constant"');
  });

  it("reports one unknown name once, however often it is used", () => {
    expect(codes(`policy p for image at ci { require a: imag.tag == "1" require b: imag.tag == "2" }`)).toEqual(["WB0206"]);
  });

  it("says how long an advisory id is where one is too short to be one", () => {
    const { diagnostics } = check("module shop\npolicy p for finding { require a: finding.id != CVE-2024-1 }");
    expect(diagnostics.find((diagnostic) => diagnostic.code === "WB0206")?.help).toContain("four or more digits: `CVE-2024-0001`");
  });

  it("takes `x in xs` with an unbound `x` for a forgotten `some`", () => {
    const { diagnostics } = check("module shop\npolicy p for workload { forbid c in workload.containers }");
    expect(diagnostics.map((diagnostic) => [diagnostic.code, diagnostic.fix?.edits[0]?.text])).toEqual([["WB0206", "some "]]);
  });

  it("says nothing of names that a syntax error may have swallowed", () => {
    const { diagnostics } = check(`module shop
let limit = = 3
policy p for image at ci { require image.tag == limit }`);
    expect(diagnostics.map((d) => d.code.slice(0, 4))).toEqual(["WB01"]);
  });

  it("gives the subject's own module lowest priority", () => {
    const { diagnostics } = check("policy p for workflow at ci { forbid some j in workflow.jobs where j.reads(secrets.production) }");
    expect(diagnostics).toEqual([]);
  });

  it("calls a module without a name like its file", () => {
    expect(program('policy p for image at ci { require image.tag == "1" }').policies[0]?.name).toBe("shop.p");
  });
});

describe("core", () => {
  it("holds enum variants by index and defaults of fields in run-time form", () => {
    const { types } = program(`module shop
enum Size { small < large }
type Box { size: Size = large, items: List<String> = [], tags: Map<String, String> = {}, free: Bool = false, weight: Decimal = 1.5 }
type Shelf { best: Box = { size: small, items: ["a"] }, sizes: List<Size> = [small, large] }`);
    const box = types.get("shop.Box");
    const defaults = [...(box?.fields.values() ?? [])].map((field) => (field.mode.kind === "default" ? field.mode.value : undefined));
    expect(defaults).toEqual([1, [], {}, false, 1_500_000_000]);
    const shelf = [...(types.get("shop.Shelf")?.fields.values() ?? [])].map((field) =>
      field.mode.kind === "default" ? field.mode.value : undefined,
    );
    expect(shelf).toEqual([{ size: new Known(0), items: [new Known("a")] }, [0, 1]]);
  });

  it("reads parts of image references and purls as intrinsics", () => {
    const { policies } = program(`policy p for workload at ci { require every c in workload.containers: c.image.registry == "ghcr.io" }`);
    expect(JSON.stringify(policies[0]?.clauses[0]?.condition)).toContain('"name":"imageref.registry"');
  });

  it("keeps slots unique, and counts them", () => {
    const { policies, slots } = program(scan);
    const used = [
      ...JSON.stringify(
        policies.map((p) => [p.lets, p.clauses.map((c) => c.condition)]),
        (k, v) => (k === "type" || k === "recordType" || k === "field" ? undefined : v),
      ).matchAll(/"slot":(\d+)/g),
    ];
    expect(Math.max(...used.map((match) => Number(match[1])))).toBeLessThan(slots);
  });

  it("lists what a clause takes for granted", () => {
    const { policies } = program(`import waybill.sbom
policy p for image at ci {
  let bom = closed(attestation sbom.Bom claimed)
  forbid some c in bom.packages where known(c.license) and (c.version otherwise "0") == "0"
}`);
    expect(policies[0]?.clauses[0]?.assumptions.map((a) => `${a.kind}: ${a.text}`)).toEqual([
      "closed: closed(attestation sbom.Bom claimed)",
      "claimed: attestation sbom.Bom claimed",
      "not-known: known(c.license)",
      'otherwise: c.version otherwise "0"',
    ]);
  });

  it("does not list `known` where absence cannot help", () => {
    const { policies } = program("policy p for image at ci { require known(image.tag) }");
    expect(policies[0]?.clauses[0]?.assumptions).toEqual([]);
  });

  it("keeps the program of what is right beside what is wrong", () => {
    const { value } = check(`policy p for image at ci { require a: image.tag == 1 require b: image.tag == "1" }`);
    expect(value.policies[0]?.clauses.map((clause) => clause.label)).toEqual(["b"]);
  });
});

describe("waivers", () => {
  const waive = (scope: string, label = "f"): string =>
    `${scan}waive p.${label} ${scope} until 2027-01-31 because "b" approved by "a@b.example"`;

  it("are about the member of a clause over a collection, by advisory and purl", () => {
    const [waiver] = program(waive('on CVE-2024-21538 in pkg:npm/cross-spawn versions "<7.0.5"')).waivers;
    expect(waiver?.scope.kind).toBe("member");
    expect(waiver?.clause).toBe("shop.p.f");
    expect(waiver?.ends).toBe(Date.UTC(2027, 1, 1) * 1000);
  });

  it("are about the member if they name it, else about the subject", () => {
    expect(program(waive("where f.epss < 0.1")).waivers[0]?.scope.kind).toBe("member");
    expect(program(waive('where image.repository == "ghcr.io/acme/old"')).waivers[0]?.scope.kind).toBe("subject");
    expect(program(waive("where g.epss < 0.1", "not_kev")).waivers[0]?.scope.kind).toBe("member");
    expect(program(waive('where image.tag == "1"', "ours")).waivers[0]?.scope.kind).toBe("subject");
  });
});

describe("tests", () => {
  it("fill in an open digest and the parts of an image reference", () => {
    const { tests } = program(`${scan}test "t" {
  with clock = 2026-11-21
  given image { ref: "ghcr.io/acme/shop@sha256:*" }
  given vuln.findings unknown transient
  given attestation vuln.Scan claimed { findings: [{ id: CVE-2024-21538, kev: true, component: { name: "x" } }] }
  expect deny by p.f
}`);
    const [test] = tests;
    expect(test?.subject).toBe("image");
    const [given] = test?.given ?? [];
    const entries = given?.kind === "subject" && given.data.kind === "record" ? given.data.entries : [];
    const read = Object.fromEntries(
      entries.map(({ name, value }) => [name, value.kind === "expr" && value.value.kind === "literal" ? value.value.value : value]),
    );
    expect(read).toMatchObject({
      registry: "ghcr.io",
      path: "acme/shop",
      repository: "ghcr.io/acme/shop",
      digest: someDigest,
      name: "acme/shop",
    });
    expect(test?.given[1]).toMatchObject({ kind: "lookup-unknown", name: "waybill.vuln.findings", cause: "transient" });
    expect(test?.expectations[0]?.by).toEqual(["shop.p.f"]);
  });

  it("hold who vouches for a predicate as the keys of trust declarations", () => {
    const { tests } = program(`trust release = key { file: "a.pub" }
policy p for image at ci { require signed: image is signed by release }
test "t" { given image { ref: "ghcr.io/acme/shop@sha256:*", signed: release } expect allow by p.signed }`);
    expect(JSON.stringify(tests)).toContain('["shop.release"]');
  });
});

describe("trust", () => {
  it("takes a quorum for its members, and a member for the quorum, only where that is sound", () => {
    const text = (argument: string, parameter: string): string => `module shop
import waybill.slsa
trust a = key { file: "a.pub" }
trust b = key { file: "b.pub" }
trust either = any of [a, b]
trust both = all of [a, b]
function f(p: Verified<slsa.Provenance, by ${parameter}>) -> Bool = known(p.build.builder)
policy p for image at ci { let p = attestation slsa.Provenance by ${argument} require f(p) }`;
    expect(codes(text("a", "a"))).toEqual([]);
    expect(codes(text("a", "either"))).toEqual([]);
    expect(codes(text("both", "a"))).toEqual([]);
    expect(codes(text("either", "a"))).toEqual(["WB0402"]);
    expect(codes(text("a", "both"))).toEqual(["WB0402"]);
  });

  it("lets a claim filter nothing, not even a member out of a list", () => {
    expect(
      codes(`policy p for workload at ci { forbid some c in workload.containers where c.privileged and workload.labels["a"] == "b" }`),
    ).toContain("WB0401");
  });
});

describe("tables", () => {
  it("are lowered to every combination, last operand fastest", () => {
    const { tables } = program(`module shop
enum Risk { low < high }
enum Act { wait < go }
table t(risk: Risk, seen: Bool) -> Act monotone {
  | high | true -> go
  | _    | _    -> wait
}`);
    expect(tables[0]?.outcomes).toEqual([0, 0, 0, 1]);
    expect(tables[0]?.rows).toEqual([1, 1, 1, 0]);
  });

  const enums =
    "module shop\nenum Exploitation { none < poc < active }\nenum Answer { no < yes }\nenum Track { track < track_star < act }\n";
  const table = (file: string): string => `${enums}table t(automatable: Answer, exploitation: Exploitation) -> Track from "${file}"`;

  it("are read from CSV whose columns stand in another order", () => {
    const csv =
      'row,Exploitation v1.1.0,Automatable v2.0.0,"CISA Levels, short v1.1.0 (cisa)"\r\n0,none,no,track\r\n1,none,yes,track\r\n2,public poc,no,track\r\n3,public poc,yes,track*\r\n4,active,no,act\r\n5,active,yes,act\r\n';
    const { value, diagnostics } = check(table("cisa.csv"), () => csv);
    expect(diagnostics).toEqual([]);
    expect(value.tables[0]?.outcomes).toEqual([0, 0, 2, 0, 1, 2]);
  });

  it("are read from the JSON of SSVC's schema 2.0.0", () => {
    const point = (name: string, ...values: string[]): object => ({
      name,
      values: values.map((value) => ({ key: value.slice(0, 1).toUpperCase(), name: value })),
    });
    const json = {
      decision_points: {
        "ssvc:E:1.1.0": point("Exploitation", "none", "poc", "active"),
        "ssvc:A:2.0.0": point("Automatable", "no", "yes"),
        "x:T:1": point("Track", "track", "act"),
      },
      outcome: "x:T:1",
      mapping: ["N", "P", "A"].flatMap((e) =>
        ["N", "Y"].map((a) => ({ "ssvc:E:1.1.0": e, "ssvc:A:2.0.0": a, "x:T:1": e === "A" ? "A" : "T" })),
      ),
    };
    const { value, diagnostics } = check(table("cisa.json"), () => JSON.stringify(json));
    expect(diagnostics).toEqual([]);
    expect(value.tables[0]?.outcomes).toEqual([0, 0, 2, 0, 0, 2]);
  });
});

describe("bounds", () => {
  it("prints what a clause costs at most", () => {
    const costs = clauseCosts(program(scan));
    expect(costs.map(({ label, bound }) => [label, bound])).toEqual([
      ["f", 400_002],
      ["ours", 4],
      ["not_kev", 400_003],
    ]);
  });

  it("refuses functions that double their work again and again", () => {
    const doubling = Array.from(
      { length: 60 },
      (_, i) => `function f${i}(x: Int) -> Bool = ${i === 59 ? "x > 1" : `f${i + 1}(x) and f${i + 1}(x)`}`,
    );
    expect(codes(`module shop\n${doubling.join("\n")}\npolicy p for image at ci { require f0(3) }`)).toEqual(["WB0801"]);
  });

  it.each([
    [
      "functions",
      (n: number) =>
        Array.from({ length: n }, (_, i) => `function f${i}(x: Int) -> Bool = ${i === n - 1 ? "x > 1" : `f${i + 1}(x)`}`).join("\n"),
    ],
    ["lets", (n: number) => Array.from({ length: n }, (_, i) => `let a${i} = ${i === n - 1 ? "1" : `a${i + 1} + 1`}`).join("\n")],
    [
      "lets of a policy",
      (n: number) =>
        `policy p for image at ci {\nlet a0 = 1\n${Array.from({ length: n }, (_, i) => `let a${i + 1} = a${i} + a${i}`).join("\n")}\nrequire a${n} > 3 }`,
    ],
  ])("refuse thousands of %s that rest on each other, and keep their stack", (_, text) => {
    expect(codes(`module shop\n${text(3000)}`)).toEqual(["WB0342"]);
  });

  it("reads a list of a hundred thousand items", () => {
    expect(codes(`module shop\nlet x = [${Array.from({ length: 100_000 }, (_, i) => `"a${i}"`).join(",")}]`)).toEqual([]);
  });
});

describe("the standard library", () => {
  it("checks without a word", () => {
    const { diagnostics } = compile({ deciding: [...library.values()], load: () => undefined });
    expect(diagnostics).toEqual([]);
  });
});

describe("the tour of the language", () => {
  const fixture = (name: string): SourceFile => ({ path: name, text: readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8") });

  it("checks as written, and says what is not compiled yet", () => {
    const { diagnostics } = compile({ deciding: [fixture("tour.scp")], load: (name) => library.get(name) });
    expect(diagnostics.map((d) => d.code)).toEqual(["WB0690", "WB0690"]);
  });

  it("checks with the declarations that it does not show", () => {
    const product = (...columns: string[][]): string[] =>
      columns.reduce<string[]>((rows, column) => rows.flatMap((row) => column.map((value) => `${row},${value}`)), [""]);
    const rows = product(["none", "public poc", "active"], ["no", "yes"], ["partial", "total"], ["low", "medium", "high"]);
    const header =
      "row,Exploitation v1.1.0,Automatable v2.0.0,Technical Impact v1.0.0,Mission and Well-Being Impact v1.0.0,CISA Levels v1.1.0 (cisa)";
    const csv = [header, ...rows.map((row, number) => `${number}${row},${row.includes("active") ? "act" : "track*"}`)].join("\n");
    const { value, diagnostics } = compile({
      deciding: [fixture("tour.scp"), fixture("more.scp")],
      load: (name) => library.get(name),
      file: () => csv,
    });
    expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
    expect(value.waivers.map((waiver) => waiver.clause)).toEqual([
      "acme.production.production.overdue",
      "acme.production.production.signed",
    ]);
    expect(value.tables.find((table) => table.key === "acme.more.cisa")?.outcomes).toHaveLength(36);
  });
});

describe("whatever the text", () => {
  it("takes names that JavaScript objects have for names like any other", () => {
    const words = ["constructor", "__proto__", "toString", "hasOwnProperty"];
    for (const word of words) {
      expect(codes(`policy p for workload at ci { forbid some c in workload.containers where c.image.${word} == "a" }`)).toEqual([
        "WB0210",
      ]);
      expect(codes(`type T { ${word}: ${word} }`)).toEqual(["WB0207"]);
      expect(codes(`trust t = key { ${word}: "a", file: "b" }`)).toEqual(["WB0410"]);
      expect(codes(`let ${word}: Map<String, Int> = { ${word}: 1 }\nfunction f(x: Int) -> Bool = ${word}["${word}"] == x`)).toEqual([]);
    }
  });

  const seeds = [...library.values()].map((source) => source.text).concat(scan);
  const words = [...new Set(seeds.flatMap((text) => text.match(/\w+|[^\s\w]+/g) ?? []))];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.integer({ min: 0, max: 3 }),
    put: fc.array(fc.constantFrom(...words), { maxLength: 2 }),
  });

  it("gives diagnostics in the text, and never throws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 5 }), (seed, edits) => {
        const tokens = seed.match(/\s+|\w+|[^\s\w]/g) ?? [];
        for (const { at, drop, put } of edits) tokens.splice(Math.floor(at * tokens.length), drop, ...put.map((word) => ` ${word} `));
        const text = tokens.join("");
        for (const { location } of check(text).diagnostics) {
          if (location?.path !== "shop.scp") continue;
          expect(location.start).toBeLessThanOrEqual(location.end);
          expect(location.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
