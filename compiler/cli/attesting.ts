/** `gate --attest`: each verdict as a signed VSA and SVR, for whoever must not decide again. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Attestation,
  type AttestationContext,
  simpleVerificationResult,
  verificationSummary,
} from "../../engine/decide/attestation.ts";
import type { Report } from "../../engine/decide/report.ts";
import type { Decision, Subject } from "../../engine/evaluate/evaluate.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { parseImageRef } from "../../language/domains/image-ref.ts";
import type { Call } from "./cli.ts";
import type { Gathered } from "./gathered.ts";
import { type Options, text } from "./options.ts";
import { exit, Stop } from "./shell/exit.ts";
import { note } from "./shell/report.ts";
import { openSigner, type Signer } from "./shell/signer.ts";

/** Opens the signer before anything is decided, so that a wrong key costs no decision. */
export async function openAttesting(options: Options): Promise<Signer> {
  const signer = await openSigner(options);
  if (signer.id === undefined && typeof options["verifierId"] !== "string")
    throw new Stop(exit.usage, [
      diagnostic("WB1000", { problem: "a keyless verdict needs the name of its verifier" }, undefined, {
        help: "`--verifier-id URI`: the workflow or service that consumers compare with who signed",
      }),
    ]);
  return signer;
}

/** Writes `<digest>.vsa.sigstore.json` and `<digest>.svr.sigstore.json` for each subject that can be attested. */
export async function writeAttestations(call: Call, signer: Signer, gathered: Gathered, report: Report, options: Options): Promise<void> {
  const folder = String(options["attest"]);
  await mkdir(folder, { recursive: true });
  for (const decision of report.decisions) {
    const context = contextOf(signer, gathered, report, decision, options);
    const statements: readonly (readonly [name: string, attestation: Attestation])[] = [
      ["vsa", verificationSummary(decision, context)],
      ["svr", simpleVerificationResult(decision, context)],
    ];
    for (const [name, attestation] of statements) {
      if (attestation.kind === "none") {
        await note(call.terminal, `no ${name} for ${decision.subject.name}: ${attestation.because}`);
        continue;
      }
      const path = join(folder, `${String(decision.subject.digest).replace(":", "-")}.${name}.sigstore.json`);
      await writeFile(path, await signer.sign(attestation.statement));
      await note(call.terminal, `wrote ${path}`);
    }
  }
}

function contextOf(signer: Signer, gathered: Gathered, report: Report, decision: Decision, options: Options): AttestationContext {
  const modules = gathered.policies.project.program.modules.filter((module) => module.deciding).map((module) => module.name);
  const verified = (report.attestations ?? []).filter((one) => one.subject === decision.subject.name);
  return {
    verifier: { id: text(options, "verifierId") ?? signer.id ?? "", version: { waybill: report.version } },
    policy: { uri: text(options, "policyUri") ?? `urn:waybill:policy:${modules.join("+")}`, digest: report.policyDigest },
    inputs: [
      ...report.evidence.map((read) => ({ uri: read.document.name, digest: read.document.digest })),
      ...verified.map((one) => ({ uri: one.name, digest: one.digest })),
    ],
    resourceUri: text(options, "resourceUri") ?? resourceOf(decision.subject),
  };
}

/**
 * What consumers fetch. Of an image that is the manifest that was judged: the reference that was asked for may be an index,
 * of which another platform was denied, or a tag, which moves.
 */
export function resourceOf({ kind, name, digest }: Subject): string {
  const asked = name.replace(/ \(.*\)$/, "");
  const ref = kind === "image" && digest !== undefined ? parseImageRef(asked) : undefined;
  return ref?.ok === true ? `${ref.value.registry}/${ref.value.path}@${digest}` : asked;
}
