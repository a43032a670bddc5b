/** `vex decide` by those whom policies name: what they signed is verified as `gate` verifies it. */
import { vexDocumentType } from "../../engine/decide/vex-reading.ts";
import { failureText } from "../../engine/evaluate/evaluate.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { nearest } from "../../language/domains/near.ts";
import type { Need } from "../analysis/plan.ts";
import type { Call } from "./cli.ts";
import { type Case, casesFor, digestOfEvidence, documentsOf } from "./gathered.ts";
import { gather } from "./gathering.ts";
import { type Options, text } from "./options.ts";
import type { Policies } from "./policies.ts";
import { exit, Stop } from "./shell/exit.ts";
import { note } from "./shell/report.ts";
import { type Asked, type AskedCase, beliefOf } from "./vex-asked.ts";

/** `names` are trust declarations, the most trusted first. */
export async function askSigned(call: Call, names: readonly string[], options: Options): Promise<Asked> {
  const needsOf = (policies: Policies): readonly Need[] =>
    names.map((name) => ({
      kind: "attestation",
      type: vexDocumentType,
      trust: trustNamed(name, policies),
      clauses: [],
      scopes: true,
      effect: "deny",
    }));
  const { gathered: all } = await gather(call, "vex decide", text(options, "subject"), options, false, needsOf);
  const claims = options["claimed"] === true;
  const gathered = all.believed === undefined ? all : { ...all, believed: { ...all.believed, claims } };
  const cases = await casesFor(gathered);
  for (const { subject } of cases)
    if (subject.digest === undefined)
      await note(call.terminal, `${subject.name} was named without a digest, so that nothing which somebody signed is about it`);
  const { policies, sources } = gathered;
  const by = names.map((name) => trustNamed(name, policies));
  return {
    cases: cases.map((one) => caseOf(one, by)),
    documents: documentsOf(gathered),
    belief: beliefOf(by, policies.project.program.trusts, policies.time, options),
    policyDigest: policies.policyDigest,
    evidenceDigest: digestOfEvidence(gathered, cases),
    sources,
  };
}

function caseOf({ subject, evidence, attestations, failed, diagnostics }: Case, by: readonly string[]): AskedCase {
  const own = [...failed, ...attestations.failed].filter(
    ({ name, trusts }) => name === vexDocumentType && (trusts === undefined || trusts.some((trust) => by.includes(trust))),
  );
  const unlooked = failureText(own);
  const failures = [...new Set(own.map(({ detail }) => detail))].map(
    (reason): Diagnostic => diagnostic("WB1031", { subject: subject.name, reason }, undefined),
  );
  return { subject, evidence, attested: attestations.attested, diagnostics, failures, unlooked };
}

/** A declaration by its name, or by the end of it. */
function trustNamed(name: string, { project }: Policies): string {
  const keys = project.program.trusts.map((trust) => trust.key);
  if (keys.includes(name)) return name;
  const [only, ...others] = keys.filter((key) => key.endsWith(`.${name}`));
  if (only !== undefined && others.length === 0) return only;
  throw new Stop(exit.usage, [
    diagnostic("WB1024", { value: name, what: "a trust declaration of the policies" }, undefined, {
      help: only === undefined ? advice(name, keys) : `it may be ${[only, ...others].join(" or ")}`,
    }),
  ]);
}

function advice(name: string, keys: readonly string[]): string {
  const ends = keys.map((key) => key.slice(key.lastIndexOf(".") + 1));
  const near = nearest(name, [...keys, ...ends]);
  if (near !== undefined) return `did you mean \`${keys.find((key) => key.endsWith(near)) ?? near}\`?`;
  return keys.length === 0 ? "the policies declare no trust" : `declarations are ${keys.join(", ")}`;
}
