/** Tar archives: a repository of VEX documents as forges pack it, and whatever else comes under its name. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TarEntry, tar, tarEntries } from "../../../test/evidence/tar.ts";
import { untar } from "./archives.ts";
import { documentOf } from "./evidence.ts";

const vex = (status: string): string =>
  JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/1",
    author: "Acme",
    timestamp: "2026-11-01T00:00:00Z",
    version: 1,
    statements: [{ vulnerability: { name: "CVE-2024-0001" }, products: [{ "@id": "pkg:npm/shop@1.0.0" }], status }],
  });
const index = (...locations: readonly string[]): string =>
  JSON.stringify({ packages: locations.map((location) => ({ id: "pkg:npm/shop", location })) });
const digest = `sha256:${"0".repeat(64)}`;
const read = (content: Buffer, name = "vexhub.tar.gz") => documentOf(gzipSync(content), name, digest);
const problemOf = async (...entries: readonly TarEntry[]): Promise<string> =>
  (await read(tar({ name: "a.json", text: vex("fixed") }, ...entries))).diagnostics.map(({ code, message }) => `${code} ${message}`).join();

/** As `git archive --format=tar.gz` makes one, which forges do: with the commit in front, and all in one folder. */
const archive = [
  { name: "pax_global_header", type: "g", text: "52 comment=0047a1615e7950c8a8b0356e1dbeb7333c9163fc\n" },
  { name: "vexhub-main/", type: "5" },
  { name: "vexhub-main/index.json", text: index("pkg/shop/vex.json") },
  { name: "vexhub-main/README.md", text: "# VEX" },
  { name: "vexhub-main/old/vex.json", text: vex("under_investigation") },
  { name: "vexhub-main/pkg/shop/vex.json", text: vex("fixed") },
];

describe("a VEX repository in a tar archive", () => {
  it("is read by its index, whatever it is called", async () => {
    for (const name of ["vexhub.tar.gz", "vexhub.TGZ", "https://vex.example/archive/main"]) {
      const { evidence, diagnostics, refused } = await read(tar(...archive), name);
      expect([diagnostics, refused]).toEqual([[], false]);
      expect(evidence.map(({ type, document }) => [type, document.name, document.digest])).toEqual([
        ["waybill.vex.Document", `${name}#vexhub-main/pkg/shop/vex.json`, digest],
      ]);
    }
  });

  it("without an index is read in full, from its working directory too", async () => {
    const { evidence } = await read(
      tar({ name: "./", type: "5" }, { name: "./b.json", text: vex("fixed") }, { name: "./c/a.json", text: vex("fixed") }),
    );
    expect(evidence.map(({ document }) => document.name)).toEqual(["vexhub.tar.gz#b.json", "vexhub.tar.gz#c/a.json"]);
  });

  it("has names as long as they are", async () => {
    const long = `${"d".repeat(90)}/${"e".repeat(90)}/vex.json`;
    const gnu = tar({ name: "././@LongLink", type: "L", text: `${long}\0` }, { name: long.slice(0, 99), text: vex("fixed") });
    const record = `path=${long}\n`;
    const pax = tar(
      { name: "PaxHeader/x", type: "x", text: `${String(record.length + 4)} ${record}` },
      { name: "short.json", text: vex("fixed") },
    );
    for (const content of [gnu, pax])
      expect((await read(content)).evidence.map(({ document }) => document.name)).toEqual([`vexhub.tar.gz#${long}`]);
  });

  it("is a dump where its first document is a record of OSV", async () => {
    const record = (id: string): string => JSON.stringify({ schema_version: "1.6.0", id, modified: "2026-11-01T00:00:00Z" });
    const dump = tar({ name: "a.json", text: record("PYSEC-2021-1") }, { name: "b.json", text: record("PYSEC-2021-2") });
    expect((await read(dump)).evidence.map(({ type, counts }) => [type, counts])).toEqual([["waybill.feed.Osv", { records: 2 }]]);
  });
});

describe("a tar archive is refused as a whole", () => {
  it.each(["../b.json", "/b.json", "x/../../b.json", "x/./b.json", "x//b.json", "..\\b.json", "C:b.json", "./../b.json"])(
    "where a file would lie outside of it, or may: %s",
    async (name) => {
      expect(await problemOf({ name, text: vex("affected") })).toContain("WB1276");
      expect(await problemOf({ name, text: vex("affected") })).toContain("would lie outside of it");
    },
  );

  it.each([
    ["a symbolic link", { name: "b.json", type: "2", link: "/etc/passwd" }],
    ["a hard link", { name: "b.json", type: "1", link: "a.json" }],
    ["a link that is no document", { name: "docs", type: "2", link: "../.." }],
    ["a device", { name: "b.json", type: "3" }],
    ["a pipe", { name: "b.json", type: "6" }],
  ])("where there is %s in it", async (_what, entry) => {
    expect(await problemOf(entry)).toContain("links and devices are not followed");
  });

  it("where there is a file in it of a kind that is not read, as a sparse one", async () => {
    expect(await problemOf({ name: "b.json", type: "S", text: "x" })).toContain("of a kind that is not read");
  });

  it("where a file is in it twice, under one name or another", async () => {
    for (const name of ["a.json", "./a.json"]) expect(await problemOf({ name, text: vex("affected") })).toContain("twice");
  });

  it("where a header is damaged, a file is larger than the archive, or larger than any may be", async () => {
    expect(await problemOf({ name: "b.json", checksum: 1 })).toContain("checksum failure");
    expect(await problemOf({ name: "b.json", text: "x", size: 1_000_000 })).toContain("WB1276");
    const large = await untar(tar({ name: "b.json", text: Buffer.alloc(65_000_000) }), "x");
    expect(large).toMatchObject({ message: expect.stringContaining("larger than 64 MB") });
  });

  it("where it grows beyond all measure, before it has", async () => {
    const { diagnostics } = await read(tar({ name: "a.json", text: Buffer.alloc(40_000_000) }));
    expect(diagnostics).toMatchObject([{ code: "WB1276", message: expect.stringContaining("beyond all measure") }]);
  });

  it("where its index lists what is not in it", async () => {
    expect(await problemOf({ name: "index.json", text: index("gone.json") })).toContain("lists `gone.json`, which is not in it");
  });

  it("wherever it is cut off, though what packed it was whole", async () => {
    const whole = tar(...archive);
    const ends = fc.integer({ min: 512, max: tarEntries(...archive).length + 512 });
    await fc.assert(
      fc.asyncProperty(ends, async (end) => {
        const { evidence, refused } = await read(whole.subarray(0, end));
        expect([evidence, refused]).toEqual([[], true]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("whatever is in a tar archive", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b.json", "index.json", "\\", "C:", "é", "\u0001", "/", "x".repeat(60));
  const entry = fc.record({
    name: fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/").slice(0, 100)),
    type: fc.constantFrom("0", "0", "0", "\0", "1", "2", "3", "5", "7", "g", "x", "L", "K", "S", "Z"),
    text: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constant("12 path=../x\n"),
      fc.constant("20 size=99999999999\n"),
      fc.constant(vex("fixed")),
    ),
    link: fc.constantFrom("", "a", "../../etc/passwd"),
  });

  it("no file of it has a name that leads out, and it never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const files = await untar(tar(...entries), "x.tar.gz");
        if (!Array.isArray(files)) return;
        const names = files.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names)
          expect(name.split("/")).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(?:\.{0,2}|.*\\.*|[a-z]:.*)$/i)]));
      }),
      { numRuns: 500 },
    );
  });

  it("a byte that is changed makes no other files of it without a word: it is refused, or differs in what no file says", async () => {
    const whole = tarEntries(...archive);
    const said = ((await untar(tar(...archive), "x")) as readonly { name: string }[]).map(({ name }) => name);
    // Headers have checksums; contents have that of what packed them.
    const headers = fc
      .integer({ min: 0, max: whole.length - 1 })
      .filter((at) => whole.toString("latin1", at - (at % 512) + 257, at - (at % 512) + 262) === "ustar");
    await fc.assert(
      fc.asyncProperty(headers, fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.concat([whole, Buffer.alloc(1024)]);
        changed.writeUInt8((changed[at] ?? 0) ^ by, at);
        const files = await untar(changed, "x");
        if (Array.isArray(files)) expect(files.map(({ name }: { name: string }) => name)).toEqual(said);
      }),
      { numRuns: 300 },
    );
  });

  it("bytes that only begin as one are no reason to fail", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const { refused } = await read(Buffer.concat([tarEntries({ name: "a.json", text: vex("fixed") }), bytes]));
        expect(typeof refused).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });
});

it("is unpacked once: what is packed in it again is none", async () => {
  const inner = gzipSync(tar(...archive));
  const { evidence, refused } = await documentOf(gzipSync(inner), "x.tar.gz", digest);
  expect([evidence, refused]).toEqual([[], true]);
});
