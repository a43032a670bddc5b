import { createHash, sign, X509Certificate } from "node:crypto";
import { ASN1Obj } from "@sigstore/core";
import { expect, it } from "vitest";
import { explicit, integer, octets, oid, sequence, set, time } from "../../../test/trust/der.ts";
import { bytesOf, certificate, identity, instance, messageBundle, oidcIssuer, signedAt } from "../../../test/trust/instance.ts";
import { joinRoots, readTrustRoot } from "../root.ts";
import type { CommitVerdict } from "./verdict.ts";
import { verifyCommit } from "./verify.ts";

const acme = instance();
const roots = (of = acme) => {
  const { value } = readTrustRoot(bytesOf(of.root), "root");
  if (value === undefined) throw new Error("no root");
  return joinRoots([value]);
};

const payload = Buffer.from(
  `tree ${"a".repeat(40)}\nauthor Ada <ada@acme.example> 1772366400 +0000\ncommitter Ada <ada@acme.example> 1772366400 +0000\n\nmessage\n`,
);
const null_ = Buffer.from([5, 0]);

/** Fields of a message in the wire format of protocol buffers. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    if (left < 0x80n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
}
const number = (field: number, value: string): Buffer => Buffer.concat([varint(BigInt(field << 3)), varint(BigInt(value))]);
const bytes = (field: number, value: Uint8Array | string): Buffer =>
  Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(Buffer.from(value as string).length)), Buffer.from(value as string)]);
const base64 = (text: string): Buffer<ArrayBuffer> => Buffer.from(text, "base64");

interface Parts {
  readonly digest?: Buffer;
  readonly entry?: boolean;
  readonly stamp?: boolean;
  readonly certificates?: number;
  readonly at?: Date;
  readonly tamper?: boolean;
}

interface BundleJson {
  readonly verificationMaterial: {
    readonly tlogEntries: readonly {
      readonly logIndex: string;
      readonly logId: { readonly keyId: string };
      readonly kindVersion: { readonly kind: string; readonly version: string };
      readonly integratedTime: string;
      readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
      readonly inclusionProof: {
        readonly logIndex: string;
        readonly rootHash: string;
        readonly treeSize: string;
        readonly hashes: readonly string[];
        readonly checkpoint: { readonly envelope: string };
      };
    }[];
    readonly timestampVerificationData?: { readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[] };
  };
  readonly messageSignature: { readonly signature: string };
}

/** A commit as gitsign signs it (RFC 5652), the log entry in the form in which it stands in the signature. */
function commit(of: ReturnType<typeof instance>, parts: Parts = {}): Buffer {
  const by = certificate(of);
  const digest = parts.digest ?? createHash("sha256").update(payload).digest();
  const attribute = (type: string, value: Uint8Array): Buffer => sequence(oid(type), set(value));
  const attributes = [
    attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
    attribute("1.2.840.113549.1.9.5", time(signedAt)),
    attribute("1.2.840.113549.1.9.4", octets(digest)),
  ];
  const bundle = messageBundle(of, set(...attributes), {
    by,
    ...(parts.at === undefined ? {} : { at: parts.at }),
  }) as unknown as BundleJson;
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const proof = entry?.inclusionProof;
  if (entry === undefined || proof === undefined) throw new Error("no entry");
  const promise = entry.inclusionPromise?.signedEntryTimestamp;
  const log = Buffer.concat([
    number(1, entry.logIndex),
    bytes(2, bytes(1, base64(entry.logId.keyId))),
    bytes(3, Buffer.concat([bytes(1, entry.kindVersion.kind), bytes(2, entry.kindVersion.version)])),
    number(4, entry.integratedTime ?? "0"),
    ...(promise === undefined ? [] : [bytes(5, bytes(1, base64(promise)))]),
    bytes(
      6,
      Buffer.concat([
        number(1, proof.logIndex),
        bytes(2, base64(proof.rootHash)),
        number(3, proof.treeSize),
        ...proof.hashes.map((hash) => bytes(4, base64(hash))),
        bytes(5, bytes(1, proof.checkpoint.envelope)),
      ]),
    ),
  ]);
  const stamp = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps[0]?.signedTimestamp;
  const token = stamp === undefined ? undefined : ASN1Obj.parseBuffer(base64(stamp)).subs[1]?.toDER();
  const unsigned = [
    ...(parts.entry === false ? [] : [attribute("1.3.6.1.4.1.57264.3.1", octets(log))]),
    ...(parts.stamp === true && token !== undefined ? [attribute("1.2.840.113549.1.9.16.2.14", token)] : []),
  ];
  const x509 = new X509Certificate(by.certificate);
  const issuer = ASN1Obj.parseBuffer(Buffer.from(Uint8Array.from(by.certificate))).subs[0]?.subs[3]?.toDER() ?? Buffer.of();
  const signature =
    parts.tamper === true ? sign("sha256", set(...attributes), certificate(of).keys.privateKey) : base64(bundle.messageSignature.signature);
  const sha256 = sequence(oid("2.16.840.1.101.3.4.2.1"), null_);
  const signer = sequence(
    integer(1),
    sequence(issuer, integer(Buffer.from(x509.serialNumber.padStart(2, "0"), "hex"))),
    sha256,
    explicit(0, ...attributes),
    sequence(oid("1.2.840.10045.4.3.2")),
    octets(signature),
    ...(unsigned.length === 0 ? [] : [explicit(1, ...unsigned)]),
  );
  const certificates = Array(parts.certificates ?? 1).fill(Buffer.from(by.certificate));
  const data = sequence(integer(1), set(sha256), sequence(oid("1.2.840.113549.1.7.1")), explicit(0, ...certificates), set(signer));
  const der = sequence(oid("1.2.840.113549.1.7.2"), explicit(0, data));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  const armour = ["-----BEGIN SIGNED MESSAGE-----", ...lines, "-----END SIGNED MESSAGE-----"].join("\n ");
  return Buffer.from(payload.toString().replace("\n\n", `\ngpgsig ${armour}\n\n`));
}

const expected = { identity, issuer: oidcIssuer };

async function judge(object: Buffer, of = acme, who = expected): Promise<CommitVerdict> {
  const id = createHash("sha1").update(`commit ${object.length}\0`).update(object).digest("hex");
  return (await verifyCommit(object, id, { gitsign: { roots: roots(of), identity: who } })).verdict;
}

it("is verified with the time of the log entry that it carries", async () => {
  expect(await judge(commit(acme))).toMatchObject({
    kind: "verified",
    by: "gitsign",
    signer: { kind: "certificate", issuer: oidcIssuer },
    times: [{ source: "transparency-log" }],
  });
});

it("is not told where it carries no time: that of the certificate would let an old key sign for ever", async () => {
  expect(await judge(commit(acme, { entry: false }))).toEqual({
    kind: "unsettled",
    cause: "missing",
    detail: "the signature carries neither its log entry nor a timestamp, and nothing else says when it was made",
  });
});

it("is not told with a timestamp alone where the root asks for a log", async () => {
  expect((await judge(commit(acme, { entry: false, stamp: true }))).kind).toBe("unsettled");
});

it("takes the timestamp beside the log entry as a second source of time", async () => {
  const verdict = await judge(commit(acme, { stamp: true }));
  expect(verdict.kind === "verified" ? verdict.times.map(({ source }) => source).sort() : verdict).toEqual([
    "timestamp-authority",
    "transparency-log",
  ]);
});

it("is refused with the signature of another commit", async () => {
  const other = createHash("sha256").update("another").digest();
  expect(await judge(commit(acme, { digest: other }))).toMatchObject({ kind: "refused", reason: "signature" });
});

it("is refused by a certificate of another instance, or with a signature by another key", async () => {
  expect((await judge(commit(instance("evil")))).kind).toBe("refused");
  expect((await judge(commit(acme, { tamper: true }))).kind).toBe("refused");
});

it("is refused for another identity or issuer, and by prefix", async () => {
  expect(await judge(commit(acme), acme, { ...expected, identity: `${identity}x` })).toMatchObject({ kind: "refused", reason: "identity" });
  expect(await judge(commit(acme), acme, { ...expected, identity: identity.slice(0, -1) })).toMatchObject({
    kind: "refused",
    reason: "identity",
  });
  expect(await judge(commit(acme), acme, { ...expected, issuer: "https://evil.example" })).toMatchObject({
    kind: "refused",
    reason: "issuer",
  });
});

it("is refused where the entry was made when the certificate had run out", async () => {
  expect((await judge(commit(acme, { at: new Date(signedAt.getTime() + 86_400_000) }))).kind).toBe("refused");
});

it("is refused where it does not carry exactly the certificate of its signer", async () => {
  expect(await judge(commit(acme, { certificates: 2 }))).toMatchObject({ kind: "refused", reason: "malformed-signature" });
  expect(await judge(commit(acme, { certificates: 0 }))).toMatchObject({ kind: "refused", reason: "malformed-signature" });
});

it("is refused where its armour holds something else", async () => {
  const object = Buffer.from(
    commit(acme)
      .toString()
      .replace(/-----BEGIN SIGNED MESSAGE-----\n [^-]*/, "-----BEGIN SIGNED MESSAGE-----\n AAAA\n "),
  );
  expect(await judge(object)).toMatchObject({ kind: "refused", reason: "malformed-signature" });
});
