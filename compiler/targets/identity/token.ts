/**
 * Conditions on the OIDC token that a build presents itself: GitHub ("OpenID Connect reference", custom claims) and
 * GitLab ("ID token payload"). Each part is a claim of its own; `sub` is listed in every form that the host issues,
 * for consumers that compare nothing else.
 */
import { RE2JS } from "re2js";
import { type DeclaredRef, declared, type Keyless } from "../../../engine/trust/declared.ts";
import { hostOf } from "../../../engine/trust/host.ts";
import { anchored, globAsRegex } from "../../../language/domains/pattern.ts";
import { hasWindow } from "./cosign.ts";
import { type DialectReport, json, Ledger, type Source } from "./dialect.ts";
import { refOf, refRegex } from "./subject.ts";

export type ClaimTest = { readonly equals: string | boolean } | { /** RE2, anchored. */ readonly matches: string };

/** One claim, or several of which one has to hold. */
export interface ClaimCondition {
  readonly part: string;
  readonly anyOf: readonly ({ readonly claim: string } & ClaimTest)[];
}

/** A form of `sub`, and which repositories have it. */
export interface SubjectForm {
  readonly form: string;
  readonly issued: string;
  readonly test: ClaimTest;
}

export interface TokenConditions {
  readonly host: "github" | "gitlab" | "other";
  readonly conditions: readonly ClaimCondition[];
  /** Empty where the host's `sub` says nothing that is declared. */
  readonly subjects: readonly SubjectForm[];
}

export function emitToken({ trust }: Source): DialectReport {
  const ledger = new Ledger();
  const parts = declared(trust);
  if (parts.kind !== "keyless") {
    const details = {
      key: "a key has no token",
      spiffe: "an X.509 certificate has no token; a JWT-SVID is another document",
      quorum: "a token has one identity; each member has its own conditions",
    };
    ledger.loses(parts.kind === "spiffe" ? "id" : parts.kind, details[parts.kind]);
    return ledger.report("token", []);
  }
  return ledger.report("token", [{ path: "token.json", text: json({ trust: trust.key, ...tokenConditions(parts, ledger) }) }]);
}

/** The conditions of an identity; all have to hold. */
export function tokenConditions(identity: Keyless, ledger: Ledger): TokenConditions {
  const conditions: ClaimCondition[] = [];
  const add = (part: string, claim: string, test: ClaimTest): void => {
    ledger.holds(part);
    conditions.push({ part, anyOf: [{ claim, ...test }] });
  };
  add("issuer", "iss", { equals: identity.issuer });
  const host = identity.repository?.host ?? "other";
  if (host === "github") githubClaims(identity, add, conditions, ledger);
  else if (host === "gitlab") gitlabClaims(identity, add, conditions, ledger);
  if (identity.identity !== undefined) nameClaims(identity.identity, add, conditions, ledger);
  if (host === "other")
    for (const part of ["workflow", "ref", "runner", "environment", "trigger"] as const)
      if (identity[part] !== undefined) ledger.loses(part, "the name of its claim is the host's, and no repository says which host it is");
  if (hasWindow(identity.window)) ledger.loses("window", "a token is shown when it is used, and says nothing of signing");
  return { host, conditions, subjects: host === "github" ? githubSubjects(identity) : host === "gitlab" ? gitlabSubjects(identity) : [] };
}

type Add = (part: string, claim: string, test: ClaimTest) => void;

function githubClaims(identity: Keyless, add: Add, conditions: ClaimCondition[], ledger: Ledger): void {
  const { repository, workflow, ref, runner, environment, trigger } = identity;
  if (repository === undefined) return;
  add("repository", "repository", { equals: repository.name });
  if (repository.id !== undefined) add("repository id", "repository_id", { equals: String(repository.id) });
  if (workflow !== undefined)
    workflowClaims(`${repository.name}/${workflow}`, ["job_workflow_ref", "workflow_ref"], identity, conditions, ledger);
  if (ref !== undefined) add("ref", "ref", refTest(ref));
  if (runner !== undefined) add("runner", "runner_environment", { equals: runner === "hosted" ? "github-hosted" : "self-hosted" });
  if (environment !== undefined) add("environment", "environment", { equals: environment });
  if (trigger !== undefined) add("trigger", "event_name", { equals: trigger });
}

function gitlabClaims(identity: Keyless, add: Add, conditions: ClaimCondition[], ledger: Ledger): void {
  const { repository, issuer, workflow, ref, runner, environment, trigger } = identity;
  if (repository === undefined) return;
  add("repository", "project_path", { equals: repository.name });
  if (repository.id !== undefined) add("repository id", "project_id", { equals: String(repository.id) });
  if (workflow !== undefined) {
    const server = hostOf("gitlab", issuer).replace(/^https?:\/\//, "");
    workflowClaims(`${server}/${repository.name}//${workflow}`, ["ci_config_ref_uri"], identity, conditions, ledger);
  }
  if (ref !== undefined) add("ref", "ref_path", refTest(ref));
  if (runner !== undefined) add("runner", "runner_environment", { equals: runner === "hosted" ? "gitlab-hosted" : "self-hosted" });
  if (environment !== undefined) add("environment", "environment", { equals: environment });
  if (trigger !== undefined) add("trigger", "pipeline_source", { equals: trigger });
}

function refTest(ref: DeclaredRef): ClaimTest {
  const { exact } = refOf(ref);
  return exact === undefined ? { matches: anchored(refRegex(ref)) } : { equals: exact };
}

function workflowClaims(file: string, claims: readonly string[], identity: Keyless, conditions: ClaimCondition[], ledger: Ledger): void {
  const isOdd = identity.ref?.pattern.includes("@") === true;
  const regex = anchored(`${RE2JS.quote(file)}@${isOdd && identity.ref !== undefined ? refRegex(identity.ref) : "[^@]+"}`);
  conditions.push({ part: "workflow", anyOf: claims.map((claim) => ({ claim, matches: regex })) });
  ledger.stricter("workflow", isOdd ? "only on the ref that is declared" : "a ref with an `@` in its name is refused");
}

/** An address is a claim that the issuer says it has checked; a URI is nobody's claim but a build's own. */
function nameClaims(name: string, add: Add, conditions: ClaimCondition[], ledger: Ledger): void {
  if (!name.includes("@") || name.includes("://")) {
    ledger.loses("identity", "a token does not say the name that Fulcio makes of it");
    return;
  }
  add("identity", "email", name.includes("*") ? { matches: anchored(globAsRegex(name)) } : { equals: name });
  conditions.push({ part: "identity", anyOf: [{ claim: "email_verified", equals: true }] });
}

/**
 * `sub` of GitHub: `repo:OWNER/REPO:…` for repositories made before 2026-07-15, and
 * `repo:OWNER@OWNER_ID/REPO@REPO_ID:…` for those made, renamed or moved since ("Immutable subject claims"). With an
 * environment the ref is not in it. A colon in a value is written `%3A`.
 */
function githubSubjects(identity: Keyless): readonly SubjectForm[] {
  const { repository, ref, environment } = identity;
  if (repository === undefined) return [];
  const [owner = "", name = ""] = repository.name.split("/");
  const context =
    environment !== undefined
      ? RE2JS.quote(`environment:${environment.replaceAll(":", "%3A")}`)
      : ref === undefined
        ? ".+"
        : `ref:${refRegex(ref)}`;
  const id = repository.id === undefined ? "[0-9]+" : String(repository.id);
  return [
    {
      form: "repo:OWNER/REPO:…",
      issued: "repositories made before 2026-07-15 that were neither renamed nor moved since, and all of Enterprise Server",
      test: { matches: anchored(`repo:${RE2JS.quote(repository.name)}:${context}`) },
    },
    {
      form: "repo:OWNER@OWNER_ID/REPO@REPO_ID:…",
      issued: "repositories made, renamed or moved since 2026-07-15, or that opted in",
      test: { matches: anchored(`repo:${RE2JS.quote(owner)}@[0-9]+/${RE2JS.quote(name)}@${id}:${context}`) },
    },
  ];
}

/** `sub` of GitLab: `project_path:GROUP/PROJECT:ref_type:branch:ref:main`. */
function gitlabSubjects({ repository, ref }: Keyless): readonly SubjectForm[] {
  if (repository === undefined) return [];
  const end = ref === undefined ? "ref_type:(?:branch|tag):ref:.+" : `ref_type:${ref.kind}:ref:${globAsRegex(ref.pattern)}`;
  return [
    {
      form: "project_path:GROUP/PROJECT:ref_type:TYPE:ref:REF",
      issued: "every project",
      test: { matches: anchored(`project_path:${RE2JS.quote(repository.name)}:${end}`) },
    },
  ];
}
