/** What `vex emit` writes: statements about one product each, as a document of the format that is asked for. */
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { buildPurl, parsePurl } from "../../../language/domains/purl.ts";
import { type AssessedStatus, type RuntimeProfile, suppresses } from "../../evaluate/assess.ts";
import type { Subject } from "../../evaluate/decision.ts";
import type { DeclaredStatement } from "./declared.ts";
import {
  type VexAssertion,
  type VexDocument,
  type VexFormat,
  type VexJustification,
  type VexNamedProduct,
  vexJustifications,
} from "./document.ts";

/** What statements are about. */
export interface EmittedProduct {
  readonly product: Omit<VexNamedProduct, "subcomponents">;
  /** It says by digest or version which one it is: nothing else may be called unaffected for good. */
  readonly anchored: boolean;
  /** It runs somewhere, so what surrounds it there is part of it. */
  readonly deployment: boolean;
}

/**
 * The product that a subject is: by its digest and purl; of an image the purl of an OCI artifact (purl-spec, `oci`), in whose
 * version the digest stands. `version` is the caller's word where nothing else says which one it is.
 */
export function productOf(subject: Subject, version: string | undefined): EmittedProduct {
  const digests = subject.digest === undefined ? [] : [subject.digest];
  const purl = purlOf(subject, version);
  const own = purl === undefined ? undefined : parsePurl(purl);
  const stated = version ?? (own?.ok && own.value.type !== "oci" ? own.value.version : undefined);
  return {
    product: {
      id: purl ?? subject.name,
      name: nameOf(subject),
      ...(stated === undefined ? {} : { version: stated }),
      ...(purl === undefined ? {} : { purl }),
      digests,
    },
    anchored: digests.length > 0 || stated !== undefined,
    deployment: subject.kind === "workload",
  };
}

function nameOf({ kind, name, data }: Subject): string {
  const own = kind === "image" ? data["repository"] : data["name"];
  return typeof own === "string" && own !== "" && kind !== "workload" ? own : name;
}

function purlOf({ kind, data, digest }: Subject, version: string | undefined): string | undefined {
  if (kind !== "image") {
    const parsed = typeof data["purl"] === "string" ? parsePurl(data["purl"]) : undefined;
    if (!parsed?.ok) return undefined;
    const { type, namespace, name, qualifiers, subpath } = parsed.value;
    if (parsed.value.version !== undefined || version === undefined) return parsed.value.text;
    const full = buildPurl({
      type,
      name,
      version,
      qualifiers: Object.fromEntries(qualifiers),
      ...(namespace === undefined ? {} : { namespace }),
      ...(subpath === undefined ? {} : { subpath }),
    });
    return full.ok ? full.value.text : parsed.value.text;
  }
  const ref = typeof data["ref"] === "string" ? parseImageRef(data["ref"]) : undefined;
  if (!ref?.ok) return undefined;
  const { repository, tag } = ref.value;
  const built = buildPurl({
    type: "oci",
    name: repository.split("/").at(-1) ?? repository,
    ...(digest === undefined ? {} : { version: digest }),
    qualifiers: { repository_url: repository, ...(tag === undefined ? {} : { tag }) },
  });
  return built.ok ? built.value.text : undefined;
}

/** A statement as it is emitted about a product, and why it is not the one that was decided. */
export interface EmittedStatement {
  readonly declared: DeclaredStatement;
  readonly assertion: VexAssertion;
  /** Absent where it says what was decided. */
  readonly instead?: "unanchored" | "unspoken" | "deployment";
}

/**
 * The statement in the format's words. What suppresses is not said of a product that could be any version, nor where some
 * finding of the same in the component is one of which no declaration speaks. What holds
 * only where a runtime profile denies what an exploit needs is no word about the artifact: CycloneDX can say so
 * (`protected_at_runtime`); OpenVEX and CSAF get `affected` with what to do, unless the product is the deployment (semantics, section 10).
 */
export function emittedStatement(declared: DeclaredStatement, about: EmittedProduct, format: VexFormat): EmittedStatement {
  const { status } = declared;
  const of = (own: Pick<VexAssertion, "status"> & Partial<VexAssertion>): VexAssertion => ({
    vulnerability: declared.vulnerability,
    aliases: declared.aliases,
    ...(declared.title === undefined ? {} : { description: declared.title }),
    responses: [],
    products: [{ ...about.product, subcomponents: [declared.component] }],
    ...own,
  });
  if (suppresses(status) && !about.anchored) return { declared, assertion: of({ status: "under_investigation" }), instead: "unanchored" };
  if (suppresses(status) && declared.unspoken) return { declared, assertion: of({ status: "under_investigation" }), instead: "unspoken" };
  const profiles = suppresses(status) ? profilesOf(declared) : [];
  if (profiles.length > 0) {
    const named = profiles.map(({ runtime, digest }) => `${runtime} (${digest})`).join(", ");
    const own = status.kind === "not_affected" ? status.impact : undefined;
    const impact = `${own === undefined ? "" : `${own}; `}denied at run time by the profile ${named}`;
    if (format === "cyclonedx")
      return {
        declared,
        assertion: of({
          status: "not_affected",
          state: "not_affected",
          // The one word is read as said of an artifact (`engine/evidence/cyclonedx`); of a deployment what is around it is a part.
          ...(about.deployment ? { justification: "inline_mitigations_already_exist" as const } : {}),
          ownJustification: "protected_at_runtime",
          impact,
        }),
      };
    if (about.deployment)
      return { declared, assertion: of({ status: "not_affected", justification: "inline_mitigations_already_exist", impact }) };
    return {
      declared,
      assertion: of({ status: "affected", action: `run it under the profile ${named}, which denies what an exploit needs` }),
      instead: "deployment",
    };
  }
  return { declared, assertion: of(fieldsOf(status)) };
}

function fieldsOf(status: AssessedStatus): Pick<VexAssertion, "status"> & Partial<VexAssertion> {
  switch (status.kind) {
    case "not_affected": {
      const justification = vexJustifications.find((one) => one === status.justification) as VexJustification;
      return { status: "not_affected", justification, ...(status.impact === undefined ? {} : { impact: status.impact }) };
    }
    case "affected":
      return { status: "affected", ...(status.action === "" ? {} : { action: status.action }) };
    default:
      return { status: status.kind };
  }
}

/** Runtime profiles that any of what suppresses rests on, by name. */
function profilesOf({ assessments }: DeclaredStatement): readonly RuntimeProfile[] {
  const all = assessments.flatMap(({ status, restsOn }) => (suppresses(status) ? (restsOn ?? []) : []));
  return [...new Map(all.map((one) => [one.runtime, one])).values()].sort((a, b) => (a.runtime < b.runtime ? -1 : 1));
}

/** The runtime profiles that statements rest on, by name, with how many do. */
export function profileCounts(statements: readonly EmittedStatement[]): readonly (RuntimeProfile & { readonly statements: number })[] {
  const all = statements.flatMap(({ declared, instead }) =>
    suppresses(declared.status) && instead !== "unanchored" && instead !== "unspoken" ? profilesOf(declared) : [],
  );
  return [...Map.groupBy(all, (one) => `${one.runtime} ${one.digest}`).values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : [{ ...first, statements: others.length + 1 }]))
    .sort((a, b) => (a.runtime < b.runtime ? -1 : 1));
}

/** Who says it, and what the document is called. */
export interface Publisher {
  readonly id: string;
  readonly author?: string;
  readonly role?: string;
  readonly title?: string;
  /** Microseconds. */
  readonly now: number;
}

/** The first version of a document; one that was issued before is re-issued (`compiler/targets/vex`). */
export function emittedDocument(statements: readonly EmittedStatement[], publisher: Publisher, format: VexFormat): VexDocument {
  const { id, author, role, title, now } = publisher;
  return {
    format,
    id,
    ...(author === undefined ? {} : { author }),
    ...(role === undefined ? {} : { role }),
    ...(title === undefined ? {} : { title }),
    timestamp: now,
    firstIssued: now,
    version: "1",
    statements: statements.map(({ assertion }) => assertion),
  };
}
