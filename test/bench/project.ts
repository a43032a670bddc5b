/** Programs and subjects for benchmarks, loaded as the command line loads them. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Subject } from "../../engine/evaluate/evaluate.ts";
import { admit } from "../../engine/evidence/door.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { workloadSubject } from "../../engine/evidence/kubernetes/subjects.ts";
import { compile } from "../../language/compile.ts";
import type { Program } from "../../language/core/ir.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";

const standard = new URL("../../policies/std/", import.meta.url);

/** The standard library from the checkout. */
export function loadStandard(module: string): SourceFile | undefined {
  if (!module.startsWith("waybill.")) return undefined;
  const path = fileURLToPath(new URL(`${module.slice("waybill.".length)}.scp`, standard));
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch {
    return undefined;
  }
}

export function compileText(path: string, text: string): Program {
  const result = compile({ deciding: [{ path, text }], load: loadStandard });
  const errors = result.diagnostics.filter((diagnostic) => diagnostic.level === "error");
  if (errors.length > 0) throw new Error(`${path} does not compile: ${errors.map((error) => error.message).join("; ")}`);
  return result.value;
}

export function compileFile(url: URL): Program {
  return compileText(fileURLToPath(url), readFileSync(url, "utf8"));
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Reads a document through the door; an error in it is an error of the benchmark. */
export async function evidenceOf(name: string, bytes: Uint8Array): Promise<readonly Evidence[]> {
  const result = await admit(bytes, name, sha256(bytes));
  const errors = result.diagnostics.filter((diagnostic) => diagnostic.level === "error");
  if (errors.length > 0) throw new Error(`${name} is refused: ${errors.map((error) => error.message).join("; ")}`);
  return result.value;
}

/** A manifest of one workload as a subject. */
export async function workloadOf(manifest: string): Promise<Subject> {
  const [first] = await evidenceOf("pod.json", new TextEncoder().encode(manifest));
  if (first === undefined) throw new Error("the manifest holds no workload");
  return workloadSubject(first.data);
}
