/**
 * A role of Vault's and OpenBao's JWT auth method (their HTTP API, "JWT/OIDC auth method", "Create role"). Its globs know
 * one star, which does not stop at a slash, and which all claims of the role share.
 */
import { declared, type Keyless } from "../../../engine/trust/declared.ts";
import { hostOf } from "../../../engine/trust/host.ts";
import { hasWindow } from "./cosign.ts";
import { type DialectReport, json, Ledger, type Source } from "./dialect.ts";
import { refOf } from "./subject.ts";

/** What a build asks its host's token for; nothing in a declaration says it. */
const audience = "vault";

/** Seconds: a build logs in for what it does next. */
const shortTtl = 600;

export function emitVault({ trust }: Source): DialectReport {
  const ledger = new Ledger();
  const parts = declared(trust);
  if (parts.kind !== "keyless") {
    const details = {
      key: "a key logs in nowhere",
      spiffe: "an X.509 certificate is no token; Vault has other auth methods for certificates",
      quorum: "whoever logs in has one identity; each member has its own role",
    };
    ledger.loses(parts.kind === "spiffe" ? "id" : parts.kind, details[parts.kind]);
    return ledger.report("vault", []);
  }
  const claims = boundClaims(parts, ledger);
  if (Object.keys(claims).length === 0) {
    ledger.loses("identity", "no claim of a token says it, and a role that binds none is everybody's");
    return ledger.report("vault", []);
  }
  const isGlob = Object.values(claims).some((value) => typeof value === "string" && value.includes("*"));
  const role = {
    role_type: "jwt",
    user_claim: userClaim(parts),
    bound_audiences: [audience],
    bound_claims_type: isGlob ? "glob" : "string",
    bound_claims: claims,
    token_ttl: shortTtl,
    token_max_ttl: shortTtl,
    token_explicit_max_ttl: shortTtl,
    token_type: "service",
    token_no_default_policy: true,
  };
  const config = { oidc_discovery_url: parts.issuer, bound_issuer: parts.issuer };
  ledger.holds("issuer");
  ledger.note(`builds ask for tokens of the audience \`${audience}\`, and a login lasts ${shortTtl} seconds`);
  ledger.note("the role grants nothing: add its `token_policies`");
  return ledger.report("vault", [
    { path: "vault-config.json", text: json(config) },
    { path: "vault-role.json", text: json(role) },
  ]);
}

/** The identity that audit logs name: the repository's number, which nobody else gets. */
function userClaim({ repository, identity }: Keyless): string {
  if (repository !== undefined) return repository.host === "github" ? "repository_id" : "project_id";
  return identity?.includes("@") === true ? "email" : "sub";
}

type Claims = Record<string, string | boolean>;

function boundClaims(identity: Keyless, ledger: Ledger): Claims {
  const { repository } = identity;
  const claims: Claims = {};
  if (repository === undefined) nameClaims(identity, claims, ledger);
  else {
    const names = claimNames[repository.host];
    claims[names.repository] = repository.name;
    ledger.holds("repository");
    if (repository.id !== undefined) {
      claims[names.id] = String(repository.id);
      ledger.holds("repository id");
    }
    if (identity.workflow !== undefined) {
      claims[names.workflow] = workflowClaim(identity);
      ledger.stricter(
        "workflow",
        repository.host === "github"
          ? "only the workflow that signed is compared, and not the one that called it"
          : "only the project's own configuration is compared",
      );
    }
    if (identity.ref !== undefined) {
      const { prefix, exact } = refOf(identity.ref);
      claims[names.ref] = exact ?? `${prefix}${oneStar(identity.ref.pattern)}`;
      if (exact !== undefined || identity.ref.pattern.endsWith("**")) ledger.holds("ref");
      else ledger.wider("ref", `the star of Vault does not stop at a slash: \`${oneStar(identity.ref.pattern)}\` is also one with folders`);
    }
    if (identity.runner !== undefined) {
      claims["runner_environment"] = identity.runner === "hosted" ? `${repository.host}-hosted` : "self-hosted";
      ledger.holds("runner");
    }
    if (identity.environment !== undefined) {
      claims["environment"] = identity.environment;
      ledger.holds("environment");
    }
    if (identity.trigger !== undefined) {
      claims[names.trigger] = identity.trigger;
      ledger.holds("trigger");
    }
    if (identity.identity !== undefined) ledger.loses("identity", "a token does not say the name that Fulcio makes of it");
  }
  if (hasWindow(identity.window)) ledger.loses("window", "a token is shown when it is used, and says nothing of signing");
  return claims;
}

const claimNames = {
  github: { repository: "repository", id: "repository_id", workflow: "job_workflow_ref", ref: "ref", trigger: "event_name" },
  gitlab: { repository: "project_path", id: "project_id", workflow: "ci_config_ref_uri", ref: "ref_path", trigger: "pipeline_source" },
} as const;

/** With its ref as far as one is declared; behind `@refs/` no name of another file can hide. */
function workflowClaim({ repository, issuer, workflow, ref }: Keyless): string {
  if (repository === undefined) return "";
  const server = repository.host === "gitlab" ? `${hostOf("gitlab", issuer).replace(/^https?:\/\//, "")}/` : "";
  const file = `${server}${repository.name}${repository.host === "gitlab" ? "//" : "/"}${workflow}`;
  if (ref === undefined) return `${file}@refs/*`;
  const { prefix, exact } = refOf(ref);
  return `${file}@${exact ?? `${prefix}${oneStar(ref.pattern)}`}`;
}

function oneStar(pattern: string): string {
  return pattern.replaceAll("**", "*");
}

function nameClaims(identity: Keyless, claims: Claims, ledger: Ledger): void {
  const { identity: name } = identity;
  for (const part of ["workflow", "ref", "runner", "environment", "trigger"] as const)
    if (identity[part] !== undefined) ledger.loses(part, "the name of its claim is the host's, and no repository says which host it is");
  if (name === undefined || !name.includes("@") || name.includes("://")) return;
  claims["email"] = name;
  if (name.includes("*")) {
    // A role of globs takes texts only, so that the claim beside it cannot be bound (vault-plugin-auth-jwt, `claims.go`).
    ledger.wider("identity", "with a star the claim `email_verified` cannot be bound: the issuer must vouch for addresses");
    return;
  }
  claims["email_verified"] = true;
  ledger.holds("identity");
}
