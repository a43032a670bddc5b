/** The identity target: each trust declaration in the dialects of those who enforce it elsewhere. */
import { type Declared, declared } from "../../../engine/trust/declared.ts";
import { describeTrust } from "../../../engine/trust/describe.ts";
import type { Program } from "../../../language/core/ir.ts";
import { emitCosign } from "./cosign.ts";
import { type Dialect, type DialectReport, dialects, type Emit, json, type OutputFile, titles } from "./dialect.ts";
import { emitFulcio } from "./fulcio.ts";
import { emitKyverno, emitPolicyController } from "./kubernetes.ts";
import { emitToken } from "./token.ts";
import { emitVault } from "./vault.ts";

export interface TrustReport {
  /** Qualified name. */
  readonly trust: string;
  /** In plain English. */
  readonly means: readonly string[];
  /** Parts that are declared: each is in exactly one list of every dialect. */
  readonly parts: readonly string[];
  readonly dialects: readonly DialectReport[];
}

export interface IdentityBuild {
  /** Relative to the folder of the output: `acme.trust.release/cosign.json`. */
  readonly files: readonly OutputFile[];
  readonly report: readonly TrustReport[];
}

const emitters: Readonly<Record<Dialect, Emit>> = {
  cosign: emitCosign,
  fulcio: emitFulcio,
  token: emitToken,
  kyverno: emitKyverno,
  "policy-controller": emitPolicyController,
  vault: emitVault,
};

/** Compiles the declarations of the modules that decide. `pems` are public keys by declaration. */
export function compileIdentities(program: Program, pems: ReadonlyMap<string, string>): IdentityBuild {
  const trusts = new Map(program.trusts.map((trust) => [trust.key, trust]));
  const deciding = new Set(program.modules.flatMap((module) => (module.deciding ? [module.path] : [])));
  const report = program.trusts
    .filter((trust) => deciding.has(trust.at.path))
    .map(
      (trust): TrustReport => ({
        trust: trust.key,
        means: describeTrust(trust),
        parts: partsOf(declared(trust)),
        dialects: dialects.map((dialect) => emitters[dialect]({ trust, trusts, pems })),
      }),
    );
  const files = report.flatMap((one) =>
    one.dialects.flatMap((dialect) => dialect.files.map((file) => ({ path: `${one.trust}/${file.path}`, text: file.text }))),
  );
  return { files: [...files, { path: "report.json", text: json(machineReport(report)) }], report };
}

/** Names of the parts that a declaration has. */
export function partsOf(parts: Declared): readonly string[] {
  const window = parts.kind !== "quorum" && (parts.window.from !== undefined || parts.window.until !== undefined) ? ["window"] : [];
  switch (parts.kind) {
    case "quorum":
      return ["quorum"];
    case "key":
      return ["key", ...window];
    case "spiffe":
      return ["id", ...window];
    case "keyless": {
      const optional = ["workflow", "ref", "runner", "environment", "trigger", "identity"] as const;
      const repository =
        parts.repository === undefined ? [] : ["repository", ...(parts.repository.id === undefined ? [] : ["repository id"])];
      return ["issuer", ...repository, ...optional.filter((part) => parts[part] !== undefined), ...window];
    }
  }
}

/** `report.json`: what became of every part. */
export function machineReport(report: readonly TrustReport[]): object {
  return {
    version: 1,
    target: "identity",
    trusts: report.map(({ trust, means, parts, dialects: all }) => ({
      trust,
      means,
      parts,
      dialects: all.map(({ dialect, files, enforced, approximated, lost, notes }) => ({
        dialect,
        files: files.map((file) => `${trust}/${file.path}`),
        enforced,
        approximated,
        lost,
        notes,
      })),
    })),
  };
}

/** The report for people, a line each. */
export function textReport(report: readonly TrustReport[]): readonly string[] {
  return report.flatMap(({ means, dialects: all }) => [
    ...means,
    ...all.flatMap(({ dialect, files, enforced, approximated, lost, notes }) => [
      `  ${titles[dialect]}: ${files.length === 0 ? "nothing, it has no words for this" : files.map((file) => file.path).join(", ")}`,
      ...(files.length === 0 || enforced.length === 0 ? [] : [`    enforced: ${enforced.join(", ")}`]),
      ...approximated.map((one) => `    ${one.effect === "wider" ? "WIDER" : "stricter"}: ${one.part}: ${one.detail}`),
      ...lost.map((one) => `    ${files.length === 0 ? "cannot be said" : "NOT ENFORCED"}: ${one.part}: ${one.detail}`),
      ...notes.map((note) => `    note: ${note}`),
    ]),
    "",
  ]);
}
