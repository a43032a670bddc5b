/**
 * Flags of `cosign verify`, `verify-attestation`, `verify-blob` and `verify-blob-attestation` (cosign v3). cosign matches
 * its regular expressions anywhere in the name, so each is anchored and quoted here.
 */
import { type Declared, declared, type Keyless, type Quorum } from "../../../engine/trust/declared.ts";
import type { Trust } from "../../../language/core/ir.ts";
import { type DialectReport, json, Ledger, type OutputFile, type Source } from "./dialect.ts";
import { refOf, subjectOf } from "./subject.ts";

/** One call of cosign, or how many of several have to succeed. */
export type CosignCheck =
  | { readonly kind: "call"; readonly trust: string; readonly argv: readonly string[] }
  | { readonly kind: "at-least"; readonly count: number; readonly members: readonly CosignCheck[] };

/** The file beside the flags in which the key is. */
const keyFile = "cosign.pub";

/**
 * The flags that say who must have signed, each word on its own. `key` is the path of the public key for `--key`. Empty
 * where cosign has no words for the declaration: a call without identity is never made.
 */
export function cosignArgs(trust: Trust, key: string = keyFile): readonly string[] {
  return argsOf(declared(trust), key, new Ledger());
}

export function emitCosign(source: Source): DialectReport {
  const { trust, pems } = source;
  const ledger = new Ledger();
  const parts = declared(trust);
  if (parts.kind === "quorum") {
    const check = quorumCheck(source, trust, parts, ledger);
    return ledger.report("cosign", check === undefined ? [] : [{ path: "cosign.json", text: json(check) }]);
  }
  const pem = pems.get(trust.key);
  if (parts.kind === "key" && pem === undefined) {
    ledger.loses("key", "cosign needs the public key, and only its fingerprint is at hand");
    return ledger.report("cosign", []);
  }
  const argv = argsOf(parts, keyFile, ledger);
  if (argv.length === 0) return ledger.report("cosign", []);
  const files: OutputFile[] = [
    { path: "cosign.json", text: json({ kind: "call", trust: trust.key, argv } satisfies CosignCheck) },
    { path: "cosign.args", text: `${argv.join("\n")}\n` },
  ];
  return ledger.report("cosign", pem === undefined ? files : [...files, { path: keyFile, text: pem }]);
}

function argsOf(parts: Declared, key: string, ledger: Ledger): readonly string[] {
  switch (parts.kind) {
    case "keyless":
      return keylessArgs(parts, ledger);
    case "key":
      ledger.holds("key");
      ledger.note("`cosign verify --key` also exits 0 on an image that is only attested: an attestation is no signature of the image");
      if (hasWindow(parts.window)) ledger.loses("window", "cosign does not compare the time of signing with dates");
      return ["--key", key];
    case "spiffe":
      ledger.loses("id", "cosign verifies certificates of Sigstore, not those of a SPIFFE bundle");
      return [];
    case "quorum":
      return [];
  }
}

export function hasWindow(window: { readonly from?: number; readonly until?: number }): boolean {
  return window.from !== undefined || window.until !== undefined;
}

function keylessArgs(identity: Keyless, ledger: Ledger): readonly string[] {
  const { issuer, repository, ref, trigger } = identity;
  const argv = ["--certificate-oidc-issuer", issuer];
  ledger.holds("issuer");
  const isGithub = repository?.host === "github";
  const exactRef = ref === undefined ? undefined : refOf(ref).exact;
  if (isGithub) argv.push("--certificate-github-workflow-repository", repository.name);
  if (exactRef !== undefined && (isGithub || repository === undefined)) {
    argv.push("--certificate-github-workflow-ref", exactRef);
    if (identity.identity !== undefined) ledger.holds("ref");
  } else if (ref !== undefined && identity.identity !== undefined) ledger.loses("ref", "cosign compares refs by no pattern");
  if (trigger !== undefined) {
    if (repository?.host === "gitlab") ledger.loses("trigger", "cosign compares the trigger of GitHub only");
    else {
      argv.push("--certificate-github-workflow-trigger", trigger);
      ledger.holds("trigger");
    }
  }
  if (identity.workflow !== undefined && identity.identity !== undefined)
    ledger.loses("workflow", "cosign compares the workflow as a part of the name only, and the name is declared");
  const name = subjectOf(identity, ledger);
  if (name.kind === "exact") argv.push("--certificate-identity", name.text);
  else argv.push("--certificate-identity-regexp", name.regex);
  if (repository?.id !== undefined) ledger.loses("repository id", "cosign compares the name only: whoever takes over the name is believed");
  if (identity.runner !== undefined) ledger.loses("runner", "cosign does not compare the class of the runner");
  if (identity.environment !== undefined) ledger.loses("environment", "cosign does not compare the deployment environment");
  if (hasWindow(identity.window)) ledger.loses("window", "cosign does not compare the time of signing with dates");
  return argv;
}

/** One call a member; what they signed need not be the same statement, which no flag can ask for. */
function quorumCheck(source: Source, trust: Trust, quorum: Quorum, ledger: Ledger): CosignCheck | undefined {
  const members: CosignCheck[] = [];
  for (const key of quorum.members) {
    const check = memberCheck(source, source.trusts.get(key), new Set([trust.key]));
    if (check === undefined) {
      ledger.loses("quorum", `cosign has no words for its member ${key}`);
      return undefined;
    }
    members.push(check);
  }
  ledger.wider(
    "quorum",
    "each call looks for its own signature: that all are over one statement is not checked, nor what a member loses by itself",
  );
  return { kind: "at-least", count: quorum.threshold, members };
}

function memberCheck(source: Source, trust: Trust | undefined, above: ReadonlySet<string>): CosignCheck | undefined {
  if (trust === undefined || above.has(trust.key)) return undefined;
  const parts = declared(trust);
  if (parts.kind === "quorum") {
    const within = new Set([...above, trust.key]);
    const members = parts.members.map((key) => memberCheck(source, source.trusts.get(key), within));
    const known = members.filter((member) => member !== undefined);
    return known.length === members.length ? { kind: "at-least", count: parts.threshold, members: known } : undefined;
  }
  if (parts.kind === "key" && !source.pems.has(trust.key)) return undefined;
  const argv = argsOf(parts, `../${trust.key}/${keyFile}`, new Ledger());
  return argv.length === 0 ? undefined : { kind: "call", trust: trust.key, argv };
}
