/**
 * SLSA levels, derived from who signed and who is said to have built (SLSA 1.2, "Build: Track basics", "Verifying
 * artifacts" and "Source: Verifying source"). Nothing that a document says about its own level is read.
 */
import { type Cause, type DataRecord, type DataValue, Lack } from "../../language/core/data.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { parseRepository } from "../evidence/slsa/repository.ts";
import {
  type BuildLevel,
  builderRows,
  certifiedSource,
  generatorWorkflows,
  githubIssuer,
  githubRunners,
  gitlabIssuer,
  isRelease,
  parseWorkflow,
  signingWorkflow,
} from "./builders.ts";
import { summaryLevels } from "./summaries.ts";
import type { Signer } from "./verification.ts";

/** A level, or why there is none; `because` is for people. */
export type DerivedLevel =
  | { readonly kind: "level"; readonly level: BuildLevel; readonly because: string }
  | { readonly kind: "none"; readonly cause: Extract<Cause, "missing" | "conflict">; readonly because: string };

/** What a provenance says that bears on its level; absent where it does not say it, or not clearly. */
export interface ClaimedBuild {
  readonly builder?: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly ref?: string;
}

type CertificateSigner = Signer & { readonly kind: "certificate" };

/**
 * The evidence with the levels that follow from its signer: the build level of a `waybill.slsa.Provenance`, and the
 * levels that a `waybill.slsa.VerificationSummary` passes on. Anything else is handed on as it is. `signer` must be one
 * whose signature over this evidence was verified.
 */
export function withLevels(evidence: Evidence, signer: Signer): Evidence {
  if (evidence.type === "waybill.slsa.VerificationSummary") return { ...evidence, data: summaryLevels(evidence.data, signer) };
  if (evidence.type !== "waybill.slsa.Provenance") return evidence;
  const build = record(evidence.data["build"]);
  const source = record(evidence.data["source"]);
  const derived = buildLevel(
    { ...said("builder", build), ...said("repository", source), ...said("commit", source), ...said("ref", source) },
    signer,
  );
  const level = derived.kind === "level" ? derived.level : new Lack(derived.cause, derived.because);
  const data: DataRecord = {
    ...evidence.data,
    build: { ...build, level },
    source: { ...source, level: new Lack("missing", "a source's level is what a source verification summary says about its commit") },
  };
  return { ...evidence, data };
}

function record(value: DataValue): DataRecord {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as DataRecord) : {};
}

function said<K extends keyof ClaimedBuild>(key: K, of: DataRecord): Pick<ClaimedBuild, K> | object {
  const value = of[key];
  return typeof value === "string" ? { [key]: value } : {};
}

/** The build level of a provenance by its signer. */
export function buildLevel(claimed: ClaimedBuild, signer: Signer): DerivedLevel {
  if (claimed.builder === undefined) return missing("the provenance names no builder");
  switch (signer.kind) {
    case "key":
      return byKey(claimed.builder, signer.fingerprint);
    case "spiffe":
      return missing(unpaired(claimed.builder, `\`${signer.id}\``));
    case "certificate":
      return byCertificate({ ...claimed, builder: claimed.builder }, signer);
  }
}

function missing(because: string): DerivedLevel {
  return { kind: "none", cause: "missing", because };
}

function conflict(because: string): DerivedLevel {
  return { kind: "none", cause: "conflict", because };
}

function unpaired(builder: string, signer: string): string {
  return `no level is known of the builder \`${builder}\` with ${signer} as its signer`;
}

function byKey(builder: string, fingerprint: string): DerivedLevel {
  for (const row of builderRows) {
    if (row.kind !== "key" || !row.builders.includes(builder)) continue;
    if (row.keys.includes(fingerprint)) return { kind: "level", level: row.level, because: `${row.name} signed with its own key` };
    return conflict(`\`${builder}\` is said to have built it, and the key \`${fingerprint}\` is not one of ${row.name}`);
  }
  return missing(unpaired(builder, `the key \`${fingerprint}\``));
}

type Claimed = ClaimedBuild & { readonly builder: string };

function byCertificate(claimed: Claimed, signer: CertificateSigner): DerivedLevel {
  const { issuer } = signer;
  const github = issuer === githubIssuer || issuer?.startsWith(`${githubIssuer}/`) === true;
  if (!github && issuer !== gitlabIssuer) return missing(unpaired(claimed.builder, `an identity of \`${issuer ?? "nobody"}\``));
  const differs = disagreement(claimed, signer);
  if (differs !== undefined) return conflict(differs);
  return github ? byGithub(claimed.builder, signer) : byGitlab(claimed.builder, signer);
}

/** Where document and certificate say different things about the source; the certificate is the platform's own word. */
function disagreement(claimed: ClaimedBuild, signer: CertificateSigner): string | undefined {
  const certified = certifiedSource(signer.claims);
  const repository =
    certified.repository === undefined ? undefined : (parseRepository(certified.repository)?.repository ?? certified.repository);
  const pairs: readonly (readonly [what: string, said: string | undefined, certified: string | undefined])[] = [
    ["repository", claimed.repository, repository],
    ["commit", claimed.commit, certified.commit?.toLowerCase()],
    ["ref", claimed.ref, certified.ref],
  ];
  for (const [what, said, by] of pairs)
    if (said !== undefined && by !== undefined && said !== by)
      return `the provenance says ${what} \`${said}\`, and the certificate of its signer says \`${by}\``;
  return undefined;
}

function byGithub(builder: string, signer: CertificateSigner): DerivedLevel {
  const { claims } = signer;
  const workflow = signingWorkflow(signer);
  if (workflow === undefined) return missing("the certificate names no workflow as its signer, or several");
  if (certifiedSource(claims).repository === undefined) return missing("the certificate does not say from which repository the run was");
  const signed = `${workflow.workflow}@${workflow.ref}`;
  const runner = (githubRunners as Readonly<Record<string, string>>)[builder];
  if (runner !== undefined && claims.runnerEnvironment !== undefined && claims.runnerEnvironment !== runner)
    return conflict(
      `the builder is said to be \`${builder}\`, and the certificate says that its runner was \`${claims.runnerEnvironment}\``,
    );
  const selfHosted = claims.runnerEnvironment === "self-hosted" || runner === "self-hosted";
  const row = builderRows.find((one) => one.kind === "workflow" && one.workflows.includes(workflow.workflow));
  if (row?.kind === "workflow") {
    if (!isRelease(workflow.ref)) return missing(`\`${signed}\` is no release of ${row.name}`);
    const other = row.delegates
      ? undelegated(builder)
      : builder === signed
        ? undefined
        : `the builder is said to be \`${builder}\`, and \`${signed}\` signed`;
    if (other !== undefined) return row.delegates ? missing(other) : conflict(other);
    return selfHosted ? onOwnRunner() : { kind: "level", level: row.level, because: `built by ${row.name}, ${workflow.ref}` };
  }
  if (runner === undefined && builder !== signed) {
    return parseWorkflow(builder) === undefined
      ? missing(unpaired(builder, `\`${signed}\``))
      : conflict(`the builder is said to be \`${builder}\`, and \`${signed}\` signed`);
  }
  if (selfHosted) return onOwnRunner();
  if (claims.runnerEnvironment !== "github-hosted") return missing("the certificate does not say what kind of runner it was");
  // npm signs in the job that builds, whatever workflow that is in.
  if (runner === undefined && isReused(workflow.repository, signer))
    return { kind: "level", level: "L3", because: `built and signed by \`${signed}\`, a workflow of another repository than the source` };
  return { kind: "level", level: "L2", because: "built on runners of GitHub and signed in the same run" };
}

/** A workflow that somebody else's workflow calls: its jobs are out of reach of the steps of the caller. */
function isReused(repository: string, { claims }: CertificateSigner): boolean {
  const caller = claims.buildConfigUri === undefined ? undefined : parseWorkflow(claims.buildConfigUri)?.repository;
  const source = claims.sourceRepositoryUri;
  return caller !== undefined && source !== undefined && caller !== repository && source !== repository;
}

/** Why a delegating workflow does not vouch for a builder; undefined: it does. */
function undelegated(builder: string): string | undefined {
  const named = parseWorkflow(builder);
  if (named?.workflow.startsWith(generatorWorkflows) !== true) return `no level is known of the delegated builder \`${builder}\``;
  return isRelease(named.ref) ? undefined : `the delegated builder \`${builder}\` is no release`;
}

function onOwnRunner(): DerivedLevel {
  return { kind: "level", level: "L1", because: "built on a self-hosted runner, which is no hosted build platform" };
}

function byGitlab(builder: string, { claims }: CertificateSigner): DerivedLevel {
  const project = claims.sourceRepositoryUri;
  if (project === undefined) return missing("the certificate does not say from which project the job was");
  const named = /^(https:\/\/gitlab\.com\/\S+?)\/-\/runners\/\d+$/.exec(builder)?.[1];
  if (named === undefined) return missing(unpaired(builder, `a job of \`${project}\``));
  if (named !== project) return conflict(`the builder is said to be \`${builder}\`, and the job that signed was one of \`${project}\``);
  if (claims.runnerEnvironment === "self-hosted") return onOwnRunner();
  if (claims.runnerEnvironment !== "gitlab-hosted") return missing("the certificate does not say what kind of runner it was");
  return { kind: "level", level: "L2", because: "built on runners of GitLab and signed in the same job" };
}
