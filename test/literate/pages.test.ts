/** Each diagnostic has a page that is true: what it calls wrong gives the code, and what it offers instead does not. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decodePolicy } from "../../compiler/cli/shell/files.ts";
import { admit } from "../../engine/evidence/door.ts";
import { compile } from "../../language/compile.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { table } from "../../language/diagnostics/table.ts";
import { consoleProblems } from "./console.ts";
import { exampleOf, preambleOf } from "./example.ts";
import { fetchedPage } from "./feed-faults.ts";
import { type Fence, fences } from "./markdown.ts";
import { registryFaults } from "./registry-faults.ts";
import { compileExample, problemsOf } from "./run.ts";

const folder = new URL("../../language/diagnostics/pages/", import.meta.url);
const read = (path: string | URL): string => readFileSync(path, "utf8");
const preamble = preambleOf(fences("", read(new URL("../../language/README.md", import.meta.url))));
const codes = Object.keys(table).sort();

/** Files that the commands on the pages find in their folder, beside those that a page itself shows. */
const given = new Map<string, string | Uint8Array>([
  ["p.scp", 'module p\n\npolicy p for artifact at ci {\n  require tagged: artifact.name != "latest"\n}\n'],
  [
    "tested.scp",
    'policy p for image at ci {\n  require image.tag == "v1"\n}\n\ntest "v1" {\n  given image { ref: "x:v1" }\n  expect allow\n}\n',
  ],
  ["pods.scp", 'policy p for workload {\n  require workload.name != ""\n}\n'],
  ["levels.scp", "module acme.levels\n\ninput level: Int = 3\n\npolicy p for image {\n  require level >= 3\n}\n"],
  ["unset.scp", "module acme.unset\n\ninput level: Int\n\npolicy p for image {\n  require level >= 3\n}\n"],
  [
    "spaces.scp",
    'module spaces\n\npolicy p for image at [admission, ci] where image.namespace == "prod" {\n  require image.tag == "v1"\n}\n',
  ],
  ["broken.scp", "policy p for image {\n  require\n}\n"],
  ["latin1.scp", Uint8Array.from(Buffer.from('let a = "ä"\n', "latin1"))],
  ["latin1.json", Uint8Array.from(Buffer.from('{ "name": "ä" }\n', "latin1"))],
  ["binary.json", Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
  ["half.csv.gz", Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
  ["bomb.yaml", bomb()],
  ["empty/readme.txt", "no policy here\n"],
  ["about.json", aboutShop()],
]);

function bomb(): string {
  const first = `a0: &a0 [${Array(10).fill("lol").join(", ")}]\n`;
  return first + [...Array(9).keys()].map((i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]\n`).join("");
}

function aboutShop(): string {
  const component = { type: "application", name: "shop", version: "1.0.0", purl: "pkg:npm/shop@1.0.0" };
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "shop", digest: { sha256: "1".repeat(64) } }],
    predicateType: "https://cyclonedx.org/bom",
    predicate: { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { component } },
  });
}

const checked = (text: string): readonly Diagnostic[] =>
  compile({ deciding: [{ path: "a.scp", text }], load: () => undefined }).diagnostics;

async function admitted(text: string, name = "evidence.json", limits?: { size: number; depth: number }): Promise<readonly Diagnostic[]> {
  const bytes = new TextEncoder().encode(text);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return (await admit(bytes, name, digest, limits ? { limits } : {})).diagnostics;
}

const statements = Array.from({ length: 200 }, (_, n) => ({ vulnerability: { name: `CVE-2024-${10_000 + n}` }, status: "fixed" }));

/** CSAF in which a thousand products have six thousand remediations each. */
function excessive(): string {
  const ids = Array.from({ length: 1000 }, (_, n) => `P${n}`);
  const time = "2026-01-01T00:00:00Z";
  return JSON.stringify({
    document: {
      category: "csaf_vex",
      csaf_version: "2.0",
      title: "shop",
      publisher: { category: "vendor", name: "acme", namespace: "https://acme.example" },
      tracking: {
        id: "ACME-1",
        status: "final",
        version: "1",
        initial_release_date: time,
        current_release_date: time,
        revision_history: [{ date: time, number: "1", summary: "first" }],
      },
    },
    product_tree: {
      full_product_names: ids.map((id) => ({ name: id, product_id: id })),
      product_groups: [{ group_id: "ALL", product_ids: ids }],
    },
    vulnerabilities: [
      {
        cve: "CVE-2024-21538",
        notes: [{ category: "description", text: "x" }],
        product_status: { known_affected: ids },
        remediations: Array.from({ length: 6000 }, () => ({ category: "workaround", details: "x", group_ids: ["ALL"] })),
      },
    ],
  });
}

/** What is too long, or cannot be written, on a page. */
const elsewhere: Readonly<Record<string, () => readonly Diagnostic[] | Promise<readonly Diagnostic[]>>> = {
  WB0103: () => checked("let x = 1\n".repeat(600_000)),
  WB0104: () => checked(`let x = ${"(".repeat(1000)}1${")".repeat(1000)}`),
  WB0105: () => checked(`let x = ${"not ".repeat(2000)}true`),
  WB0108: () => checked("let = \n".repeat(500)),
  WB0111: () => checked('let a = "\u202e"'),
  WB0112: () => checked('let a = "\ud800"'),
  WB0221: () => checked("policy p for image {\n  require true\n}\n"),
  WB0342: () => checked(`let a = ${"not ".repeat(350)}true`),
  WB0903: () => admitted('{ "bomFormat": "CycloneDX" }', "evidence.json", { size: 10, depth: 200 }),
  WB0904: () => admitted("[".repeat(300) + "]".repeat(300)),
  WB0955: () =>
    admitted(
      JSON.stringify({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://acme.example/vex/1",
        author: "acme",
        timestamp: "2026-01-01T00:00:00Z",
        version: 1,
        statements,
      }),
    ),
  WB1230: () => admitted(excessive()),
  WB1029: () => [decodePolicy(new Uint8Array(16_000_001), "a.scp")].filter((one) => typeof one !== "string"),
  WB1279: fetchedPage,
  ...registryFaults,
};

/** Only a mistake of Waybill itself gives these. */
const bugs: readonly string[] = ["WB0150"];
/** Answers of a stream carry a message and a code of their own. */
const inStream: readonly string[] = ["WB1019"];

function pageOf(code: string): string {
  return read(new URL(`${code}.md`, folder));
}

it("has a page for every code, and a code for every page", () => {
  expect(readdirSync(folder).sort()).toEqual(codes.map((code) => `${code}.md`));
});

it.concurrent.each(codes)("%s: the page says what it is, and its examples are true", async (code) => {
  const text = pageOf(code);
  const { title } = table[code as keyof typeof table];
  expect(text.startsWith(`# ${code}: ${title}\n\n`)).toBe(true);
  expect(text.split("\n")[2]?.length).toBeGreaterThan(20);
  const blocks = fences(`language/diagnostics/pages/${code}.md`, text);
  const problems: string[] = [];
  let given = false;
  let offered = false;
  for (const fence of blocks) {
    const wrong = /\berror\b/.test(fence.words);
    if (fence.language === "scp") {
      const example = exampleOf(fence, preamble);
      problems.push(...problemsOf(example));
      if (wrong) given ||= example.markers.some((marker) => marker.code === code);
      else if (compileExample(example).diagnostics.some((one) => one.code === code && code !== "WB0690"))
        problems.push(`${fence.line}: gives it`);
    }
    if (fence.language === "json" || fence.language === "yaml") {
      const found = (await admittedOn(code, fence)).map((one) => one.code);
      if (wrong) given ||= found.includes(code);
      else if (found.length > 0) problems.push(`${fence.line}: gives ${found.join(", ")}`);
    }
    if (fence.language === "console") {
      problems.push(...(await consoleProblems(fence, filesOf(blocks, fence))));
      given ||= new RegExp(`\\[${code}\\]`).test(fence.text) || inStream.includes(code);
    }
    offered ||= !wrong;
  }
  if (elsewhere[code] !== undefined) given = (await elsewhere[code]()).some((one) => one.code === code);
  expect({ problems, given, offered }).toEqual({
    problems: [],
    given: !bugs.includes(code),
    offered: !bugs.includes(code) && code !== "WB0221" && code !== "WB1029",
  });
});

/** Documents on a page are evidence where the page is about evidence; requests are not. */
async function admittedOn(code: string, fence: Fence): Promise<readonly Diagnostic[]> {
  if (!/^WB(?:09|12[23]|1261)/.test(code)) return [];
  return admitted(fence.text, fence.file ?? `evidence.${fence.language}`);
}

function filesOf(blocks: readonly Fence[], before: Fence): ReadonlyMap<string, string | Uint8Array> {
  const named = blocks.filter((one) => one.file !== undefined && one.line < before.line);
  return new Map([...given, ...named.map((one) => [one.file ?? "", one.text] as const)]);
}
