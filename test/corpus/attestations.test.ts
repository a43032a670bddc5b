/** Statements that others made: Conforma's image evaluations and the bundles of sigstore-conformance. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { admitStatement } from "../../engine/evidence/attestation.ts";
import { admit } from "../../engine/evidence/door.ts";
import { isStatement, type Statement } from "../../engine/evidence/statement.ts";
import { withLevels } from "../../engine/trust/levels.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";
import type { DataRecord } from "../../language/core/data.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const conforma = join(corpus, "conforma");
const conformance = join(corpus, "sigstore-conformance", "bundle-verify");
const source = { name: "statement.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

function statementsOf(file: string): readonly Statement[] {
  const json = JSON.parse(readFileSync(join(conforma, file), "utf8")) as {
    readonly attestations?: readonly { readonly statement: unknown }[];
  };
  return (json.attestations ?? []).flatMap(({ statement }) => (isStatement(statement) ? [statement] : []));
}

const part = (data: DataRecord | undefined, name: string): DataRecord => (data?.[name] ?? {}) as DataRecord;

describe.skipIf(!existsSync(conforma))("what Conforma evaluated (skipped: no corpus beside the checkout)", () => {
  it("reads the provenance that Tekton Chains made, and does not give it a level", async () => {
    const [statement] = statementsOf("policy-input-golden-container.json");
    if (statement === undefined) throw new Error("no statement");
    const { value, diagnostics } = await admitStatement(statement, source);
    expect(diagnostics).toEqual([]);
    const [provenance] = value;
    expect(provenance?.type).toBe("waybill.slsa.Provenance");
    expect(part(provenance?.data, "source")).toMatchObject({
      repository: "https://github.com/conforma/golden-container",
      commit: "d11c0ada39f18f631ff4f54beafa72a9b62dcd7c",
    });
    expect(part(provenance?.data, "build")).toMatchObject({ builder: "https://tekton.dev/chains/v2", level: { cause: "missing" } });
    expect(provenance?.about).toHaveLength(8);
  });

  it.each(["policy-input-cdx-sbom.json", "policy-input-spdx-sbom.json"])(
    "reads the SBOM in %s by the name of its predicate",
    async (file) => {
      for (const statement of statementsOf(file)) {
        const { value, diagnostics } = await admitStatement(statement, source);
        expect(diagnostics.filter((one) => one.level === "error")).toEqual([]);
        expect(value[0]?.type).toBe("waybill.sbom.Bom");
        const other = String(statement.predicateType).includes("spdx") ? "https://cyclonedx.org/bom" : "https://spdx.dev/Document";
        expect((await admitStatement({ ...statement, predicateType: other }, source)).diagnostics[0]?.code).toBe("WB0933");
      }
    },
  );
});

describe.skipIf(!existsSync(conformance))("the bundles of sigstore-conformance (skipped: no corpus beside the checkout)", () => {
  const bundles = existsSync(conformance)
    ? readdirSync(conformance).filter((name) => {
        const path = join(conformance, name, "bundle.sigstore.json");
        return existsSync(path) && readFileSync(path, "utf8").includes('"dsseEnvelope"');
      })
    : [];
  const readable = bundles.filter((name) => !/mismatch-envelope|invalid-sig|mismatch-sig/.test(name));

  it.each(readable)("%s holds a provenance, which is a claim until its signature was verified", async (name) => {
    const bytes = readFileSync(join(conformance, name, "bundle.sigstore.json"));
    const { value, diagnostics } = await admit(bytes, name, "sha256:00");
    expect(diagnostics).toEqual([]);
    expect(value.map((piece) => piece.type)).toEqual(["waybill.slsa.Provenance"]);
    expect(part(value[0]?.data, "build")).toMatchObject({ level: { cause: "missing" } });
  });

  /** The build level of a bundle's provenance by its verified signer. */
  async function levelOf(name: string, rootFile: string, artifactFile: string): Promise<unknown> {
    const root = readTrustRoot(readFileSync(rootFile), "root");
    if (root.value === undefined) throw new Error("no root");
    const bytes = readFileSync(join(conformance, name, "bundle.sigstore.json"));
    const verified = verifyBundle(bytes, { roots: joinRoots([root.value]), artifact: readFileSync(artifactFile) });
    if (verified.kind !== "verified") throw new Error(verified.detail);
    const [provenance] = (await admit(bytes, name, "sha256:00")).value;
    if (provenance === undefined) throw new Error("no provenance");
    return part(withLevels(provenance, verified.signer).data, "build")["level"];
  }

  it("do not lend a level to a provenance of another repository, however well it is signed", async () => {
    const root = join(corpus, "trusted-root", "trusted_root.json");
    expect(await levelOf("happy-path-intoto-in-dsse-v3", root, join(conformance, "a.txt"))).toMatchObject({
      cause: "conflict",
      detail: expect.stringContaining("says repository `https://github.com/loosebazooka/aa-test`"),
    });
  });

  it("do not lend one where the certificate does not say from which repository the run was", async () => {
    const folder = join(conformance, "intoto-with-custom-trust-root");
    expect(await levelOf("intoto-with-custom-trust-root", join(folder, "trusted_root.json"), join(folder, "artifact"))).toMatchObject({
      cause: "missing",
      detail: expect.stringContaining("from which repository"),
    });
  });
});
