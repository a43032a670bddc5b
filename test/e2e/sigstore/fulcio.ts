/** How Fulcio is told whom it may certify, and what of their tokens it writes where: as its public instance is. */
import { stringify } from "yaml";
import type { Issuer } from "./issuer.ts";

/** YAML: from JSON it reads other names. */
export function fulcioConfiguration(issuer: Issuer): string {
  const email = (url: string) => ({ "issuer-url": url, "client-id": "sigstore", type: "email" });
  const builder = (url: string, provider: string) => ({
    "issuer-url": url,
    "client-id": "sigstore",
    type: "ci-provider",
    "ci-provider": provider,
  });
  return stringify({
    "oidc-issuers": {
      [issuer.people]: email(issuer.people),
      [issuer.workflows]: builder(issuer.workflows, "github-workflow"),
      [issuer.elsewhere]: builder(issuer.elsewhere, "github-workflow"),
      [issuer.gitlab]: builder(issuer.gitlab, "gitlab-pipeline"),
    },
    "ci-issuer-metadata": {
      "github-workflow": {
        "default-template-values": { url: "https://github.com", environment: "" },
        "extension-templates": github,
        "subject-alternative-name-template": "{{ .url }}/{{ .job_workflow_ref }}",
      },
      "gitlab-pipeline": {
        "default-template-values": { url: issuer.gitlab, environment: "" },
        "extension-templates": gitlab,
        "subject-alternative-name-template": pipelineFile,
      },
    },
  });
}

/** Names of Fulcio's extensions, and the claims (or templates of them) that they are filled with. */
type Extensions = Readonly<Record<string, string>>;

/** What GitHub's and GitLab's tokens call the same. */
const both: Extensions = {
  "runner-environment": "runner_environment",
  "source-repository-digest": "sha",
  "deployment-environment": "environment",
};

const github: Extensions = {
  ...both,
  "github-workflow-trigger": "event_name",
  "github-workflow-sha": "sha",
  "github-workflow-name": "workflow",
  "github-workflow-repository": "repository",
  "github-workflow-ref": "ref",
  "build-signer-uri": "{{ .url }}/{{ .job_workflow_ref }}",
  "build-signer-digest": "job_workflow_sha",
  "source-repository-uri": "{{ .url }}/{{ .repository }}",
  "source-repository-ref": "ref",
  "source-repository-identifier": "repository_id",
  "source-repository-owner-uri": "{{ .url }}/{{ .repository_owner }}",
  "source-repository-owner-identifier": "repository_owner_id",
  "build-config-uri": "{{ .url }}/{{ .workflow_ref }}",
  "build-config-digest": "workflow_sha",
  "build-trigger": "event_name",
  "run-invocation-uri": "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
  "source-repository-visibility-at-signing": "repository_visibility",
};

/** GitLab names the file without a scheme; instances of this machine have no TLS. */
const pipelineFile = "http://{{ .ci_config_ref_uri }}";

const gitlab: Extensions = {
  ...both,
  "build-signer-uri": pipelineFile,
  "build-signer-digest": "ci_config_sha",
  "source-repository-uri": "{{ .url }}/{{ .project_path }}",
  "source-repository-ref": 'refs/{{if eq .ref_type "branch"}}heads/{{ else }}tags/{{end}}{{ .ref }}',
  "source-repository-identifier": "project_id",
  "source-repository-owner-uri": "{{ .url }}/{{ .namespace_path }}",
  "source-repository-owner-identifier": "namespace_id",
  "build-config-uri": pipelineFile,
  "build-config-digest": "ci_config_sha",
  "build-trigger": "pipeline_source",
  "run-invocation-uri": "{{ .url }}/{{ .project_path }}/-/jobs/{{ .job_id }}",
  "source-repository-visibility-at-signing": "project_visibility",
};
