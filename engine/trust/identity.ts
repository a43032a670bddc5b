/**
 * Whether an identity of a trust declaration made a signature (semantics, section 7): decided from certificate or key
 * alone, by exact texts, numbers and anchored globs. What a certificate does not say never matches.
 */
import type { Trust } from "../../language/core/ir.ts";
import { parseGlob } from "../../language/domains/pattern.ts";
import { parseSpiffePattern } from "../../language/domains/spiffe.ts";
import { showTime } from "../../language/domains/time.ts";
import { declared, type Key, type Keyless, type Spiffe, type Window } from "./declared.ts";
import { hostOf } from "./host.ts";
import type { Acceptance, BuildClaims, Signer, VerifiedTime } from "./verification.ts";

/**
 * The keys that declarations mean, by the qualified name of the declaration: `sha256:<hex>` of the SubjectPublicKeyInfo
 * in DER. The shell reads files; a declaration whose key was not to be had is not in it.
 */
export type KeyFingerprints = ReadonlyMap<string, string>;

const accepted: Acceptance = { kind: "accepted" };

/**
 * Whether `signer` is one whom the declaration believes. `times` are the verified times of the signature. A quorum is
 * no single signer's: it is counted over all signatures of a statement (`trustsOf`), and rejects here.
 */
export function accepts(trust: Trust, signer: Signer, times: readonly VerifiedTime[], keys: KeyFingerprints): Acceptance {
  const identity = declared(trust);
  if (identity.kind === "quorum") return rejected("quorum", `${identity.threshold} of ${identity.members.length} members`, "one signature");
  const who = acceptsSigner(identity, trust.key, signer, keys);
  return who.kind === "accepted" ? within(identity.window, times) : who;
}

function acceptsSigner(identity: Keyless | Key | Spiffe, name: string, signer: Signer, keys: KeyFingerprints): Acceptance {
  switch (identity.kind) {
    case "keyless":
      return signer.kind === "certificate" ? acceptsCertificate(identity, signer) : rejected("form", "a certificate", formOf(signer));
    case "key":
      return signer.kind === "key" ? acceptsKey(identity, keys.get(name), signer.fingerprint) : rejected("form", "a key", formOf(signer));
    case "spiffe":
      return signer.kind === "spiffe" ? acceptsSpiffe(identity.id, signer.id) : rejected("form", "a SPIFFE id", formOf(signer));
  }
}

function rejected(field: string, expected: string, found: string | undefined): Acceptance {
  return { kind: "rejected", field, expected, found: found ?? "nothing: the certificate does not say" };
}

function formOf(signer: Signer): string {
  switch (signer.kind) {
    case "certificate":
      return "a certificate";
    case "key":
      return "a key";
    case "spiffe":
      return "a SPIFFE id";
  }
}

/** The first part that differs, in the order in which people write them. */
function acceptsCertificate(identity: Keyless, signer: Signer & { readonly kind: "certificate" }): Acceptance {
  const { claims } = signer;
  if (signer.issuer !== identity.issuer) return rejected("issuer", identity.issuer, signer.issuer);
  if (identity.repository !== undefined) {
    const { host, name, id } = identity.repository;
    const uri = `${hostOf(host, identity.issuer)}/${name}`;
    if (repositoryUri(claims) !== uri) return rejected("repository", uri, repositoryUri(claims));
    if (id !== undefined && claims.sourceRepositoryId !== String(id))
      return rejected("repository id", String(id), claims.sourceRepositoryId);
  }
  if (identity.workflow !== undefined && !workflows(claims).includes(identity.workflow))
    return rejected("workflow", identity.workflow, claims.buildSignerUri ?? claims.buildConfigUri);
  if (identity.ref !== undefined) {
    const { kind, pattern } = identity.ref;
    const prefix = kind === "tag" ? "refs/tags/" : "refs/heads/";
    const ref = claims.sourceRepositoryRef ?? claims.github?.ref;
    if (ref === undefined || !ref.startsWith(prefix) || !matches(pattern, ref.slice(prefix.length)))
      return rejected("ref", `${kind}("${pattern}")`, ref);
  }
  if (identity.runner !== undefined) {
    const classes = runnerClasses[identity.runner];
    if (!classes.some((one) => one === claims.runnerEnvironment)) return rejected("runner", classes.join(" or "), claims.runnerEnvironment);
  }
  if (identity.environment !== undefined && claims.deploymentEnvironment !== identity.environment)
    return rejected("environment", identity.environment, claims.deploymentEnvironment);
  if (identity.trigger !== undefined && trigger(claims) !== identity.trigger) return rejected("trigger", identity.trigger, trigger(claims));
  const { identity: name } = identity;
  if (name !== undefined && !signer.identities.some((one) => matches(name, one)))
    return rejected("identity", name, signer.identities.length === 0 ? undefined : signer.identities.join(", "));
  return accepted;
}

/** Fulcio's `.11`, as its issuers write it. */
export const runnerClasses: Readonly<Record<"hosted" | "self_hosted", readonly string[]>> = {
  hosted: ["github-hosted", "gitlab-hosted"],
  self_hosted: ["self-hosted"],
};

/** `.12`; older certificates of GitHub have `.5`, the name alone. */
function repositoryUri(claims: BuildClaims): string | undefined {
  const { sourceRepositoryUri: uri, github } = claims;
  return uri ?? (github?.repository === undefined ? undefined : `https://github.com/${github.repository}`);
}

function trigger(claims: BuildClaims): string | undefined {
  return claims.buildTrigger ?? claims.github?.trigger;
}

/**
 * Paths of the workflows of this repository that ran: who signed (`.9`, where a reusable workflow stands) and what was
 * started (`.18`). Those of other repositories are none: a path alone would be anybody's.
 */
function workflows(claims: BuildClaims): readonly string[] {
  const base = repositoryUri(claims);
  if (base === undefined) return [];
  return [claims.buildSignerUri, claims.buildConfigUri].flatMap((uri): readonly string[] => {
    const file = uri === undefined ? undefined : withoutRef(uri);
    if (!file?.startsWith(`${base}/`)) return [];
    // GitLab parts the path from the project by two slashes (sigstore/fulcio `docs/oid-info.md`).
    return [file.slice(base.length + 1).replace(/^\//, "")];
  });
}

/**
 * `…/release.yml@refs/tags/v1` without `@refs/tags/v1`. The last `@refs/` is cut, so that a file with such a name keeps
 * it: a path that is too long matches nothing, one that is too short might.
 */
export function withoutRef(uri: string): string | undefined {
  const at = uri.includes("@refs/") ? uri.lastIndexOf("@refs/") : uri.lastIndexOf("@");
  return at < 0 ? undefined : uri.slice(0, at);
}

/** Whole values only. A pattern that is none (the checker lets none through) matches nothing. */
function matches(pattern: string, value: string): boolean {
  if (!pattern.includes("*")) return value === pattern;
  const glob = parseGlob(pattern);
  return glob.ok && glob.value.test(value);
}

function acceptsKey(identity: Key, known: string | undefined, found: string): Acceptance {
  const expected = identity.fingerprint ?? known;
  if (expected === undefined)
    return { kind: "unknown", detail: `the key${identity.file === undefined ? "" : ` \`${identity.file}\``} was not read` };
  return expected.toLowerCase() === found.toLowerCase() ? accepted : rejected("key", expected, found);
}

function acceptsSpiffe(expected: string, found: string): Acceptance {
  if (expected === found) return accepted;
  const pattern = expected.includes("*") ? parseSpiffePattern(expected) : undefined;
  return pattern?.ok === true && pattern.value.test(found) ? accepted : rejected("id", expected, found);
}

/**
 * The time of signing is the earliest that is verified: the signature existed then. A later one says no more, and
 * anybody can have an old signature stamped again.
 */
function within(window: Window, times: readonly VerifiedTime[]): Acceptance {
  if (window.from === undefined && window.until === undefined) return accepted;
  if (times.length === 0) return { kind: "unknown", detail: "no verified time of signing, and the identity has a window" };
  const signed = Math.min(...times.map((one) => one.time));
  if (window.from !== undefined && signed < window.from)
    return rejected("not_before", `${showTime(window.from)} or later`, showTime(signed));
  if (window.until !== undefined && signed >= window.until)
    return rejected("not_after", `before ${showTime(window.until)}`, showTime(signed));
  return accepted;
}
