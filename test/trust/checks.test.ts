/**
 * Each check bears its load: with it the attack is refused for its own reason, and in a copy of the sources that lacks it the
 * attack gets through (or, where the library would still stop it, is refused for another reason).
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { identityProblem } from "../../engine/trust/exact.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import { type VerifyOptions, verifyBundle } from "../../engine/trust/verify.ts";
import {
  bytesOf,
  certificate,
  digests,
  envelopeBundle,
  identity,
  instance,
  logged,
  messageBundle,
  minute,
  oidcIssuer,
  signedAt,
  stamped,
  statement,
} from "./instance.ts";

type Json = Record<string, unknown>;

/** What an attack is tried on: our sources, or a copy without one of the checks. */
interface Product {
  readonly verifyBundle: typeof verifyBundle;
  readonly readTrustRoot: typeof readTrustRoot;
  readonly joinRoots: typeof joinRoots;
  readonly identityProblem: typeof identityProblem;
}

const product: Product = { verifyBundle, readTrustRoot, joinRoots, identityProblem };
const trust = fileURLToPath(new URL("../../engine/trust/", import.meta.url));
const cache = join(trust, "../../.cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "checks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sources with one text replaced, loaded. */
async function without(file: string, from: string, to: string): Promise<Product> {
  const source = readFileSync(join(trust, file), "utf8");
  expect(source.split(from), `${file} holds the check once`).toHaveLength(2);
  const outfile = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  await build({
    stdin: {
      contents: `export * from "./verify.ts"; export * from "./root.ts"; export * from "./exact.ts";`,
      resolveDir: trust,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
    plugins: [
      {
        name: "without",
        setup(build) {
          build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(trust, file) ? { contents: source.replace(from, () => to), loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
  return (await import(pathToFileURL(outfile).href)) as Product;
}

const acme = instance();
const stranger = instance("stranger");
const artifact = Buffer.from("the artifact\n");
const other = Buffer.from("another\n");

function outcome(on: Product, bundle: Json | Buffer, options: Partial<VerifyOptions> = {}, root: Json = acme.root): string {
  const { value } = on.readTrustRoot(bytesOf(root), "root.json");
  if (!value) return "root-malformed";
  const answer = on.verifyBundle(Buffer.isBuffer(bundle) ? bundle : bytesOf(bundle), {
    roots: on.joinRoots([value]),
    artifact,
    ...options,
  });
  return answer.kind === "refused" ? answer.reason : answer.kind;
}

const about = (digest: Record<string, string>): Json => envelopeBundle(acme, statement([{ name: "app", digest }]));
const material = (bundle: Json, change: (material: Json) => Json): Json => ({
  ...bundle,
  verificationMaterial: change(bundle["verificationMaterial"] as Json),
});
const signatureOf = (bundle: Json): Buffer => Buffer.from(String((bundle["messageSignature"] as Json)["signature"]), "base64");
const stamps = (...all: readonly Json[]): Json => ({ rfc3161Timestamps: all });
const promiseless = (bundle: Json): Json =>
  material(bundle, (all) => ({ ...all, tlogEntries: (all["tlogEntries"] as Json[]).map(({ inclusionPromise: _, ...entry }) => entry) }));
const unlogged = (): Json => messageBundle(acme, artifact, { by: certificate(acme, { ctLog: undefined }), log: false });

interface Check {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly attack: (on: Product) => string;
  readonly reason: string;
  /** What becomes of the attack without the check; that it gets through, where nothing is said. */
  readonly else?: string;
}

const checks: Readonly<Record<string, Check>> = {
  "a valid attestation of another artifact": {
    file: "verify.ts",
    from: `if (about.kind === "other") return refuse("subject-mismatch", about.detail);`,
    to: "",
    attack: (on) => outcome(on, about(digests(other, "sha256"))),
    reason: "subject-mismatch",
  },
  "a subject with one equal and one unequal digest": {
    file: "digest.ts",
    from: "if (shared.some(({ equal }) => !equal)) continue;",
    to: "",
    attack: (on) => outcome(on, about({ ...digests(artifact, "sha256"), ...digests(other, "sha512") })),
    reason: "subject-mismatch",
  },
  "a subject that only sha1 names": {
    file: "digest.ts",
    from: "binds: (algorithm) => !weak.has(algorithm)",
    to: "binds: () => true",
    attack: (on) => outcome(on, about(digests(artifact, "sha1"))),
    reason: "subject-mismatch",
  },
  "a message signature over another artifact": {
    file: "signature.ts",
    from: "own !== undefined && own !== hex",
    to: "false",
    attack: (on) => outcome(on, messageBundle(acme, other)),
    reason: "artifact-mismatch",
    else: "signature",
  },
  "an envelope that holds no statement": {
    file: "verify.ts",
    from: `if (!artifact) return { kind: "payload"`,
    to: `return { kind: "payload"`,
    attack: (on) => outcome(on, envelopeBundle(acme, Buffer.from("text"), {}, "text/plain")),
    reason: "payload-type",
  },
  "two DSSE signatures": {
    file: "bundle.ts",
    from: "if (signatures.length > 1)",
    to: "if (false)",
    attack: (on) => {
      const honest = about(digests(artifact, "sha256"));
      const envelope = honest["dsseEnvelope"] as Json;
      return outcome(on, { ...honest, dsseEnvelope: { ...envelope, signatures: Array(2).fill((envelope["signatures"] as Json[])[0]) } });
    },
    reason: "several-signatures",
    else: "malformed-bundle",
  },
  "an identity as a substring": {
    file: "exact.ts",
    from: "!signer.identities.includes(expected.identity)",
    to: "!signer.identities.some((one) => one.includes(expected.identity))",
    attack: (on) => {
      const { value } = on.readTrustRoot(bytesOf(acme.root), "root.json");
      const answer = value && on.verifyBundle(bytesOf(messageBundle(acme, artifact)), { roots: on.joinRoots([value]), artifact });
      if (answer?.kind !== "verified") return "not verified";
      return on.identityProblem(answer.signer, { identity: "github.com/acme", issuer: oidcIssuer })?.reason ?? "verified";
    },
    reason: "identity",
  },
  "an empty identity of a certificate that has an empty name": {
    file: "exact.ts",
    from: `expected.identity === "" || !signer`,
    to: "!signer",
    attack: (on) =>
      on.identityProblem(
        { kind: "certificate", identities: [""], claims: {}, issuer: oidcIssuer, fingerprint: "sha256:00" },
        { identity: "", issuer: oidcIssuer },
      )?.reason ?? "verified",
    reason: "identity",
  },
  "the right name, vouched for by somebody else": {
    file: "exact.ts",
    from: "signer.issuer !== expected.issuer",
    to: "false",
    attack: (on) =>
      on.identityProblem(
        { kind: "certificate", identities: [identity], claims: {}, issuer: "https://evil.test", fingerprint: "sha256:00" },
        { identity, issuer: oidcIssuer },
      )?.reason ?? "verified",
    reason: "issuer",
  },
  "no log and no SCT": {
    file: "verify.ts",
    from: `const least = material.transparency === "required" ? 1 : 0;`,
    to: "const least = 0;",
    attack: (on) => outcome(on, unlogged()),
    reason: "sct",
  },
  "a root that asks for no log, named beside one that does": {
    file: "material.ts",
    from: "strict.some((root) => mayHaveIssued(root, certificate))",
    to: "false",
    attack: (on) => {
      const strict = on.readTrustRoot(bytesOf(acme.root), "acme.json").value;
      const lenient = on.readTrustRoot(bytesOf({ ...acme.root, tlogs: [], ctlogs: [] }), "lenient.json", "not-required").value;
      return strict && lenient ? outcome(on, unlogged(), { roots: on.joinRoots([strict, lenient]) }) : "no roots";
    },
    reason: "sct",
  },
  "time from a stranger only": {
    file: "verify.ts",
    from: "timestampThreshold: 1",
    to: "timestampThreshold: 0",
    attack: (on) => {
      const honest = promiseless(messageBundle(acme, artifact, { stamp: false }));
      return outcome(
        on,
        material(honest, (all) => ({ ...all, timestampVerificationData: stamps(stamped(stranger, signatureOf(honest))) })),
      );
    },
    reason: "no-trusted-time",
    else: "malformed-bundle",
  },
  "a certificate used after it had expired": {
    file: "material.ts",
    from: "...tokens.map(({ timestamp }) =>",
    to: "...[].map((timestamp) =>",
    attack: (on) => {
      const by = certificate(acme);
      const honest = messageBundle(acme, artifact, { by });
      const late = stamped(acme, signatureOf(honest), new Date(signedAt.getTime() + 60 * minute));
      return outcome(
        on,
        material(honest, (all) => ({ ...all, timestampVerificationData: stamps(late) })),
      );
    },
    reason: "certificate-expired",
  },
  "a certificate that is not for signing code": {
    file: "certificate.ts",
    from: "if (usage && !",
    to: "if (false && !",
    attack: (on) => outcome(on, messageBundle(acme, artifact, { by: certificate(acme, { purposes: ["1.3.6.1.5.5.7.3.1"] }) })),
    reason: "certificate-chain",
  },
  "a claim in a form that others read differently": {
    file: "certificate.ts",
    from: "if (!inner || more || inner.tag.number !== 0x0c || !inner.tag.isUniversal() || inner.tag.constructed)",
    to: "if (!inner)",
    attack: (on) =>
      outcome(on, messageBundle(acme, artifact, { by: certificate(acme, { rawClaims: { 12: Buffer.from([0x13, 1, 0x41]) } }) })),
    reason: "certificate-malformed",
  },
  "a log entry that was made with another key": {
    file: "verify.ts",
    from: "if (problem) return problem;",
    to: "",
    attack: (on) => {
      const honest = messageBundle(acme, artifact);
      const spec = {
        data: { hash: { algorithm: "sha256", value: digests(artifact, "sha256")["sha256"] } },
        signature: {
          content: signatureOf(honest).toString("base64"),
          publicKey: { content: Buffer.from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").toString("base64") },
        },
      };
      return outcome(
        on,
        material(honest, (all) => ({ ...all, tlogEntries: [logged(acme, "hashedrekord", spec)] })),
      );
    },
    reason: "log-mismatch",
  },
  "a log whose key was no longer valid": {
    file: "verify.ts",
    from: "return logValidityProblem(evidence.entries, material.authorities.tlogs, times);",
    to: "return undefined;",
    attack: (on) => {
      const [log] = acme.root["tlogs"] as Json[];
      const ended = { ...(log?.["publicKey"] as Json), validFor: { start: "2025-01-01T00:00:00Z", end: "2025-02-01T00:00:00Z" } };
      return outcome(on, promiseless(messageBundle(acme, artifact)), {}, { ...acme.root, tlogs: [{ ...log, publicKey: ended }] });
    },
    reason: "log-checkpoint",
  },
  "a root where the validity of a key has no beginning": {
    file: "root.ts",
    from: "if (start === undefined)",
    to: "if (start === undefined) return 0;\n  if (false)",
    attack: (on) => {
      const [log] = acme.root["tlogs"] as Json[];
      const endless = { ...(log?.["publicKey"] as Json), validFor: {} };
      return outcome(on, messageBundle(acme, artifact), {}, { ...acme.root, tlogs: [{ ...log, publicKey: endless }] });
    },
    reason: "root-malformed",
  },
  "a stale root": {
    file: "verify.ts",
    from: "if (stale) return stale;",
    to: "",
    attack: (on) => outcome(on, messageBundle(acme, artifact), { now: Date.UTC(2030, 0) * 1000, maxRootAge: 90 }),
    reason: "root-stale",
  },
  "a bundle of 50 MB": {
    file: "bundle.ts",
    from: "if (bytes.length > bundleLimit)",
    to: "if (false)",
    attack: (on) => outcome(on, Buffer.concat([bytesOf(messageBundle(acme, artifact)), Buffer.alloc(50_000_000, 0x20)])),
    reason: "too-large",
    else: "malformed-bundle",
  },
  "base64 that readers disagree on": {
    file: "bundle.ts",
    from: "if (!base64.test(written) ||",
    to: "if (false && !base64.test(written) ||",
    attack: (on) => {
      const honest = messageBundle(acme, artifact);
      const message = honest["messageSignature"] as Json;
      return outcome(on, { ...honest, messageSignature: { ...message, signature: `!!!!${String(message["signature"])}` } });
    },
    reason: "malformed-bundle",
  },
};

it.each(Object.entries(checks))("stops %s, and would not without its check", async (_, check) => {
  expect(check.attack(product)).toBe(check.reason);
  expect(check.attack(await without(check.file, check.from, check.to))).toBe(check.else ?? "verified");
});

it("passes over a stranger's timestamp by a rule of its own: without it the bundle would be lost", async () => {
  const honest = messageBundle(acme, artifact, { stamp: false });
  const foreign = material(honest, (all) => ({ ...all, timestampVerificationData: stamps(stamped(stranger, signatureOf(honest))) }));
  expect(outcome(product, foreign)).toBe("verified");
  const strict = await without("timestamp.ts", "if (authority < 0) strangers++;", "if (false) strangers++;");
  expect(outcome(strict, foreign)).toBe("timestamp");
});
