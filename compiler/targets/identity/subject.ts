/**
 * The subject alternative name that Fulcio gives a keyless identity, as an exact text or an anchored pattern (RE2, which
 * is what Go's regexp reads). Builds are named by the workflow that signed: `HOST/OWNER/REPOSITORY/PATH@REF`.
 */
import { RE2JS } from "re2js";
import type { DeclaredRef, Keyless } from "../../../engine/trust/declared.ts";
import { hostOf } from "../../../engine/trust/host.ts";
import { anchored, globAsRegex } from "../../../language/domains/pattern.ts";
import type { Ledger } from "./dialect.ts";

export type SubjectName = { readonly kind: "exact"; readonly text: string } | { readonly kind: "pattern"; readonly regex: string };

/** `https://github.com/acme/shop`; undefined where no repository is declared. */
export function repositoryUri({ repository, issuer }: Keyless): string | undefined {
  return repository === undefined ? undefined : `${hostOf(repository.host, issuer)}/${repository.name}`;
}

/** `refs/tags/` or `refs/heads/`, and what follows as a text where it is no pattern. */
export function refOf(ref: DeclaredRef): { readonly prefix: string; readonly exact?: string } {
  const prefix = ref.kind === "tag" ? "refs/tags/" : "refs/heads/";
  return { prefix, ...(ref.pattern.includes("*") ? {} : { exact: `${prefix}${ref.pattern}` }) };
}

/** The ref as RE2, not anchored. */
export function refRegex(ref: DeclaredRef): string {
  const { prefix, exact } = refOf(ref);
  return exact === undefined ? RE2JS.quote(prefix) + globAsRegex(ref.pattern) : RE2JS.quote(exact);
}

/**
 * The workflow's URI without its ref, as RE2; any workflow of the repository where none is declared. GitLab parts the path
 * from the project by two slashes.
 */
function fileRegex(identity: Keyless, base: string): string {
  const gap = identity.repository?.host === "gitlab" ? "//" : "/";
  return identity.workflow === undefined ? `${RE2JS.quote(`${base}${gap}`)}[^@]+` : RE2JS.quote(`${base}${gap}${identity.workflow}`);
}

/** The name, and what becomes of the parts that it says: repository, workflow, ref and identity. */
export function subjectOf(identity: Keyless, ledger: Ledger): SubjectName {
  const base = repositoryUri(identity);
  if (identity.identity !== undefined) {
    ledger.holds("identity");
    return identity.identity.includes("*")
      ? { kind: "pattern", regex: anchored(globAsRegex(identity.identity)) }
      : { kind: "exact", text: identity.identity };
  }
  const another = "a reusable workflow of another repository is refused, because the name is that of the workflow that signed";
  if (identity.workflow === undefined) ledger.stricter("repository", another);
  else {
    ledger.holds("repository");
    ledger.stricter("workflow", "only the workflow that signed is compared, and not the one that called it");
  }
  if (identity.ref !== undefined)
    ledger.stricter("ref", "the ref of the workflow's file is compared, which is that of the source where a workflow calls no other");
  const exact = identity.ref === undefined ? undefined : refOf(identity.ref).exact;
  if (base !== undefined && identity.workflow !== undefined && exact !== undefined) {
    const gap = identity.repository?.host === "gitlab" ? "//" : "/";
    return { kind: "exact", text: `${base}${gap}${identity.workflow}@${exact}` };
  }
  const ref = identity.ref === undefined ? "[^@]+" : refRegex(identity.ref);
  return { kind: "pattern", regex: anchored(`${fileRegex(identity, base ?? "")}@${ref}`) };
}
