/** What a decision is about, as VEX may name it: from the subject and the evidence that is believed. */
import { origin } from "../../../language/core/data.ts";
import { type ImageRef, parseImageRef } from "../../../language/domains/image-ref.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Subject } from "../../evaluate/decision.ts";
import { recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { VexBom, VexSubject } from "./subject.ts";

const bomType = "waybill.sbom.Bom";
const documentType = "waybill.vex.Document";
/** The document as it stands, which has the version that a BOM-Link names. */
const rawType = "waybill.cyclonedx.Bom";

/**
 * `believed` is the evidence of those who are believed, bills of materials among it: one that is about the subject, or that
 * the caller gave for it, names the subject by its root; one that is about another artifact says what holds there.
 */
export function vexSubjectOf(subject: Subject, believed: readonly Evidence[]): VexSubject {
  const digests = [subject.digest, subject.configDigest].filter((digest) => digest !== undefined);
  const purl = typeof subject.data["purl"] === "string" ? parsePurl(subject.data["purl"]) : undefined;
  const ref = imageRef(subject.data["ref"]);
  const bills = believed.filter(({ type }) => type === bomType);
  const boms = bills.filter((bill) => isAbout(bill, digests)).map((bill) => bomOf(bill, believed));
  const speaking = believed.filter(({ type }) => type === bomType || type === documentType);
  const elsewhere = new Set(speaking.filter((one) => !isAbout(one, digests)).map(({ document }) => document.digest));
  return {
    digests,
    ...(purl?.ok ? { purl: purl.value } : {}),
    ...(ref === undefined ? {} : { repository: ref.repository, ...(ref.tag === undefined ? {} : { tag: ref.tag }) }),
    ...(boms.length === 0 ? {} : { boms }),
    ...(elsewhere.size === 0 ? {} : { elsewhere }),
  };
}

/** A document that names digests is about those only; one that names none is bound by the caller to the subject (semantics, section 8). */
export function isAbout({ about }: Pick<Evidence, "about">, digests: readonly string[]): boolean {
  return about.length === 0 || about.some(({ digest }) => digests.includes(digest));
}

function bomOf({ data, document }: Evidence, believed: readonly Evidence[]): VexBom {
  const serial = textOf(data["serial"]);
  const root = recordOf(data["root"]);
  const raw = believed.find((one) => one.type === rawType && one.document.digest === document.digest);
  const version = raw?.data["version"];
  return {
    document: data[origin]?.document.digest ?? document.digest,
    ...(serial === undefined ? {} : { serial }),
    ...(typeof version === "number" ? { version } : {}),
    ...(root === undefined ? {} : { root }),
  };
}

function imageRef(raw: unknown): ImageRef | undefined {
  if (typeof raw !== "string") return undefined;
  const parsed = parseImageRef(raw);
  return parsed.ok ? parsed.value : undefined;
}
