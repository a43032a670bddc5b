/** A release as its pipeline makes it: an image, its signature, its bill of materials and its provenance. */
import { attest, type Cosign, type Signing, sign } from "./cosign.ts";
import { type Pushed, pushImage } from "./image.ts";
import { releaseRun, type WorkflowRun } from "./issuer.ts";
import type { Registry } from "./registry.ts";

export const bomType = "https://cyclonedx.org/bom";
export const provenanceType = "https://slsa.dev/provenance/v1";

export const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "application", "bom-ref": "root", name: "shop", version: "1.4.0", purl: "pkg:npm/shop@1.4.0" } },
  components: [
    { type: "library", "bom-ref": "pkg:npm/cross-spawn@7.0.6", name: "cross-spawn", version: "7.0.6", purl: "pkg:npm/cross-spawn@7.0.6" },
  ],
};

/** SLSA provenance v1 of GitHub's build type (actions.github.io/buildtypes/workflow/v1). */
export function provenanceOf(run: WorkflowRun): object {
  const repository = `https://github.com/${run.repository}`;
  return {
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: { workflow: { ref: run.ref, repository, path: run.workflow } },
      internalParameters: { github: { event_name: run.trigger, repository_id: run.id, runner_environment: run.runner } },
      resolvedDependencies: [{ uri: `git+${repository}@${run.ref}`, digest: { gitCommit: run.sha } }],
    },
    runDetails: {
      builder: { id: `https://github.com/actions/runner/${run.runner}` },
      metadata: { invocationId: `${repository}/actions/runs/9012345678/attempts/1` },
    },
  };
}

/** Pushes an image of its own content, signs it, and attests its bill of materials and its provenance. */
export async function release(cosign: Cosign, signing: Signing, registry: Registry, repository: string, content: string): Promise<Pushed> {
  const image = await pushImage(registry, repository, content);
  await sign(cosign, signing, image.reference);
  await attest(cosign, signing, image.reference, "cyclonedx", bom);
  await attest(cosign, signing, image.reference, "slsaprovenance1", provenanceOf(releaseRun));
  return image;
}
