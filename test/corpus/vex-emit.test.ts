/** Statements about what real scanners found, in each format: valid by its own rules, and read back as they were said. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../compiler/cli/shell/digest.ts";
import { uuidOf } from "../../compiler/cli/shell/uuid.ts";
import { faultsOf } from "../../compiler/cli/vex-writing.ts";
import { readBack } from "../../compiler/targets/vex/readback.ts";
import { reissue, writeVex } from "../../compiler/targets/vex/write.ts";
import { declaredStatements } from "../../engine/decide/vex/declared.ts";
import type { VexDocument, VexFormat } from "../../engine/decide/vex/document.ts";
import { emittedDocument, emittedStatement, productOf } from "../../engine/decide/vex/emission.ts";
import { assess } from "../../engine/evaluate/assess.ts";
import { compileProgram } from "../../engine/evaluate/evaluate.ts";
import { admit } from "../../engine/evidence/door.ts";
import { compileText } from "../bench/project.ts";

const root = new URL("../../../shared/corpus/scans/", import.meta.url);
const folders = ["trivy", "anchore_grype", "osv_scanner", "cyclonedx"];
const present = existsSync(root);
const files = present ? folders.flatMap((name) => readdirSync(new URL(name, root)).map((file) => `${name}/${file}`)) : [];

const program = compileProgram(
  compileText(
    "v.scp",
    `module acme.v
vex v for finding in artifact {
  when not finding.component.present then not_affected(component_not_present)
  when finding.installed >= finding.first_fixed then fixed
  when finding.severity == low
    then not_affected(vulnerable_code_cannot_be_controlled_by_adversary, "{finding.id} is {finding.severity}")
  when finding.severity >= high then affected("upgrade {finding.component.name} to {finding.first_fixed}")
  else under_investigation
}
`,
  ),
);
const now = 1_795_000_000_000_000;
const subject = { kind: "artifact", name: "pkg:generic/app@1.0.0", data: { name: "app", purl: "pkg:generic/app@1.0.0" } };

/** What a document says, as one line a statement about one component. */
function said(document: VexDocument | undefined): readonly string[] {
  return (document?.statements ?? [])
    .flatMap(({ vulnerability, status, justification, products }) =>
      products.flatMap(({ subcomponents }) => subcomponents.map((one) => [vulnerability, one, status, justification ?? ""].join(" "))),
    )
    .sort();
}

describe.skipIf(!present)("statements about the scans of the corpus", () => {
  it.each(files)("%s", async (file) => {
    const bytes = readFileSync(fileURLToPath(new URL(file, root)));
    const { value: evidence } = await admit(bytes, file, sha256(bytes));
    // Whatever they name, they are judged as the caller's word about one product.
    const request = { subject, point: "ci", now, evidence: evidence.map((one) => ({ ...one, about: [] })), attested: [], failed: [] };
    const answer = assess(program, request, { explain: false });
    if (answer.kind === "refusal") throw new Error(answer.refusal.code);
    const { statements } = declaredStatements(answer.assessed.assessments, answer.assessed.findings);
    expect(statements.length).toBeGreaterThan(4);
    for (const format of ["openvex", "csaf", "cyclonedx"] satisfies readonly VexFormat[]) {
      const emitted = statements.map((one) => emittedStatement(one, productOf(subject, undefined), format));
      const publisher = { id: uuidOf(file), author: "Acme", title: "Acme's app", now };
      const document = reissue(undefined, emittedDocument(emitted, publisher, format), now);
      const options = { namespace: "https://acme.example", now, tool: "0", uuid: uuidOf };
      const { value } = writeVex(document, format, options);
      expect([format, await faultsOf(value, format)]).toEqual([format, []]);
      expect([format, said(readBack(value, format))]).toEqual([format, said(document)]);
    }
  });
});
