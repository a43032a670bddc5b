/**
 * Admission controllers that verify cosign's signatures: Kyverno's ImageValidatingPolicy (`policies.kyverno.io/v1`) and
 * policy-controller's ClusterImagePolicy (`policy.sigstore.dev/v1beta1`). Both know of a certificate its issuer and its
 * name only.
 */
import { stringify } from "yaml";
import { declared, type Keyless } from "../../../engine/trust/declared.ts";
import type { Trust } from "../../../language/core/ir.ts";
import { hasWindow } from "./cosign.ts";
import { type DialectReport, kubernetesName, Ledger, type Source } from "./dialect.ts";
import { subjectOf } from "./subject.ts";

interface IdentityMatch {
  readonly issuer: string;
  readonly subject?: string;
  readonly subjectRegExp?: string;
}

/** More policies than this for one quorum are nothing that people read. */
const manyPolicies = 32;

/** Issuer and name, which both controllers write alike; the rest of the identity is lost. */
function identityMatch(identity: Keyless, ledger: Ledger): IdentityMatch {
  ledger.stricter("issuer", "by certificates of the public Sigstore instance only; name another by its trust root");
  const name = subjectOf(identity, ledger);
  const lost: readonly (readonly [string, unknown, string])[] = [
    ["repository id", identity.repository?.id, "the name only is compared: whoever takes over the name is believed"],
    ["workflow", identity.identity === undefined ? undefined : identity.workflow, "it is compared as a part of the name only"],
    ["ref", identity.identity === undefined ? undefined : identity.ref, "it is compared as a part of the name only"],
    ["runner", identity.runner, "the class of the runner is not compared"],
    ["environment", identity.environment, "the deployment environment is not compared"],
    ["trigger", identity.trigger, "the trigger is not compared"],
  ];
  for (const [part, value, detail] of lost) if (value !== undefined) ledger.loses(part, detail);
  if (hasWindow(identity.window)) ledger.loses("window", "the time of signing is not compared with dates");
  return { issuer: identity.issuer, ...(name.kind === "exact" ? { subject: name.text } : { subjectRegExp: name.regex }) };
}

/** A signer, or undefined where the controllers have no words for it. */
type Signer = { readonly key: string; readonly name: string } & ({ readonly keyless: IdentityMatch } | { readonly pem: string });

function signerOf(trust: Trust, source: Source, ledger: Ledger): Signer | undefined {
  const parts = declared(trust);
  const { key } = trust;
  const name = kubernetesName(key);
  if (parts.kind === "keyless") return { key, name, keyless: identityMatch(parts, ledger) };
  if (parts.kind === "key") {
    const pem = source.pems.get(trust.key);
    if (pem === undefined) {
      ledger.loses("key", "the public key is needed, and only its fingerprint is at hand");
      return undefined;
    }
    ledger.holds("key");
    if (hasWindow(parts.window)) ledger.loses("window", "the time of signing is not compared with dates");
    return { key, name, pem };
  }
  if (parts.kind === "spiffe") ledger.loses("id", "certificates of Sigstore are verified, not those of a SPIFFE bundle");
  return undefined;
}

/** Identities below a declaration; undefined where one of them cannot be said, or a quorum rests on itself. */
function signersOf(trust: Trust, source: Source, ledger: Ledger, above: readonly string[] = []): readonly Signer[] | undefined {
  if (above.includes(trust.key)) return undefined;
  if (trust.body.kind !== "quorum") {
    const signer = signerOf(trust, source, above.length === 0 ? ledger : new Ledger());
    return signer === undefined ? undefined : [signer];
  }
  const found: Signer[] = [];
  for (const key of trust.body.members) {
    const member = source.trusts.get(key);
    const below = member === undefined ? undefined : signersOf(member, source, ledger, [...above, trust.key]);
    if (below === undefined) {
      ledger.loses("quorum", `there are no words for its member ${key}`);
      return undefined;
    }
    for (const signer of below) {
      const same = found.find((one) => one.name === signer.name);
      if (same === undefined) found.push(signer);
      else if (same.key !== signer.key) {
        ledger.loses("quorum", `its members ${same.key} and ${signer.key} have the same name in Kubernetes`);
        return undefined;
      }
    }
  }
  return found;
}

const sameStatement =
  "signatures of the image are counted: that all are over one statement is not checked, nor what a member loses by itself";

export function emitKyverno(source: Source): DialectReport {
  const ledger = new Ledger();
  const signers = signersOf(source.trust, source, ledger);
  if (signers === undefined) return ledger.report("kyverno", []);
  if (source.trust.body.kind === "quorum") ledger.wider("quorum", sameStatement);
  ledger.note("every image of every pod is matched: narrow `matchImageReferences` and `matchConstraints`");
  const holds = celOf(source.trust, source);
  const lists = ["containers", "initContainers", "ephemeralContainers"];
  const policy = {
    apiVersion: "policies.kyverno.io/v1",
    kind: "ImageValidatingPolicy",
    metadata: { name: kubernetesName(source.trust.key) },
    spec: {
      validationActions: ["Deny"],
      failurePolicy: "Fail",
      matchConstraints: {
        // An ephemeral container is added through a subresource, which a rule for `pods` does not match (semantics, section 13).
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods", "pods/ephemeralcontainers"] },
        ],
      },
      matchImageReferences: [{ glob: "*" }],
      attestors: signers.map((signer) => ({
        name: celName(signer.name),
        cosign: "pem" in signer ? { key: { data: signer.pem } } : { keyless: { identities: [signer.keyless] } },
      })),
      validations: lists.map((list) => ({
        expression: `!has(images.${list}) || images.${list}.all(image, ${holds})`,
        message: `an image of ${list} is not signed by ${source.trust.key}`,
      })),
    },
  };
  return ledger.report("kyverno", [{ path: "kyverno.yaml", text: stringify(policy, { lineWidth: 0 }) }]);
}

/** Attestors are fields of `attestors` in CEL, which has no dashes in names. */
function celName(name: string): string {
  return name.replaceAll("-", "_");
}

function celOf(trust: Trust, source: Source): string {
  if (trust.body.kind !== "quorum") return `verifyImageSignatures(image, [attestors.${celName(kubernetesName(trust.key))}]) > 0`;
  const members = trust.body.members.flatMap((key) => {
    const member = source.trusts.get(key);
    return member === undefined ? [] : [celOf(member, source)];
  });
  return `[${members.join(", ")}].filter(held, held).size() >= ${trust.body.threshold}`;
}

export function emitPolicyController(source: Source): DialectReport {
  const ledger = new Ledger();
  const signers = signersOf(source.trust, source, ledger);
  if (signers === undefined) return ledger.report("policy-controller", []);
  const byKey = new Map(signers.map((signer) => [signer.key, signer]));
  const policies = required(source.trust, source);
  if (policies === undefined) {
    ledger.loses("quorum", `it would take more than ${manyPolicies} policies`);
    return ledger.report("policy-controller", []);
  }
  if (source.trust.body.kind === "quorum") ledger.wider("quorum", sameStatement);
  ledger.note("every image is matched: narrow `images`, and label the namespaces that are to be judged");
  const name = kubernetesName(source.trust.key);
  const documents = policies.map((authorities, index) => ({
    apiVersion: "policy.sigstore.dev/v1beta1",
    kind: "ClusterImagePolicy",
    metadata: { name: policies.length === 1 ? name : `${name.slice(0, 60)}-${index + 1}` },
    spec: {
      mode: "enforce",
      images: [{ glob: "**" }],
      authorities: authorities.flatMap((key) => {
        const signer = byKey.get(key);
        return signer === undefined ? [] : [authorityOf(signer)];
      }),
    },
  }));
  return ledger.report("policy-controller", [
    { path: "policy-controller.yaml", text: documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n") },
  ]);
}

function authorityOf(signer: Signer): object {
  if ("pem" in signer) return { name: signer.name, key: { data: signer.pem } };
  return { name: signer.name, keyless: { url: "https://fulcio.sigstore.dev", identities: [signer.keyless] } };
}

/**
 * Sets of identities of which one each has to sign: a policy passes if any of its authorities does, and an image has to
 * pass every policy. `k of n` is one policy for each n-k+1 members: with fewer signers than k, one of these has none.
 */
function required(trust: Trust, source: Source): readonly (readonly string[])[] | undefined {
  if (trust.body.kind !== "quorum") return [[trust.key]];
  const members: (readonly (readonly string[])[])[] = [];
  for (const key of trust.body.members) {
    const member = source.trusts.get(key);
    const sets = member === undefined ? undefined : required(member, source);
    if (sets === undefined) return undefined;
    members.push(sets);
  }
  const all: (readonly string[])[] = [];
  for (const chosen of subsets(members, members.length - trust.body.threshold + 1)) {
    let sets: readonly (readonly string[])[] = [[]];
    for (const member of chosen) {
      sets = sets.flatMap((before) => member.map((set) => [...new Set([...before, ...set])]));
      if (sets.length > manyPolicies) return undefined;
    }
    all.push(...sets);
    if (all.length > manyPolicies) return undefined;
  }
  return all;
}

function* subsets<T>(items: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) yield [];
  for (let index = from; size > 0 && index <= items.length - size; index++) {
    const item = items[index];
    if (item !== undefined) for (const rest of subsets(items, size - 1, index + 1)) yield [item, ...rest];
  }
}
