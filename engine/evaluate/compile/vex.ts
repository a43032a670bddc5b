/** `finding is resolved by …`: reading VEX in a decision (semantics, sections 8 and 10). */
import type { DataRecord } from "../../../language/core/data.ts";
import type { PredicateRead } from "../../../language/core/ir.ts";
import { type ImageRef, parseImageRef } from "../../../language/domains/image-ref.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Subject } from "../decision.ts";
import { type Env, UNSET } from "../env.ts";
import { indexVex, type Resolution, type VexIndex, vexReader } from "../intrinsics/resolve.ts";
import type { VexSubject } from "../intrinsics/vex-product.ts";
import { CONFLICT, type Site, type Truth, want } from "../unknown.ts";
import { wantsOf } from "./attestations.ts";
import type { Context } from "./context.ts";

const documentType = "waybill.vex.Document";

type Reader = (finding: DataRecord) => Resolution;

/** The documents of the last decision by who is believed, and their index: every read of a program has the same. */
interface Indexed {
  readonly documents: readonly DataRecord[];
  readonly index: VexIndex;
}
const lastIndexed = new WeakMap<Context, Map<string | undefined, Indexed>>();

function indexOf(context: Context, trust: string | undefined, documents: readonly DataRecord[]): VexIndex {
  let byTrust = lastIndexed.get(context);
  if (byTrust === undefined) {
    byTrust = new Map();
    lastIndexed.set(context, byTrust);
  }
  const last = byTrust.get(trust);
  if (last !== undefined && sameDocuments(last.documents, documents)) return last.index;
  const index = indexVex(documents);
  byTrust.set(trust, { documents, index });
  return index;
}

/** Reads the predicate of a finding; the documents are indexed once a decision, and once for all that share them. */
export function resolvedByVex(context: Context, expr: PredicateRead, site: Site): (env: Env, finding: DataRecord) => Truth {
  const trust = expr.by?.kind === "trust" ? expr.by.trust : undefined;
  const slot = context.sharedSlot(`vex ${trust ?? "claimed"}`);
  const reader = (env: Env): Reader => {
    const known = env.slots[slot];
    if (known !== UNSET && known !== undefined) return known as Reader;
    const made = vexReader(indexOf(context, trust, documentsOf(env, trust)), vexSubject(env.request.subject), env.now);
    env.slots[slot] = made;
    return made;
  };
  return (env, finding) => {
    const failed = wantsOf(env.failed?.get(documentType), trust, site);
    if (failed !== undefined) return failed;
    const resolution = reader(env)(finding);
    if (resolution.flipsAt !== undefined && resolution.flipsAt < env.validUntil) env.validUntil = resolution.flipsAt;
    return resolution.kind === "conflict" ? want(CONFLICT, site, finding, resolution.detail) : resolution.kind === "resolved";
  };
}

function sameDocuments(a: readonly DataRecord[], b: readonly DataRecord[]): boolean {
  return a.length === b.length && a.every((document, index) => document === b[index]);
}

/** A VEX document is about the products it names, so it is not bound to the subject as other evidence is. */
function documentsOf(env: Env, trust: string | undefined): readonly DataRecord[] {
  const { evidence, attested } = env.request;
  if (trust !== undefined)
    return attested.filter((one) => one.evidence.type === documentType && one.trusts.includes(trust)).map((one) => one.evidence.data);
  return evidence.filter((one) => one.type === documentType).map((one) => one.data);
}

function vexSubject(subject: Subject): VexSubject {
  const digests = [subject.digest, subject.configDigest].filter((digest) => digest !== undefined);
  const purl = typeof subject.data["purl"] === "string" ? parsePurl(subject.data["purl"]) : undefined;
  const ref = imageRef(subject.data["ref"]);
  return {
    digests,
    ...(purl?.ok ? { purl: purl.value } : {}),
    ...(ref === undefined ? {} : { repository: ref.repository, ...(ref.tag === undefined ? {} : { tag: ref.tag }) }),
  };
}

function imageRef(raw: unknown): ImageRef | undefined {
  if (typeof raw !== "string") return undefined;
  const parsed = parseImageRef(raw);
  return parsed.ok ? parsed.value : undefined;
}
