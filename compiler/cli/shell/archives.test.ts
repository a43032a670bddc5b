import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { zip } from "../../../test/evidence/zip.ts";
import { gunzip, readZip, unzip } from "./archives.ts";
import { packingOf } from "./packing.ts";

const record = (id: string, rest: object = {}): string =>
  JSON.stringify({ schema_version: "1.6.0", id, modified: "2026-11-01T00:00:00Z", ...rest });
const digest = `sha256:${"0".repeat(64)}`;
const problemsOf = async (bytes: Buffer): Promise<readonly string[]> =>
  (await readZip(bytes, "osv.zip", digest)).diagnostics.map(({ code, message }) => `${code} ${message}`);

describe("a gzip file is refused", () => {
  const whole = gzipSync("a".repeat(10_000));

  it("wherever it is cut off", () => {
    for (let end = 2; end < whole.length; end += 1) expect(gunzip(whole.subarray(0, end), "x.gz")).toMatchObject({ code: "WB1276" });
    expect(gunzip(whole, "x.gz")).toHaveLength(10_000);
  });

  it("where a bit of its content is another", () => {
    const changed = Buffer.from(whole);
    changed.writeUInt8((changed[changed.length - 6] ?? 0) ^ 1, changed.length - 6);
    expect(gunzip(changed, "x.gz")).toMatchObject({ message: expect.stringContaining("damaged") });
  });

  it("where it would grow beyond all measure, before it has", () => {
    expect(gunzip(gzipSync(Buffer.alloc(100_000_000)), "x.gz")).toMatchObject({ message: expect.stringContaining("beyond all measure") });
  });
});

describe("an archive is refused as a whole", () => {
  it("where it is cut off, has no directory, or holds nothing", async () => {
    const whole = zip({ name: "a.json", text: record("GHSA-1") }, { name: "b.json", text: record("GHSA-2") });
    for (const end of [4, 30, whole.length - 30, whole.length - 1]) expect(await problemsOf(whole.subarray(0, end))).toHaveLength(1);
    expect(await problemsOf(zip())).toEqual([expect.stringContaining("no document")]);
  });

  it("where a file in it is not what its checksum says, is larger than it says, or is encrypted", async () => {
    const text = record("GHSA-1");
    expect(await problemsOf(zip({ name: "a.json", text, crc: 1 }))).toEqual([expect.stringContaining("`a.json` in it is damaged")]);
    expect(await problemsOf(zip({ name: "a.json", text, size: 10 }))).toHaveLength(1);
    expect(await problemsOf(zip({ name: "a.json", text, flags: 1 }))).toHaveLength(1);
    expect(await problemsOf(zip({ name: "a.json", text, method: 14 }))).toHaveLength(1);
  });

  it("where a file is in it twice, or would lie outside of it", async () => {
    const text = record("GHSA-1");
    expect(await problemsOf(zip({ name: "a.json", text }, { name: "a.json", text }))).toEqual([expect.stringContaining("twice")]);
    expect(await problemsOf(zip({ name: "../a.json", text }))).toHaveLength(1);
    expect(await problemsOf(zip({ name: "/a.json", text }))).toHaveLength(1);
  });

  it("where it would grow beyond all measure", async () => {
    const bomb = zip(...Array.from({ length: 30 }, (_, n) => ({ name: `${n}.json`, text: Buffer.alloc(10_000_000) })));
    expect(await unzip(bomb, "x.zip")).toMatchObject({ message: expect.stringContaining("beyond all measure") });
    expect(await problemsOf(zip({ name: "a.json", text: Buffer.alloc(65_000_000) }))).toHaveLength(1);
  });

  it("where a file of a dump is no record, or breaks the schema", async () => {
    const good = { name: "a.json", text: record("GHSA-1") };
    expect(await problemsOf(zip(good, { name: "b.json", text: "{}" }))).toEqual([
      expect.stringContaining("`b.json` in it is no OSV record"),
    ]);
    expect(await problemsOf(zip(good, { name: "b.json", text: record("GHSA-2").slice(0, -3) }))).toHaveLength(1);
    expect(await problemsOf(zip(good, { name: "b.json", text: record("GHSA-2", { aliases: 3 }) }))).toEqual([
      expect.stringContaining("WB0913"),
    ]);
  });
});

it("keeps of a dump the ids, and reads a record again where it is asked for", async () => {
  const bytes = zip(
    { name: "GHSA-jfh8-c2jp-5v3q.json", text: record("GHSA-JFH8-C2JP-5V3Q", { aliases: ["cve-2021-44228"] }) },
    { name: "b/c.json", text: record("PYSEC-2021-1", { withdrawn: "2026-01-01T00:00:00Z" }) },
  );
  const { value } = await readZip(bytes, "osv.zip", digest);
  const feed = value[0]?.feed;
  if (feed?.kind !== "osv") throw new Error("no dump");
  expect(feed.records).toEqual([
    { id: "GHSA-jfh8-c2jp-5v3q", aliases: ["CVE-2021-44228"], modified: "2026-11-01T00:00:00Z", withdrawn: undefined },
    { id: "PYSEC-2021-1", aliases: [], modified: "2026-11-01T00:00:00Z", withdrawn: "2026-01-01T00:00:00Z" },
  ]);
  expect(feed.read(1)).toMatchObject({ record: { id: "PYSEC-2021-1" }, pointer: "/b~1c.json" });
  expect(value[0]?.counts).toEqual({ records: 2 });
});

it("takes for packed what is named so, and of what was fetched what begins so", () => {
  const bytes = gzipSync("x");
  expect([packingOf("a.csv.gz", bytes), packingOf("a.json", bytes), packingOf("https://x.example/current", bytes)]).toEqual([
    "gzip",
    undefined,
    "gzip",
  ]);
});
