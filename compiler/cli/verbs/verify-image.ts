/** `waybill verify image REF`: whether what a policy asks somebody to have signed is there for an image, before anything is decided. */
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { ansi, plain } from "../../../language/diagnostics/render/palette.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Need } from "../../analysis/plan.ts";
import type { Call } from "../cli.ts";
import { type Case, casesFor, signedNeeds } from "../gathered.ts";
import { gather } from "../gathering.ts";
import type { Options } from "../options.ts";
import { exit, Stop } from "../shell/exit.ts";
import { tell } from "../shell/report.ts";

/** One thing that the policy asks for, and whether it is there. */
interface Answer {
  readonly need: Need;
  readonly outcome: "verified" | "missing" | "unsettled";
  readonly detail: string;
}

/** Exit code 0 where everything is there, 1 where something is not, 3 where nobody could tell. */
export async function verifyImage(call: Call, reference: string, options: Options): Promise<number> {
  const { gathered } = await gather(call, "verify", reference, options, true);
  const cases = await casesFor(gathered);
  const subjects = cases.map((one) => ({ one, answers: signedNeeds(gathered, one.subject).map((need) => answer(need, one)) }));
  if (subjects.every(({ answers }) => answers.length === 0))
    throw new Stop(exit.usage, [
      diagnostic("WB1000", { problem: "the policy asks for nothing about it that somebody signed" }, undefined, {
        help: "`waybill check --plan` says what a policy asks for",
      }),
    ]);
  if (options["format"] === "json") await call.terminal.out(`${JSON.stringify(document(call, subjects), undefined, 2)}\n`);
  else {
    for (const { one } of subjects) await tell(call.terminal, one.diagnostics);
    await call.terminal.out(text(subjects, call.terminal.colourOut));
  }
  const outcomes = subjects.flatMap(({ answers }) => answers.map(({ outcome }) => outcome));
  if (outcomes.includes("unsettled")) return exit.noVerdict;
  return outcomes.includes("missing") ? exit.no : exit.done;
}

function answer(need: Need, { attestations, failed }: Case): Answer {
  const trust = need.trust ?? "";
  const isThere =
    need.kind === "signature"
      ? attestations.signed.includes(trust)
      : attestations.attested.some(({ trusts, evidence }) => evidence.type === need.type && trusts.includes(trust));
  const by = attestations.verified.find((one) => one.trusts.includes(trust) && (need.kind === "signature") === (one.what === "signature"));
  const broken = [...failed, ...attestations.failed].find(
    ({ name, trusts }) =>
      (trusts?.includes(trust) ?? true) && (name === need.type || (need.kind === "signature" && name.endsWith(".signed"))),
  );
  // A statement that nobody saw might say otherwise; a signature stays one.
  if (isThere && need.kind === "attestation" && broken?.cause === "transient") return { need, outcome: "unsettled", detail: broken.detail };
  if (isThere) return { need, outcome: "verified", detail: by === undefined ? "" : `signed by ${by.signer}` };
  if (broken !== undefined && broken.cause === "transient") return { need, outcome: "unsettled", detail: broken.detail };
  return { need, outcome: "missing", detail: broken?.detail ?? "nothing that is attached is it" };
}

interface Answered {
  readonly one: Case;
  readonly answers: readonly Answer[];
}

function what({ kind, type, trust }: Need): string {
  return `${kind === "signature" ? "signature" : type} by ${trust ?? ""}`;
}

function text(subjects: readonly Answered[], colour: boolean): string {
  const palette = colour ? ansi : plain;
  const style = { verified: palette.good, missing: palette.error, unsettled: palette.warning };
  const word = { verified: "verified ", missing: "missing  ", unsettled: "not told " };
  return subjects
    .map(({ one, answers }) => {
      const digest = one.subject.digest === undefined ? "" : ` ${palette.faint(one.subject.digest)}`;
      const lines = answers.map(
        ({ need, outcome, detail }) =>
          `  ${style[outcome](word[outcome])} ${visible(what(need))}${detail === "" ? "" : palette.faint(`: ${visible(detail)}`)}`,
      );
      return `${palette.strong(visible(one.subject.name))}${digest}\n${lines.join("\n")}\n`;
    })
    .join("");
}

function document(call: Call, subjects: readonly Answered[]): object {
  return {
    schema: "waybill/verify-image/1",
    tool: { name: "waybill", version: call.version },
    subjects: subjects.map(({ one, answers }) => ({
      name: one.subject.name,
      digest: one.subject.digest ?? null,
      needs: answers.map(({ need, outcome, detail }) => ({ kind: need.kind, type: need.type, trust: need.trust, outcome, detail })),
      envelopes: one.attestations.verified.map(({ envelope, what: type, signer, trusts, time, notes }) => ({
        name: envelope.name,
        digest: envelope.digest,
        form: envelope.form,
        what: type,
        signer,
        trusts,
        notes,
        ...(time === undefined ? {} : { time: rfc3339(time) }),
      })),
      unused: one.attestations.noise,
    })),
  };
}
