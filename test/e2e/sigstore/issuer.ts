/** OpenID Connect issuers in the shapes that Fulcio knows: people with an e-mail address, GitHub Actions, and a GitLab instance. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { Scope } from "./scope.ts";

/** A run of a workflow, as its token says it; the names of GitHub's claims where they differ are beside. */
export interface WorkflowRun {
  /** `acme/shop` */
  readonly repository: string;
  /** The number of the repository (`repository_id`). */
  readonly id: string;
  /** `.github/workflows/release.yml` */
  readonly workflow: string;
  /** `refs/tags/v1.4.0` */
  readonly ref: string;
  /** `runner_environment` */
  readonly runner: "github-hosted" | "self-hosted";
  /** `event_name` */
  readonly trigger: string;
  readonly environment?: string;
  /** The reusable workflow in which the job runs, with its ref; otherwise `workflow` itself. */
  readonly calls?: string;
  /** A commit in hex. */
  readonly sha: string;
}

/** What the suites call the release workflow; a test changes what it is about. */
export const releaseRun: WorkflowRun = {
  repository: "acme/shop",
  id: "48213077",
  workflow: ".github/workflows/release.yml",
  ref: "refs/tags/v1.4.0",
  runner: "github-hosted",
  trigger: "push",
  environment: "production",
  sha: createHash("sha1").update("the commit of v1.4.0").digest("hex"),
};

/** A job of a GitLab pipeline, by the names of GitLab's claims. */
export interface PipelineJob {
  /** `project_path`: `acme/tools/shop` */
  readonly project: string;
  /** `project_id` */
  readonly id: string;
  /** The file that defines the pipeline: `.gitlab-ci.yml`. */
  readonly file: string;
  readonly ref: string;
  readonly refType: "branch" | "tag";
  readonly runner: "gitlab-hosted" | "self-hosted";
  readonly environment?: string;
}

export const releaseJob: PipelineJob = {
  project: "acme/tools/shop",
  id: "31337",
  file: ".gitlab-ci.yml",
  ref: "v1.4.0",
  refType: "tag",
  runner: "gitlab-hosted",
  environment: "production",
};

export interface Issuer {
  /** Who vouches for people: the `iss` of `person`, and the issuer in their certificates. */
  readonly people: string;
  /** Who vouches for workflows. */
  readonly workflows: string;
  /** Who vouches for workflows too, in the same words: whose repositories have the same names and numbers, and are others. */
  readonly elsewhere: string;
  /** A GitLab instance, which vouches for its jobs. */
  readonly gitlab: string;
  /** A token of somebody whose address the issuer has verified. */
  person(email: string): string;
  /** By `workflows` where no other issuer is named. */
  workflow(run: WorkflowRun, issuer?: string): string;
  job(job: PipelineJob): string;
}

/** The name that Fulcio certifies: the workflow that signs. */
export function workflowIdentity(run: WorkflowRun): string {
  return `https://github.com/${run.calls ?? workflowRefOf(run)}`;
}

function workflowRefOf(run: WorkflowRun): string {
  return `${run.repository}/${run.workflow}@${run.ref}`;
}

export async function startIssuer(scope: Scope): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "ES256" };
  let base = "";
  base = await scope.serve((request, response) => {
    const found = /^(\/\w+)\/(keys|\.well-known\/openid-configuration)$/.exec(request.url ?? "");
    if (!found) return response.writeHead(404).end();
    const issuer = `${base}${found[1]}`;
    const discovery = {
      issuer,
      jwks_uri: `${issuer}/keys`,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(found[2] === "keys" ? { keys: [key] } : discovery));
  });
  const people = `${base}/people`;
  const workflows = `${base}/workflows`;
  const token = (claims: Readonly<Record<string, unknown>>): string => {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
      { alg: "ES256", typ: "JWT", kid: "1" },
      { aud: "sigstore", iat: now, nbf: now - 60, exp: now + 3600, ...claims },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  return {
    people,
    workflows,
    elsewhere: `${base}/elsewhere`,
    gitlab: `${base}/gitlab`,
    person: (email) => token({ iss: people, sub: email, email, email_verified: true }),
    workflow: (run, issuer = workflows) => token({ iss: issuer, ...claimsOf(run) }),
    job: (job) => token({ iss: `${base}/gitlab`, ...claimsOfJob(job, `${base}/gitlab`) }),
  };
}

/** docs.github.com, "OpenID Connect reference"; `sub` in the form of repositories made since July 2026, with numbers. */
function claimsOf(run: WorkflowRun): Readonly<Record<string, string>> {
  const [owner = "", name = ""] = run.repository.split("/");
  const ownerId = "6154722";
  return {
    sub: `repo:${owner}@${ownerId}/${name}@${run.id}:${run.environment === undefined ? `ref:${run.ref}` : `environment:${run.environment}`}`,
    repository: run.repository,
    repository_id: run.id,
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: "public",
    workflow: "release",
    workflow_ref: workflowRefOf(run),
    workflow_sha: run.sha,
    job_workflow_ref: run.calls ?? workflowRefOf(run),
    job_workflow_sha: run.sha,
    event_name: run.trigger,
    ref: run.ref,
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    sha: run.sha,
    actor: "octocat",
    runner_environment: run.runner,
    run_id: "9012345678",
    run_number: "7",
    run_attempt: "1",
    ...(run.environment === undefined ? {} : { environment: run.environment }),
  };
}

/** docs.gitlab.com, "ID token authentication": the payload. */
function claimsOfJob(job: PipelineJob, instance: string): Readonly<Record<string, string>> {
  const namespace = job.project.slice(0, job.project.lastIndexOf("/"));
  const sha = createHash("sha1").update(`the commit of ${job.ref}`).digest("hex");
  const kind = job.refType === "tag" ? "tags" : "heads";
  return {
    sub: `project_path:${job.project}:ref_type:${job.refType}:ref:${job.ref}`,
    project_path: job.project,
    project_id: job.id,
    project_visibility: "private",
    namespace_path: namespace,
    namespace_id: "42",
    ref: job.ref,
    ref_type: job.refType,
    sha,
    ci_config_ref_uri: `${instance.replace(/^https?:\/\//, "")}/${job.project}//${job.file}@refs/${kind}/${job.ref}`,
    ci_config_sha: sha,
    pipeline_source: "push",
    pipeline_id: "100",
    job_id: "1001",
    runner_environment: job.runner,
    user_login: "ada",
    ...(job.environment === undefined ? {} : { environment: job.environment }),
  };
}
