import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findingsPolicy, licencesPolicy, podsPolicy, sbom } from "./fixtures.ts";
import { folder, type Ran, unread, waybill } from "./waybill.ts";

/** Whatever comes in: a sentence, the right exit code, never a stack trace, never an allow. */
function refused(ran: Ran, code: number, said: RegExp): void {
  const all = ran.out + ran.err;
  expect(all).toMatch(said);
  expect(all).not.toMatch(/\n\s+at .*:\d+:\d+/);
  expect(all).not.toMatch(/\ballow (artifact|image|workload)|"effect": ?"allow"/);
  expect(all).not.toContain("internal error");
  expect(ran.code).toBe(code);
}

const policies: readonly (readonly [string, string | Uint8Array, RegExp, number])[] = [
  [
    "10,000 nested parentheses",
    `module a\npolicy p for image { require ${"(".repeat(10_000)}true${")".repeat(10_000)} }`,
    /error\[WB01/,
    1,
  ],
  ["10,000 nested lists", `module a\nlet x = ${"[".repeat(10_000)}`, /error\[WB01/, 1],
  ["invalid UTF-8", Uint8Array.from([0x6d, 0x6f, 0xff, 0xfe]), /is not UTF-8: byte 2/, 1],
  ["a cyclic import of itself", "module a\nimport a\npolicy p for image { require true }\n", /error\[WB02/, 1],
  ["an unclosed string", 'module a\nlet x = "abc\nlet y = 3\n', /p\.scp:2:/, 1],
  ["control characters", "module a\nlet x = 1 \u0007\u202e\n", /p\.scp:2:/, 1],
  ["nothing but braces", "}}}}}}{{{{{{", /p\.scp:1:/, 1],
  ["NUL bytes", "module a\u0000b\n", /p\.scp:1:/, 1],
];

it.each(policies)("checks a policy of %s", async (_, text, said, code) => {
  const cwd = await folder({ "p.scp": text });
  refused(await waybill(["check", "p.scp"], { cwd }), code, said);
  const gated = await waybill(["gate", "nginx", "-p", "p.scp"], { cwd });
  refused(gated, 2, /error\[WB/);
});

it("checks a policy of 10 MB in bounded time", async () => {
  const clause = `  require image.registry == "registry.acme.example" else "no"\n`;
  const cwd = await folder({ "p.scp": `module a\npolicy p for image {\n${clause.repeat(10_000_000 / clause.length)}}\n` });
  const ran = await waybill(["check", "p.scp"], { cwd });
  expect([0, 1]).toContain(ran.code);
  expect(ran.err).not.toContain("internal error");
}, 120_000);

it("accepts CRLF, and a byte-order mark with or without a word about it", async () => {
  const cwd = await folder({ "crlf.scp": findingsPolicy.replaceAll("\n", "\r\n"), "bom.scp": `\uFEFF${licencesPolicy}` });
  expect((await waybill(["check", "crlf.scp"], { cwd })).code).toBe(0);
  const marked = await waybill(["check", "bom.scp"], { cwd });
  expect(marked.err).not.toContain("internal error");
  expect([0, 1]).toContain(marked.code);
});

it("names a cycle of imports", async () => {
  const cwd = await folder({ "a.scp": "module acme.a\nimport acme.b\n", "b.scp": "module acme.b\nimport acme.a\n" });
  refused(await waybill(["check"], { cwd }), 1, /acme\.a.*acme\.b/s);
});

const good = sbom([{ name: "a", version: "1.0.0", license: "MIT" }]);
const documents: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ["broken JSON", good.slice(0, -20), /bom\.json:\d+:\d+/],
  ["an empty file", "", /is empty/],
  ["duplicate keys", good.replace('"version": 1,', '"version": 1, "components": [], "components": [],'), /bom\.json:\d+:\d+/],
  ["a wrong type", good.replace('"type": "library"', '"type": 3'), /\/components\/0/],
  ["100,000 nested arrays", "[".repeat(100_000), /nested more than/],
  ["an unknown format", '{"hello": "world"}', /error\[WB09/],
  ["invalid UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d]), /is not UTF-8/],
  ["UTF-16", Buffer.from(`\uFEFF${good}`, "utf16le"), /UTF-16/],
  ["a future version", good.replace('"1.6"', '"9.9"'), /9\.9/],
  ["duplicate references", good.replace('"bom-ref": "root"', '"bom-ref": "pkg:npm/a@1.0.0"'), /error\[WB09/],
];

it.each(documents)("refuses evidence with %s: no verdict, exit 3", async (_, text, said) => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": text });
  const named = await waybill(["gate", "pkg:npm/shop@1.0.0", "-p", "p.scp", "-e", "bom.json"], { cwd });
  refused(named, 3, said);
  const rooted = await waybill(["gate", "-p", "p.scp", "-e", "bom.json", "--format", "json"], { cwd });
  refused(rooted, 3, /"effect": "deny"/);
});

it("is an error in JUnit, and not green, where refused evidence leaves a clause that only warns", async () => {
  const twice = good.replace('"version": 1,', '"version": 1, "components": [], "components": [],');
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": twice });
  const words = ["gate", "pkg:npm/shop@1.0.0", "-p", "p.scp", "-e", "bom.json", "--format"];
  const junit = await waybill([...words, "junit"], { cwd });
  expect(junit.code).toBe(3);
  expect(junit.out).toMatch(/<error type="fault"/);
  expect(junit.out).not.toMatch(/<testsuites [^>]*errors="0"/);
});

it("reads __proto__ as a key like any other", async () => {
  const cwd = await folder({
    "p.scp": licencesPolicy,
    "bom.json": good.replace("{", '{"__proto__": {"components": []}, "constructor": 1,'),
  });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(ran.err + ran.out).not.toContain("internal error");
  expect(ran.code).not.toBe(70);
});

it("refuses a YAML bomb", async () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...Array.from(
      { length: 12 },
      (_, i) => `${"bcdefghijklm"[i]}: &${"bcdefghijklm"[i]} [${Array(9).fill(`*${"abcdefghijklm"[i]}`).join(",")}]`,
    ),
  ].join("\n");
  const cwd = await folder({ "p.scp": podsPolicy, "pod.yaml": bomb });
  const ran = await waybill(["gate", "--subject", "pod.yaml", "-p", "p.scp"], { cwd });
  expect(ran.err + ran.out).not.toContain("internal error");
  expect(ran.code).toBe(3);
});

it.each([
  ["a missing evidence file", ["gate", "pkg:npm/x", "-p", "p.scp", "-e", "nowhere.json"]],
  ["a missing subject file", ["gate", "--subject", "nowhere.yaml", "-p", "p.scp"]],
  ["a missing decision", ["why", "x", "--decision", "nowhere.json"]],
  ["a folder without policies", ["check", "empty"]],
])("says which file is missing: %s", async (_, words) => {
  const cwd = await folder({ "p.scp": licencesPolicy, "empty/x.txt": "" });
  refused(await waybill(words, { cwd }), 2, /`(nowhere\.(json|yaml)|empty)`/);
});

it("keeps the exit code of a denial when its reader stops reading", async () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ name: `gpl-${i}`, version: "1.0.0", license: "GPL-2.0-only" }));
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": sbom(many) });
  const ran = await unread(["gate", "-p", "p.scp", "-e", "bom.json", "--format", "json"], cwd);
  expect(ran.code).toBe(1);
  expect(ran.err).toBe("");
});

it("passes over links to nowhere and pipes beside a policy, and refuses a device", async () => {
  const cwd = await folder({ "p/p.scp": "module a.b\nimport a.other\n", "q/q.scp": podsPolicy });
  symlinkSync("nowhere", join(cwd, "p", ".#p.scp"));
  symlinkSync("nowhere", join(cwd, "q", ".#q.scp"));
  execFileSync("mkfifo", [join(cwd, "q", "pipe.scp")]);
  refused(await waybill(["check", "p/p.scp"], { cwd }), 1, /error\[WB02/);
  expect((await waybill(["check", "q"], { cwd })).code).toBe(0);
  refused(await waybill(["check", "/dev/zero"], { cwd }), 2, /it is a device/);
});

it.each([
  '{"schema":"waybill/gate/1","decisions":[null]}',
  '{"schema":"waybill/gate/1","decisions":[{}]}',
  '{"schema":"waybill/gate/1","decisions":[{"subject":{},"clauses":[{}]}]}',
  '{"schema":"waybill/gate/1","decisions":[{"subject":{"name":"x"},"clauses":[{"policy":"p","clause":"c","witnesses":[null]}]}]}',
  '{"schema":"waybill/gate/1","decisions":[{"subject":{"name":1},"clauses":[{"policy":"p","clause":"c","span":1,"advice":[1]}]}]}',
])("does not explain a file that is no decision: %s", async (text) => {
  const cwd = await folder({ "d.json": text });
  refused(await waybill(["why", "p.c", "--decision", "d.json"], { cwd }), 2, /it is not a decision/);
});

it("does not mind that nobody reads its help", async () => {
  const ran = await unread(["new", "policy", "--help"], await folder({}));
  expect(ran.err).not.toContain("internal error");
  expect(ran.code).toBe(0);
});
