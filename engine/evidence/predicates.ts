/**
 * Predicate types of in-toto statements and the adapter of each. A predicate is read by the type that its statement
 * names, never by its look: who signed a statement signed that name too.
 */
import type { LoadAdapter } from "./adapters.ts";
import { reportsIn } from "./intoto/reports.ts";
import { object, text } from "./raw.ts";

/** How the predicates of one type are read. */
export interface PredicateFormat {
  /** For people: `SLSA provenance v1`. */
  readonly title: string;
  /** The type, exactly. */
  readonly uri: string;
  /** Other texts that mean the same type. */
  readonly aliases?: readonly string[];
  /**
   * For formats whose type may end in a version (`https://cyclonedx.org/bom/v1.6`): the version that the predicate
   * itself says, which must be that one or begin with it.
   */
  version?(predicate: unknown): string | undefined;
  /** The standard library's types that it gives, some of them only where the predicate has what they are made of. */
  readonly gives: readonly string[];
  /** The type alone says it all: the predicate may be null, empty or left out. */
  readonly empty?: true;
  /** Documents of other formats inside, and their pointers relative to the predicate. */
  holds?(predicate: unknown): readonly { readonly pointer: string; readonly json: unknown }[];
  /** Looked at before the schema, for formats that documents of their own have too. */
  readonly standalone?: true;
  readonly load: LoadAdapter;
}

const bill = ["waybill.sbom.Bom", "waybill.vuln.Scan", "waybill.vex.Document"];

const spdxVersion = (predicate: unknown): string | undefined => {
  const document = object(predicate);
  const two = text(document?.["spdxVersion"])?.replace(/^SPDX-/, "");
  return two ?? /spdx\.org\/rdf\/v?(\d+(?:\.\d+)*)/.exec(text(document?.["@context"]) ?? "")?.[1];
};

/** Where slsa-framework/source-tool was developed before it had its name. */
const poc = "https://github.com/slsa-framework/slsa-source-poc";

/** Every predicate type that is read. */
export const predicateFormats: readonly PredicateFormat[] = [
  {
    title: "SLSA provenance v1",
    uri: "https://slsa.dev/provenance/v1",
    gives: ["waybill.slsa.Provenance"],
    load: async () => (await import("./slsa/provenance.ts")).provenance1,
  },
  {
    title: "SLSA provenance v0.2",
    uri: "https://slsa.dev/provenance/v0.2",
    gives: ["waybill.slsa.Provenance"],
    load: async () => (await import("./slsa/provenance.ts")).provenance02,
  },
  {
    title: "CycloneDX",
    uri: "https://cyclonedx.org/bom",
    aliases: ["https://cyclonedx.org/schema"],
    version: (predicate) => text(object(predicate)?.["specVersion"]),
    gives: [...bill, "waybill.cyclonedx.Bom"],
    standalone: true,
    load: async () => (await import("./cyclonedx/adapter.ts")).cyclonedx,
  },
  {
    title: "SPDX",
    uri: "https://spdx.dev/Document",
    version: spdxVersion,
    gives: ["waybill.sbom.Bom", "waybill.spdx.Document"],
    standalone: true,
    load: async () => (await import("./spdx/adapter.ts")).spdx,
  },
  {
    title: "OpenVEX",
    uri: "https://openvex.dev/ns",
    version: (predicate) => /\/v(\d[\d.]*)\/?$/.exec(text(object(predicate)?.["@context"]) ?? "")?.[1],
    gives: ["waybill.vex.Document"],
    standalone: true,
    load: async () => (await import("./openvex/adapter.ts")).openvex,
  },
  {
    title: "CSAF 2.0",
    uri: "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
    gives: ["waybill.vex.Document"],
    standalone: true,
    load: async () => (await import("./csaf/adapter.ts")).csaf,
  },
  {
    title: "a SLSA verification summary",
    uri: "https://slsa.dev/verification_summary/v1",
    gives: ["waybill.slsa.VerificationSummary"],
    load: async () => (await import("./slsa/summary.ts")).verificationSummary,
  },
  {
    title: "SLSA source provenance",
    uri: "https://github.com/slsa-framework/source-tool/source-provenance/v1",
    aliases: [`${poc}/source-provenance/v1-draft`, `${poc}/source-provenance/v1`],
    gives: ["waybill.slsa.SourceProvenance"],
    load: async () => (await import("./slsa/source-provenance.ts")).sourceProvenance,
  },
  {
    title: "SLSA tag provenance",
    uri: "https://github.com/slsa-framework/source-tool/tag-provenance/v1",
    aliases: [`${poc}/tag-provenance/v1-draft`, `${poc}/tag-provenance/v1`],
    gives: ["waybill.slsa.TagProvenance"],
    load: async () => (await import("./slsa/source-provenance.ts")).tagProvenance,
  },
  {
    title: "a change record",
    uri: "https://waybill.dev/attestation/change/v1",
    gives: ["waybill.review.Change"],
    load: async () => (await import("./review/adapter.ts")).change,
  },
  {
    title: "an in-toto verification result",
    uri: "https://in-toto.io/attestation/svr/v0.2",
    gives: ["waybill.intoto.VerificationResult"],
    load: async () => (await import("./intoto/verification-result.ts")).verificationResult,
  },
  {
    title: "an in-toto test result",
    uri: "https://in-toto.io/attestation/test-result/v0.1",
    gives: ["waybill.intoto.TestResult"],
    load: async () => (await import("./intoto/test-result.ts")).testResult,
  },
  {
    title: "in-toto vulnerabilities",
    uri: "https://in-toto.io/attestation/vulns/v0.2",
    gives: ["waybill.intoto.Vulnerabilities", "waybill.vuln.Scan"],
    load: async () => (await import("./intoto/vulnerabilities.ts")).vulnerabilities,
  },
  {
    title: "a vulnerability scan record of cosign",
    uri: "https://cosign.sigstore.dev/attestation/vuln/v1",
    aliases: ["cosign.sigstore.dev/attestation/vuln/v1"],
    gives: ["waybill.intoto.Vulnerabilities", "waybill.vuln.Scan"],
    holds: reportsIn,
    load: async () => (await import("./intoto/vulnerabilities.ts")).cosignVulnerabilities,
  },
  {
    title: "an in-toto release",
    uri: "https://in-toto.io/attestation/release/v0.2",
    aliases: ["https://in-toto.io/attestation/release/v0.1"],
    gives: ["waybill.intoto.Release"],
    load: async () => (await import("./intoto/release.ts")).release,
  },
  {
    title: "a SCAI attribute report",
    uri: "https://in-toto.io/attestation/scai/v0.3",
    aliases: ["https://in-toto.io/attestation/scai/attribute-report/v0.2"],
    gives: ["waybill.intoto.AttributeReport"],
    load: async () => (await import("./intoto/attribute-report.ts")).attributeReport,
  },
  {
    title: "an in-toto link",
    uri: "https://in-toto.io/attestation/link/v0.3",
    gives: ["waybill.intoto.Link"],
    load: async () => (await import("./intoto/link.ts")).link,
  },
  {
    title: "an in-toto link",
    uri: "https://in-toto.io/Link/v1",
    gives: ["waybill.intoto.Link"],
    load: async () => (await import("./intoto/link.ts")).link1,
  },
  {
    title: "an in-toto runtime trace",
    uri: "https://in-toto.io/attestation/runtime-trace/v0.1",
    aliases: ["https://in-toto.io/attestation/runtime-trace/v0.2"],
    gives: ["waybill.intoto.RuntimeTrace"],
    load: async () => (await import("./intoto/runtime-trace.ts")).runtimeTrace,
  },
  {
    title: "npm's publish attestation",
    uri: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
    gives: ["waybill.npm.Publish"],
    load: async () => (await import("./publish/registries.ts")).npmPublish,
  },
  {
    title: "PyPI's publish attestation",
    uri: "https://docs.pypi.org/attestations/publish/v1",
    gives: ["waybill.pypi.Publish"],
    empty: true,
    load: async () => (await import("./publish/registries.ts")).pypiPublish,
  },
  {
    title: "a signature of cosign",
    uri: "https://sigstore.dev/cosign/sign/v1",
    gives: ["waybill.cosign.Signature"],
    empty: true,
    load: async () => (await import("./cosign/predicates.ts")).cosignSignature,
  },
  {
    title: "a generic predicate of cosign",
    uri: "https://cosign.sigstore.dev/attestation/v1",
    aliases: ["cosign.sigstore.dev/attestation/v1"],
    gives: ["waybill.cosign.Custom"],
    load: async () => (await import("./cosign/predicates.ts")).cosignCustom,
  },
];

/** The formats of scanners' reports that a predicate may hold. */
export const reportFormats: readonly LoadAdapter[] = [
  async () => (await import("./trivy/adapter.ts")).trivy,
  async () => (await import("./grype/adapter.ts")).grype,
  async () => (await import("./osv-scanner/adapter.ts")).osvScanner,
  async () => (await import("./sarif/adapter.ts")).sarif,
];

const exact: ReadonlyMap<string, PredicateFormat> = new Map(
  predicateFormats.flatMap((format) => [format.uri, ...(format.aliases ?? [])].map((uri) => [uri, format] as const)),
);

/** Every predicate type that is read, without versions. */
export function predicateTypes(): Iterable<string> {
  return exact.keys();
}

/** A predicate type that is read, and the version that it names where formats have versions. */
export interface KnownPredicate {
  readonly format: PredicateFormat;
  readonly version?: string;
}

/** How predicates of a type are read; undefined: they are not. */
export function predicateFormat(predicateType: string): KnownPredicate | undefined {
  const whole = exact.get(predicateType);
  if (whole !== undefined) return { format: whole };
  const [, uri = "", version = ""] = /^(.+)\/v?(\d+(?:\.\d+)*)\/?$/.exec(predicateType) ?? [];
  const format = exact.get(uri);
  return format?.version === undefined ? undefined : { format, version };
}

/**
 * Whether statements of a predicate type could be evidence of one of the standard library's types (`waybill.sbom.Bom`):
 * what a plan asks before it fetches one.
 */
export function couldGive(predicateType: string, types: ReadonlySet<string>): boolean {
  return predicateFormat(predicateType)?.format.gives.some((type) => types.has(type)) ?? false;
}
