/** `waybill verify BUNDLE…`: whether Sigstore bundles are about an artifact, and signed by whom the caller names. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ageInDays, alarmAfterDays } from "../../../engine/trust/age.ts";
import { type Artifact, parseDigest } from "../../../engine/trust/digest.ts";
import { type ExactIdentity, identityProblem } from "../../../engine/trust/exact.ts";
import { type PublicKey, readKey } from "../../../engine/trust/key.ts";
import { documentsOf } from "../../../engine/trust/lines.ts";
import { type Refused, refuse } from "../../../engine/trust/refusal.ts";
import { joinRoots, readTrustRoots, type TrustRoot } from "../../../engine/trust/root.ts";
import type { Verification } from "../../../engine/trust/verification.ts";
import { type VerifyOptions, verifyBundle } from "../../../engine/trust/verify.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { type Options, text, texts } from "../options.ts";
import { readClock } from "../shell/clock.ts";
import { sha256 } from "../shell/digest.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem, readBytes } from "../shell/files.ts";
import { tell } from "../shell/report.ts";
import { type Verified, verificationJson, verificationText } from "../verification.ts";

/** Whom the caller names: an identity that a certificate must have, or keys. */
type Wanted =
  | { readonly kind: "identity"; readonly exact: ExactIdentity }
  /** A SPIFFE id is vouched for by the bundle of its trust domain, and by no issuer. */
  | { readonly kind: "spiffe"; readonly id: string }
  | { readonly kind: "keys"; readonly files: readonly string[] };

/** The name that stands for the root that comes with Waybill, where no file is called so. */
const pinnedName = "public-good";
/** Larger artifacts are read once and only their digests are kept. */
const inMemory = 256_000_000;

export async function verify(call: Call, bundles: readonly string[], options: Options): Promise<number> {
  const wanted = wantedOf(options);
  const now = readClock(text(options, "now"));
  if (typeof now !== "number") throw new Stop(exit.usage, [now]);
  const maxRootAge = daysOf(text(options, "maxRootAge"));
  const { artifact, shown } = await artifactOf(options);
  const trust = await trustOf(options, wanted, now);
  await tell(call.terminal, trust.diagnostics);
  const needsPrehash = !(artifact instanceof Uint8Array) || trust.keys.some(({ key }) => key.asymmetricKeyType === "ed25519");
  const given: VerifyOptions = {
    roots: joinRoots(trust.roots),
    keys: trust.keys,
    artifact,
    now,
    ...(options["requireLog"] === true ? { keyTransparency: "required" } : {}),
    ...(maxRootAge === undefined ? {} : { maxRootAge }),
    ...(needsPrehash ? { prehash: (await import("../../../engine/trust/prehash.ts")).prehash } : {}),
  };
  const answers: Verified[] = [];
  for (const bundle of bundles)
    for (const { name, bytes } of documentsOf(bundle === "-" ? "stdin" : bundle, await readBytes(bundle))) {
      const verification = trust.refused ?? bySigner(verifyBundle(bytes, given), wanted);
      answers.push({ name, digest: sha256(bytes), verification });
    }
  const roots = trust.roots.map(({ name, digest }) => ({ name, digest }));
  await call.terminal.out(
    text(options, "format") === "json"
      ? verificationJson(answers, { tool: call.version, now, artifact: shown, roots })
      : verificationText(answers, call.terminal.colourOut),
  );
  if (answers.some(({ verification }) => verification.kind === "refused")) return exit.no;
  return answers.some(({ verification }) => verification.kind === "unsettled") ? exit.noVerdict : exit.done;
}

function wrong(code: "WB1102" | "WB1103", problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic(code, { problem }, undefined, { help })]);
}

function wantedOf(options: Options): Wanted {
  const identity = text(options, "identity");
  const issuer = text(options, "issuer");
  const files = texts(options, "key");
  const help = "name `--identity SAN` and `--issuer URL` of a certificate, or `--key FILE`";
  if (files.length > 0) {
    if (identity !== undefined || issuer !== undefined) throw wrong("WB1103", "both a key and an identity are named", help);
    return { kind: "keys", files };
  }
  if (identity?.startsWith("spiffe://") && issuer === undefined) return { kind: "spiffe", id: identity };
  if (identity === undefined && issuer === undefined) throw wrong("WB1103", "nobody is named who must have signed", help);
  if (identity === undefined || issuer === undefined) {
    const [has, lacks] = identity === undefined ? ["--issuer", "--identity"] : ["--identity", "--issuer"];
    throw wrong("WB1103", `\`${has}\` is given without \`${lacks}\``, "an identity is only as good as who vouches for it: name both");
  }
  if (identity === "" || issuer === "") throw wrong("WB1103", `\`--${identity === "" ? "identity" : "issuer"}\` is empty`, help);
  return { kind: "identity", exact: { identity, issuer } };
}

function daysOf(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(written)) return Number(written);
  throw new Stop(exit.usage, [
    diagnostic("WB1007", { option: "--max-root-age", value: written, shape: "DAYS" }, undefined, {
      help: "write whole days: `--max-root-age 180`",
    }),
  ]);
}

async function artifactOf(options: Options): Promise<{ readonly artifact: Artifact; readonly shown: string }> {
  const path = text(options, "artifact");
  const digest = text(options, "digest");
  const help = "name `--artifact FILE` or `--digest sha256:HEX`";
  if (path !== undefined && digest !== undefined) throw wrong("WB1102", "both an artifact and a digest are named", help);
  if (digest !== undefined) {
    const read = parseDigest(digest);
    if ("problem" in read) throw new Stop(exit.usage, [diagnostic("WB1104", { digest, problem: read.problem }, undefined, { help })]);
    return { artifact: read, shown: `${read.algorithm}:${read.hex}` };
  }
  if (path === undefined) throw wrong("WB1102", "no artifact is named that the bundles must be about", help);
  const size =
    path === "-"
      ? 0
      : await stat(path).then(
          ({ size }) => size,
          () => 0,
        );
  if (size > inMemory) {
    const digests = await digestsOf(path);
    return { artifact: digests, shown: `sha256:${digests[0]?.hex ?? ""}` };
  }
  const bytes = await readBytes(path);
  return { artifact: bytes, shown: sha256(bytes) };
}

/** The digests of a file that is too large to be held, in one reading. */
async function digestsOf(path: string): Promise<readonly { readonly algorithm: string; readonly hex: string }[]> {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hashes = ["sha256", "sha384", "sha512"].map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      for (const { hash } of hashes) hash.update(chunk as Buffer);
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(path, problem)]);
  }
  return hashes.map(({ algorithm, hash }) => ({ algorithm, hex: hash.digest("hex") }));
}

interface Trust {
  readonly roots: readonly TrustRoot[];
  readonly keys: readonly PublicKey[];
  readonly diagnostics: readonly Diagnostic[];
  /** Nothing can be verified: a root or key that the caller named is none. */
  readonly refused: Refused | undefined;
}

async function trustOf(options: Options, wanted: Wanted, now: number): Promise<Trust> {
  const roots: TrustRoot[] = [];
  const keys: PublicKey[] = [];
  const diagnostics: Diagnostic[] = [];
  let refused: Refused | undefined;
  const named = texts(options, "trustedRoot");
  for (const path of named.length > 0 ? named : [pinnedName]) {
    const exists = await stat(path).then(
      () => true,
      () => path === "-",
    );
    if (path === pinnedName && !exists) {
      roots.push((await import("../../../engine/trust/pinned.ts")).publicGoodRoot());
      continue;
    }
    const read = readTrustRoots(await readBytes(path), path === "-" ? "stdin" : path);
    diagnostics.push(...read.diagnostics);
    roots.push(...read.value);
    if (read.value.length === 0) refused ??= refuse("root-malformed", read.diagnostics[0]?.message ?? `\`${path}\` is not a trusted root`);
  }
  for (const path of wanted.kind === "keys" ? wanted.files : []) {
    const read = readKey(await readBytes(path), path);
    diagnostics.push(...read.diagnostics);
    if (read.value) keys.push(read.value);
    else refused ??= refuse("key", read.diagnostics[0]?.message ?? `\`${path}\` is not a public key`);
  }
  for (const root of roots) {
    const days = ageInDays(root, now);
    if (days <= alarmAfterDays) continue;
    const help = "fetch the root anew: `waybill trust update`";
    diagnostics.push(diagnostic("WB1101", { name: root.name, days: alarmAfterDays }, undefined, { help }));
  }
  return { roots, keys, diagnostics, refused };
}

/** A signature that holds, made by somebody else than the caller names, is refused. */
function bySigner(verification: Verification, wanted: Wanted): Verification {
  if (verification.kind !== "verified") return verification;
  const { signer } = verification;
  if (wanted.kind === "identity") return identityProblem(signer, wanted.exact) ?? verification;
  if (wanted.kind === "spiffe") {
    if (signer.kind === "spiffe" && signer.id === wanted.id) return verification;
    return refuse(
      "identity",
      signer.kind === "spiffe"
        ? `it was signed by \`${signer.id}\`, not by \`${wanted.id}\``
        : "it was signed by no workload of a SPIFFE bundle",
    );
  }
  return signer.kind === "key" ? verification : refuse("key", "it was signed with a certificate, and a key was named");
}
