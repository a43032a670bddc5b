/**
 * The one table of diagnostics. A wrong code or a missing parameter does not compile. `explain`, the error index and
 * the rules of SARIF are made from it. Numbers are never reused.
 *
 * WB01xx syntax · WB02xx modules and names · WB03xx types and literals · WB04xx trust and unknowns · WB05xx tables ·
 * WB06xx policies, waivers, tests · WB07xx lints · WB08xx cost · WB09xx evidence documents · WB10xx command line ·
 * WB110x roots and bundles · WB112x identities · WB114x and WB115x registries · WB116x commits and changes ·
 * WB120x and WB121x reading VEX · WB122x VEX documents · WB124x and WB125x VEX out · WB126x risk and deadlines ·
 * WB127x and WB128x feeds · WB129x waivers and runtime
 */
import { cliCodes } from "./codes/cli.ts";
import { evidenceCodes } from "./codes/evidence.ts";
import { feedCodes } from "./codes/feeds.ts";
import { identityCodes } from "./codes/identity.ts";
import { kubernetesCodes } from "./codes/kubernetes.ts";
import { policyCodes } from "./codes/policy.ts";
import { registryCodes } from "./codes/registry.ts";
import { riskCodes } from "./codes/risk.ts";
import { semanticCodes } from "./codes/semantics.ts";
import { sourceCodes } from "./codes/source.ts";
import { syntaxCodes } from "./codes/syntax.ts";
import { trustCodes } from "./codes/trust.ts";
import { vexDocumentCodes } from "./codes/vex-documents.ts";
import { vexOutCodes } from "./codes/vex-out.ts";
import { vexReadingCodes } from "./codes/vex-reading.ts";
import type { Diagnostic, Location } from "./diagnostic.ts";
import type { Row } from "./row.ts";

export const table = {
  ...syntaxCodes,
  ...semanticCodes,
  ...policyCodes,
  ...evidenceCodes,
  ...kubernetesCodes,
  ...cliCodes,
  ...trustCodes,
  ...registryCodes,
  ...identityCodes,
  ...sourceCodes,
  ...feedCodes,
  ...riskCodes,
  ...vexOutCodes,
  ...vexDocumentCodes,
  ...vexReadingCodes,
};

export type Code = keyof typeof table;
export type Parameters<C extends Code> = (typeof table)[C] extends Row<infer P> ? P : never;

type Details = Omit<Diagnostic, "code" | "level" | "message" | "location">;

/** Makes a diagnostic of the table. */
export function diagnostic<C extends Code>(
  code: C,
  parameters: Parameters<C>,
  location: Location | undefined,
  details: Details = {},
): Diagnostic {
  const entry = table[code] as unknown as Row<Parameters<C>>;
  return { code, level: entry.level, message: entry.message(parameters), ...(location ? { location } : {}), ...details };
}
