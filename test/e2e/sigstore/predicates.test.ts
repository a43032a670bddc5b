/** Predicates that real cosign writes, and levels by certificates of a real Fulcio. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { admit } from "../../../engine/evidence/door.ts";
import { githubIssuer } from "../../../engine/trust/builders.ts";
import { withLevels } from "../../../engine/trust/levels.ts";
import { joinRoots, readTrustRoot, type TrustRoots } from "../../../engine/trust/root.ts";
import { verifyBundle } from "../../../engine/trust/verify.ts";
import type { DataRecord } from "../../../language/core/data.ts";
import { predicateExamples } from "../../evidence/predicates.ts";
import { attestBlob, type Cosign, cosignIn, generateKey, type KeyPair } from "./cosign.ts";
import { releaseRun, type WorkflowRun, workflowIdentity } from "./issuer.ts";
import { bom, provenanceOf } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Sigstore, startSigstore } from "./stack.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

const provenance = provenanceOf(releaseRun);
const provenance02 = {
  builder: { id: "https://builder.acme.example" },
  buildType: "https://acme.example/build/v1",
  invocation: { configSource: {} },
};
const link = { _type: "link", name: "build", command: ["make"], materials: {}, products: {}, byproducts: {}, environment: {} };
const example = (uri: string): unknown => predicateExamples.find((one) => one.uri === uri)?.predicate;

/** cosign's words for types, the predicate of each, and what is read of it. */
const words: readonly (readonly [word: string, predicate: unknown, types: readonly string[]])[] = [
  ["slsaprovenance", provenance02, ["waybill.slsa.Provenance"]],
  ["slsaprovenance02", provenance02, ["waybill.slsa.Provenance"]],
  ["slsaprovenance1", provenance, ["waybill.slsa.Provenance"]],
  ["cyclonedx", bom, ["waybill.sbom.Bom", "waybill.cyclonedx.Bom"]],
  ["link", link, ["waybill.intoto.Link"]],
  ["vuln", example("https://cosign.sigstore.dev/attestation/vuln/v1"), ["waybill.intoto.Vulnerabilities", "waybill.vuln.Scan"]],
  ["custom", { anything: true }, ["waybill.cosign.Custom"]],
];

/** Types by their URI, for which cosign has no word. */
const uris = predicateExamples.filter(
  ({ uri, predicate }) => /^https:\/\/(?:in-toto\.io\/attestation|slsa\.dev|github\.com)/.test(uri) && predicate !== null,
);

describeWith(["cosign"], "predicates, with real cosign", () => {
  const scope = suiteScope();
  let cosign: Cosign;
  let key: KeyPair;
  let artifact: string;

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    key = await generateKey(cosign, "release");
    artifact = join(cosign.folder, "artifact");
    await writeFile(artifact, "an artifact");
  });

  const attested = async (type: string, predicate: unknown) =>
    admit(await attestBlob(cosign, { kind: "key", key }, artifact, type, predicate), "bundle.json", "sha256:00");

  it.each(words)("reads what `cosign attest-blob --type %s` writes, a Statement v0.1", async (word, predicate, types) => {
    const { value, diagnostics } = await attested(word, predicate);
    expect(diagnostics.filter(({ level }) => level === "error")).toEqual([]);
    expect(value.map(({ type }) => type)).toEqual(types);
  });

  it.each(uris.map((one) => [one.uri, one] as const))("reads %s, which cosign attests by its URI", async (uri, { predicate, gives }) => {
    const { value, diagnostics } = await attested(uri, predicate);
    expect(diagnostics).toEqual([]);
    expect(value.map(({ type }) => type)).toEqual(expect.arrayContaining([...gives]));
  });

  it("refuses a bill of materials that was attested under the type of another format", async () => {
    const { value, diagnostics } = await attested("https://spdx.dev/Document", bom);
    expect(value).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code: "WB0933", pointer: "/dsseEnvelope/payload/predicate" });
  });
});

describeWith(sigstoreTools, "levels, with certificates of a real Fulcio", () => {
  const scope = suiteScope();
  let cosign: Cosign;
  let sigstore: Sigstore;
  let roots: TrustRoots;
  let artifact: string;

  beforeAll(async () => {
    cosign = await cosignIn(scope);
    sigstore = await startSigstore(scope, cosign);
    const root = readTrustRoot(await readFile(sigstore.trustedRoot), "root").value;
    if (root === undefined) throw new Error("no root");
    roots = joinRoots([root]);
    artifact = join(cosign.folder, "artifact");
    await writeFile(artifact, "an artifact");
  });

  /** The level of a provenance that a run signed. The issuer of the suite is one of loopback: `issuer` is what the table asks about. */
  async function levelOf(run: WorkflowRun, predicate: object, issuer: string = githubIssuer): Promise<unknown> {
    const signing = { kind: "keyless", sigstore, token: sigstore.issuer.workflow(run) } as const;
    const bytes = await attestBlob(cosign, signing, artifact, "slsaprovenance1", predicate);
    const verified = verifyBundle(bytes, { roots, artifact: await readFile(artifact) });
    if (verified.kind !== "verified" || verified.signer.kind !== "certificate") throw new Error(JSON.stringify(verified));
    const [evidence] = (await admit(bytes, "bundle.json", "sha256:00")).value;
    if (evidence === undefined) throw new Error("nothing was read");
    return (withLevels(evidence, { ...verified.signer, issuer }).data["build"] as DataRecord)["level"];
  }

  const builtBy = (id: string, run: WorkflowRun = releaseRun): object => {
    const whole = provenanceOf(run) as { readonly runDetails: object };
    return { ...whole, runDetails: { ...whole.runDetails, builder: { id } } };
  };
  const shared: WorkflowRun = { ...releaseRun, calls: "acme/builds/.github/workflows/image.yml@refs/tags/v3" };
  const generator: WorkflowRun = {
    ...releaseRun,
    calls: "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.0.0",
  };

  it("are those of the table", async () => {
    expect(await levelOf(releaseRun, provenance)).toBe("L2");
    expect(await levelOf(releaseRun, builtBy(workflowIdentity(releaseRun)))).toBe("L2");
    expect(await levelOf(shared, builtBy(workflowIdentity(shared)))).toBe("L3");
    expect(await levelOf(generator, builtBy(workflowIdentity(generator)))).toBe("L3");
    const own: WorkflowRun = { ...releaseRun, runner: "self-hosted" };
    expect(await levelOf(own, provenanceOf(own))).toBe("L1");
  });

  it("are none where provenance and certificate disagree, or where the issuer is a stranger", async () => {
    expect(await levelOf(releaseRun, provenanceOf({ ...releaseRun, repository: "acme/other" }))).toMatchObject({ cause: "conflict" });
    expect(await levelOf(releaseRun, provenanceOf({ ...releaseRun, sha: "b".repeat(40) }))).toMatchObject({ cause: "conflict" });
    expect(await levelOf(releaseRun, provenanceOf({ ...releaseRun, ref: "refs/heads/main" }))).toMatchObject({ cause: "conflict" });
    expect(await levelOf(releaseRun, builtBy(workflowIdentity(generator)))).toMatchObject({ cause: "conflict" });
    expect(await levelOf({ ...releaseRun, runner: "self-hosted" }, provenance)).toMatchObject({ cause: "conflict" });
    expect(await levelOf(releaseRun, provenance, sigstore.issuer.workflows)).toMatchObject({ cause: "missing" });
  });
});
