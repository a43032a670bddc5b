import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip, readZip, unzip } from "./archives.ts";
import { packingOf } from "./packing.ts";

interface Entry {
  readonly name: string;
  readonly text: string | Buffer;
  readonly crc?: number;
  readonly size?: number;
  readonly flags?: number;
  readonly method?: number;
}

/** An archive whose headers say what the entry wants them to. */
function zip(...entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, crc, size, flags = 0, method = 8 } of entries) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), fields, rest, Buffer.from(name)]));
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), fields, Buffer.from(name), packed]);
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, central, Buffer.from("PK\u0005\u0006", "latin1"), end]);
}

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
