/** A record may come from anybody, with digests that hold: whatever stands in it, `replay` answers or refuses it. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSigningKey, signStatement } from "../../../engine/trust/sign.ts";
import {
  attach,
  type Descriptor,
  digestOf,
  putBlob,
  putImage,
  putIndex,
  putManifest,
  simpleSigning,
  startRegistry,
  types,
} from "../../../test/evidence/registry.ts";
import type { Call } from "../cli.ts";
import { Stop } from "../shell/exit.ts";
import { gate } from "./gate.ts";
import { replay } from "./replay.ts";

const policy = `module acme.shop
import waybill.sbom

trust release = key { file: "release.pub" }

policy shop for image at ci {
  let bom = attestation sbom.Bom by release
  require signed: image is signed by release else "nobody signed {image}"
  require supplied: bom.supplier == "Acme" else "{image} comes from {bom.supplier}"
  require ours: image.registry != "docker.io" else "{image} is not ours"
}
`;

const call: Call = {
  version: "0.0.0",
  terminal: {
    colourOut: false,
    colourErr: false,
    width: 100,
    quiet: true,
    verbose: false,
    progress: false,
    unread: () => false,
    out: async () => undefined,
    err: async () => undefined,
  },
};

/** The files of a record by their path in its folder. */
type Files = ReadonlyMap<string, Buffer>;

let folder: string;
/** Of an index with attachments of every form, of an image beside them whose registry keeps some back, and of one that nobody could reach. */
const records: { folder: string; files: Files }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "waybill-replay-"));
  const registry = await startRegistry();
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const read = readSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
  if (read.kind === "refused") throw new Error(read.problem);
  await writeFile(join(folder, "release.pub"), read.key.publicPem);
  await writeFile(join(folder, "shop.scp"), policy);
  const bom = (about: Descriptor): string =>
    Buffer.from(
      signStatement(
        {
          _type: "https://in-toto.io/Statement/v1",
          subject: [{ name: "shop", digest: { sha256: about.digest.slice("sha256:".length) } }],
          predicateType: "https://cyclonedx.org/bom",
          predicate: { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { supplier: { name: "Acme" } } },
        },
        read.key,
      ),
    ).toString();
  const image = putImage(registry, "one");
  const index = putIndex(registry, [{ ...image, platform: { os: "linux", architecture: "arm64", variant: "v8" } }]);
  attach(registry, index, bom(index));
  attach(registry, image, bom(image));
  attach(registry, image, "no bundle");
  const signature = { ...putBlob(registry, simpleSigning(image.digest), types.simpleSigning) };
  putManifest(
    registry,
    {
      mediaType: types.manifest,
      config: putBlob(registry, "{}", types.config),
      layers: [
        { ...signature, annotations: { "dev.cosignproject.cosign/signature": "c2ln" } },
        putBlob(registry, "{}", "application/vnd.in-toto+json"),
      ],
    } as never,
    `${image.digest.replace(":", "-")}.sig`,
  );
  const ways = [
    [index.digest, () => false],
    [image.digest, (url: string) => url.endsWith(".att")],
    [image.digest, () => true],
  ] as const;
  for (const [digest, isKept] of ways) {
    registry.fault = (request, response) => {
      if (!isKept(request.url ?? "")) return false;
      response.writeHead(403).end();
      return true;
    };
    const to = join(folder, `record-${records.length}`);
    await gate(call, `${registry.repository}@${digest}`, {
      policy: [join(folder, "shop.scp")],
      now: "2026-11-21T12:00:00Z",
      record: to,
      format: "json",
    });
    const blobs = await readdir(join(to, "blobs", "sha256"));
    const names = ["record.json", ...blobs.map((name) => `blobs/sha256/${name}`)];
    records.push({
      folder: to,
      files: new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(to, name))] as const))),
    });
  }
  registry.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** The record with other bytes in one file, which all that named the old ones name by their new digest. */
function readdressed(files: Files, name: string, bytes: Buffer): Files {
  if (name === "record.json") return new Map([...files, [name, bytes]]);
  const [before = ""] = name.split("/").slice(-1);
  const after = digestOf(bytes).slice("sha256:".length);
  let changed: Files = new Map([...files, [`blobs/sha256/${after}`, bytes]]);
  for (const [other, content] of files) {
    const text = content.toString("utf8");
    if (other !== name && text.includes(before)) changed = readdressed(changed, other, Buffer.from(text.replaceAll(before, after)));
  }
  return changed;
}

/** The exit code, or the code of what was refused with its diagnostics. */
async function replayed(
  record: { folder: string; files: Files },
  files: Files,
  options: object = {},
): Promise<{ code: number; said: string }> {
  for (const [name, bytes] of files) if (record.files.get(name) !== bytes) await writeFile(join(record.folder, name), bytes);
  try {
    return { code: await replay(call, record.folder, { format: "json", ...options }), said: "" };
  } catch (problem) {
    if (!(problem instanceof Stop)) throw problem;
    return { code: problem.code, said: problem.diagnostics.map((one) => `${one.code} ${one.message}`).join("\n") };
  } finally {
    await writeFile(join(record.folder, "record.json"), record.files.get("record.json") ?? "");
  }
}

type Document = Record<string, unknown>;

function recordAt(position: number): { folder: string; files: Files; document: Document; blob: (digest: unknown) => string } {
  const record = records[position];
  if (!record) throw new Error("nothing was recorded");
  return {
    ...record,
    document: JSON.parse(String(record.files.get("record.json"))),
    blob: (digest) => `blobs/sha256/${String(digest).slice("sha256:".length)}`,
  };
}

/** The record with another blob for what is attached. */
async function withAttached(position: number, change: (attached: Document) => unknown) {
  const record = recordAt(position);
  const [entry] = record.document["attached"] as readonly Document[];
  const name = record.blob(entry?.["blob"]);
  const changed = change(JSON.parse(String(record.files.get(name))) as Document);
  return replayed(record, readdressed(record.files, name, Buffer.from(typeof changed === "string" ? changed : JSON.stringify(changed))));
}

it("reproduces what was recorded, whether everything, a part or nothing was to be had", async () => {
  for (const position of records.keys()) {
    const record = recordAt(position);
    expect([position, await replayed(record, record.files)]).toEqual([position, { code: 0, said: "" }]);
  }
  const attached = [...recordAt(0).files.values()].map(String).filter((text) => text.startsWith('{"kind":"attached"'));
  expect(attached.join()).toMatch(/"platform".*"simpleSigning".*"noise":\[\{/);
});

const other = `sha256:${"b".repeat(64)}`;
const first = (value: unknown, change: (one: Document) => unknown): unknown => {
  const [head, ...rest] = value as readonly Document[];
  return [change(head ?? {}), ...rest];
};

it.each<[string, number, (attached: Document) => unknown, string]>([
  ["that is not JSON", 0, () => "hello", "is not JSON"],
  ["that is null", 0, () => null, "is not an object"],
  ["that is nothing else than unreached", 0, () => ({ kind: "unreached" }), "`lookups` is not a list"],
  ["of a kind that is none", 0, (one) => ({ ...one, kind: "constructor" }), "`kind` is none of attached, unreached"],
  ["that says nothing of gaps", 0, ({ gaps: _, ...rest }) => rest, "`gaps` is not a list"],
  ["whose gap has no diagnostic", 1, (one) => ({ ...one, gaps: first(one["gaps"], ({ diagnostic: _, ...rest }) => rest) }), "`diagnostic`"],
  ["whose gap has a cause that is none", 1, (one) => ({ ...one, gaps: first(one["gaps"], (gap) => ({ ...gap, cause: "x" })) }), "`cause`"],
  ["whose digest is a number", 0, (one) => ({ ...one, digest: 5 }), "`digest` is not a text"],
  ["whose digest is none", 0, (one) => ({ ...one, digest: "sha256:x" }), "`digest` is no digest"],
  ["of another image", 0, (one) => ({ ...one, digest: other, reference: `x/y@${other}` }), `was attached to \`${other}\``],
  ["that names another digest", 0, (one) => ({ ...one, reference: `x/y@${other}` }), "does not name"],
  ["without children", 0, ({ children: _, ...rest }) => rest, "`children` is not a list"],
  ["with an envelope without fields", 0, (one) => ({ ...one, envelopes: first(one["envelopes"], ({ blob }) => ({ blob })) }), "`digest`"],
  [
    "with an envelope that is not what it says",
    0,
    (one) => ({ ...one, envelopes: first(one["envelopes"], (envelope) => ({ ...envelope, digest: other })) }),
    `says that it is \`${other}\``,
  ],
  ["with an envelope of no form", 0, (one) => ({ ...one, envelopes: first(one["envelopes"], (e) => ({ ...e, form: "x" })) }), "`form`"],
  ["whose fault says nothing", 2, (one) => ({ ...one, fault: {} }), "`kind` is none of"],
  ["whose fault is none", 2, ({ fault: _, ...rest }) => rest, "`fault` is not an object"],
])("refuses a record with something attached %s: no verdict", async (_, position, change, problem) => {
  const { code, said } = await withAttached(position, change);
  expect([code, said]).toEqual([3, expect.stringContaining(problem)]);
  expect(said).toMatch(/^WB1032 /);
});

it.each([
  ["is not JSON", "hello"],
  ["is not an object", "null"],
  ["is not an object", "[]"],
  ["`effect` is not a text", "{}"],
  ["`decisions` is not a list", '{"effect":"allow","reason":"passed"}'],
  ["`subject` is not an object", '{"effect":"allow","reason":"passed","decisions":[{}]}'],
  ["`policy` is not a text", '{"effect":"allow","reason":"passed","decisions":[{"subject":{"name":"x"},"clauses":[{}]}]}'],
])("refuses a record whose report %s: no verdict", async (problem, report) => {
  const record = recordAt(0);
  const files = readdressed(record.files, record.blob(record.document["report"]), Buffer.from(report));
  const { code, said } = await replayed(record, files);
  expect([code, said]).toEqual([3, expect.stringContaining(problem)]);
  expect(said).toMatch(/^WB1032 /);
});

it.each<[string, (document: Document) => Document]>([
  ["`time` is no time", (one) => ({ ...one, time: "yesterday" })],
  ["`point` is no enforcement point", (one) => ({ ...one, point: "__proto__" })],
  ["is in it twice", (one) => ({ ...one, attached: [...(one["attached"] as unknown[]), ...(one["attached"] as unknown[])] })],
  [
    "is no image, and something is attached to it",
    (one) => ({ ...one, attached: first(one["attached"], (entry) => ({ ...entry, reference: "https://x" })) }),
  ],
])("refuses a record of which %s: no verdict", async (problem, change) => {
  const record = recordAt(0);
  const { code, said } = await replayed(
    record,
    readdressed(record.files, "record.json", Buffer.from(JSON.stringify(change(record.document)))),
  );
  expect([code, said]).toEqual([3, expect.stringContaining(problem)]);
});

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, 0, -1, 1.5, 1e300, "", "x", "__proto__", true, [], {}, [null], [{}], [[]], { kind: "unreached" }, other),
  fc.string(),
  fc.jsonValue({ maxDepth: 2 }),
);
const bytes = fc.oneof(
  fc.constantFrom("", "{}", "null", "[]", "\u0000", "module", "-----BEGIN PUBLIC KEY-----\n").map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 20 }).map((some) => Buffer.from(some)),
);
type Change =
  | { readonly kind: "json"; readonly at: number; readonly value: unknown; readonly isGone: boolean }
  | { readonly kind: "bytes"; readonly bytes: Buffer };
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("json" as const), at: fc.nat(), value: junk, isGone: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("bytes" as const), bytes }) },
);

/** Every place in a document: the holder and the key. */
function placesIn(value: unknown): readonly (readonly [Document, string])[] {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) => [[value as Document, key] as const, ...placesIn((value as Document)[key])]);
}

function mutated(content: Buffer, one: Change): Buffer {
  if (one.kind === "bytes") return one.bytes;
  let document: unknown;
  try {
    document = JSON.parse(content.toString("utf8"));
  } catch {
    return content.subarray(0, one.at % (content.length + 1));
  }
  const places = placesIn(document);
  const place = places[one.at % Math.max(1, places.length)];
  if (!place) return Buffer.from(JSON.stringify(one.value) ?? "");
  const [holder, key] = place;
  if (one.isGone && !Array.isArray(holder)) delete holder[key];
  else Object.defineProperty(holder, key, { value: one.value, enumerable: true, configurable: true, writable: true });
  return Buffer.from(JSON.stringify(document));
}

it("answers or refuses whatever somebody wrote into a record, and never fails by it", async () => {
  const codes = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 2 }),
      fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (position, changes, isTried) => {
        const record = recordAt(position);
        let files = record.files;
        for (const [which, one] of changes) {
          // `record.json` and what is attached have the most that can be wrong.
          const names = [...files.keys()].sort();
          const large = names.filter((name) => /^\{\s*"(?:schema|kind)":/.test(String(files.get(name))));
          const name = which % 2 === 0 ? large[(which >> 1) % large.length] : names[(which >> 1) % names.length];
          const content = name === undefined ? undefined : files.get(name);
          if (name !== undefined && content !== undefined) files = readdressed(files, name, mutated(content, one));
        }
        const { code, said } = await replayed(record, files, isTried ? { policy: [join(folder, "shop.scp")] } : {});
        expect([0, 1, 2, 3]).toContain(code);
        if (code > 1) expect(said).toMatch(/^WB\d{4} /);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      },
    ),
    { numRuns: 500 },
  );
  expect(Math.min(codes.get(0) ?? 0, codes.get(1) ?? 0, codes.get(3) ?? 0)).toBeGreaterThan(5);
}, 120_000);
