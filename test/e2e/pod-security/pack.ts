/** The Pod Security pack, compiled from the checkout, deciding objects as `waybill eval` does. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CompiledProgram, compileProgram, type Decision, decide } from "../../../engine/evaluate/evaluate.ts";
import { admitValue } from "../../../engine/evidence/door.ts";
import { workloadSubject } from "../../../engine/evidence/kubernetes/subjects.ts";
import { compile } from "../../../language/compile.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { SourceFile } from "../../../language/syntax/tree.ts";

const policies = fileURLToPath(new URL("../../../policies/", import.meta.url));

function sourceOf(path: string): SourceFile {
  return { path, text: readFileSync(policies + path, "utf8") };
}

/** The checked program; throws where the pack has errors, since nothing can be tested then. */
export function packProgram(): Program {
  const library = new Map(readdirSync(`${policies}std`).map((name) => [`waybill.${name.replace(/\.scp$/, "")}`, sourceOf(`std/${name}`)]));
  const { value, diagnostics } = compile({
    deciding: [sourceOf("packs/pod-security/pod-security.scp")],
    load: (module) => library.get(module),
    known: [...library.keys()],
  });
  const errors = diagnostics.filter((d) => d.level === "error");
  if (errors.length > 0) throw new Error(errors.map((d) => `${d.code} ${d.message}`).join("\n"));
  return value;
}

/** The pack with its inputs set. */
export function packAt(program: Program, level: string, version: string): CompiledProgram {
  const inputs = new Map([
    ["waybill.pod_security.level", level],
    ["waybill.pod_security.version", version],
  ]);
  return compileProgram(program, inputs);
}

/** What a manifest is read as; a refusal of the door is an error here. */
export async function readManifest(json: unknown, name: string) {
  const { value, diagnostics } = await admitValue(json, { name, digest: `sha256:${"0".repeat(64)}`, base: "" });
  const [evidence] = value;
  if (!evidence) throw new Error(`${name}: ${diagnostics.map((d) => d.message).join("; ")}`);
  return workloadSubject(evidence.data);
}

export function judge(pack: CompiledProgram, subject: Awaited<ReturnType<typeof readManifest>>, explain = false): Decision {
  const answer = decide(pack, { subject, point: "ci", evidence: [], attested: [], failed: [] }, { explain });
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}
