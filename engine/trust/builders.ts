/**
 * Which builders are believed up to which SLSA build level, and whose signature says so. SLSA leaves this table to
 * whoever verifies ("Verifying artifacts", step 1) and demands pairs: "Consumers MUST accept only specific
 * signer-builder pairs" ("Build: Provenance", `builder.id`). docs/slsa-levels.md has each row with its source.
 */
import type { BuildClaims, Signer } from "./verification.ts";

/** `L0` is not here: an artifact without provenance has no level to derive. */
export type BuildLevel = "L1" | "L2" | "L3";

/** A row: what the builder calls itself, who signs for it, and what that is worth. */
export type BuilderRow =
  /** A reusable workflow that builds or attests in a job of its own, at a release of it. */
  | {
      readonly kind: "workflow";
      readonly name: string;
      readonly workflows: readonly string[];
      readonly delegates: boolean;
      readonly level: BuildLevel;
    }
  /** A key of the platform: `sha256:<hex>` of the SubjectPublicKeyInfo in DER. */
  | {
      readonly kind: "key";
      readonly name: string;
      readonly builders: readonly string[];
      readonly keys: readonly string[];
      readonly level: BuildLevel;
    };

export const githubIssuer = "https://token.actions.githubusercontent.com";
export const gitlabIssuer = "https://gitlab.com";

const generator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/";

/** The repository whose own builders a delegating workflow may name. */
export const generatorWorkflows = generator;

export const builderRows: readonly BuilderRow[] = [
  {
    kind: "workflow",
    name: "slsa-github-generator",
    workflows: [
      `${generator}generator_generic_slsa3.yml`,
      `${generator}generator_container_slsa3.yml`,
      `${generator}builder_go_slsa3.yml`,
      `${generator}builder_docker-based_slsa3.yml`,
      `${generator}builder_container-based_slsa3.yml`,
    ],
    delegates: false,
    level: "L3",
  },
  {
    kind: "workflow",
    name: "slsa-github-generator, delegated",
    workflows: [`${generator}delegator_generic_slsa3.yml`, `${generator}delegator_lowperms-generic_slsa3.yml`],
    delegates: true,
    level: "L3",
  },
  {
    kind: "key",
    name: "Google Cloud Build",
    builders: ["https://cloudbuild.googleapis.com/GoogleHostedWorker"],
    keys: [
      // google-hosted-worker, version 1
      "sha256:3fe6dfada209606798e976322c8b69acae580a6708b7112f0f7a053a5b96d675",
      // provenanceSigner, version 1
      "sha256:7ebd8a9404a4e7569477b178cc62a7909c11fb21a5715c3a96969047fa3b4e09",
    ],
    level: "L3",
  },
];

/** What GitHub's runners call themselves in npm's provenance, and in GitHub's own before it named the workflow. */
export const githubRunners = {
  "https://github.com/actions/runner/github-hosted": "github-hosted",
  "https://github.com/actions/runner/self-hosted": "self-hosted",
} as const;

/** A reference to a workflow, taken apart at its last `@`. */
export interface WorkflowRef {
  /** `https://github.com/acme/shop/.github/workflows/release.yml` */
  readonly workflow: string;
  /** `https://github.com/acme/shop` */
  readonly repository: string;
  /** `refs/tags/v1.4.0` */
  readonly ref: string;
}

/** Reads `https://host/owner/name/path/of/workflow.yml@ref`; undefined for anything else. */
export function parseWorkflow(uri: string): WorkflowRef | undefined {
  const [, workflow = "", repository = "", ref = ""] = /^((https:\/\/[^/@\s]+\/[^/@\s]+\/[^/@\s]+)\/[^@\s]+)@(\S+)$/.exec(uri) ?? [];
  return workflow === "" ? undefined : { workflow, repository, ref };
}

/** A release of a builder: its full version and nothing behind it (slsa-github-generator, "Referencing"; slsa-verifier). */
export function isRelease(ref: string): boolean {
  return /^refs\/tags\/v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/.test(ref);
}

/**
 * The workflow whose job got the certificate (Fulcio's `.9`, which is also the subject alternative name). Undefined
 * where the certificate says two different ones, or none.
 */
export function signingWorkflow(signer: Signer & { readonly kind: "certificate" }): WorkflowRef | undefined {
  const { buildSignerUri } = signer.claims;
  const names = new Set([...(buildSignerUri === undefined ? [] : [buildSignerUri]), ...signer.identities]);
  const [only] = names;
  return names.size === 1 && only !== undefined ? parseWorkflow(only) : undefined;
}

/** The source as the certificate states it, whichever of Fulcio's extensions it has. */
export function certifiedSource(claims: BuildClaims): {
  readonly repository: string | undefined;
  readonly commit: string | undefined;
  readonly ref: string | undefined;
} {
  const { github } = claims;
  return {
    repository: claims.sourceRepositoryUri ?? (github?.repository === undefined ? undefined : `https://github.com/${github.repository}`),
    commit: claims.sourceRepositoryDigest ?? github?.sha,
    ref: claims.sourceRepositoryRef ?? github?.ref,
  };
}
