/** VEX documents that a call names, as the model that is written, merged and compared. */
import type { VexDocument, VexFormat } from "../../engine/decide/vex/document.ts";
import { admit } from "../../engine/evidence/door.ts";
import { isEnvelope, open } from "../../engine/evidence/envelope.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { isStatement, unwrap } from "../../engine/evidence/statement.ts";
import { defaultLimits } from "../../engine/evidence/text.ts";
import { origin } from "../../language/core/data.ts";
import { hasErrors } from "../../language/diagnostics/diagnostic.ts";
import { sourcesOf } from "../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { digestOf } from "../../language/domains/digest.ts";
import { type AttestedSubject, ofSubjects } from "../targets/vex/attested.ts";
import { inContext } from "../targets/vex/context.ts";
import { modelOf } from "../targets/vex/read.ts";
import { sha256 } from "./shell/digest.ts";
import { exit, Stop } from "./shell/exit.ts";
import { readBytes } from "./shell/files.ts";
import { tell } from "./shell/report.ts";
import type { Terminal } from "./shell/terminal.ts";

export interface VexFile {
  readonly name: string;
  readonly document: VexDocument;
  /** Statements that could not be understood, and products that had to be left out: what is written of the document is not all of it. */
  readonly unreadable: number;
  /** Its issuer calls it a draft, which CSAF alone can say. */
  readonly draft: boolean;
  /** The document as JSON, for what the model does not have (a CSAF revision history). */
  readonly json: unknown;
}

export const vexFormats: readonly VexFormat[] = ["openvex", "csaf", "cyclonedx"];
const documentType = "waybill.vex.Document";
const billType = "waybill.sbom.Bom";

/** Reads one VEX document; throws `Stop` where the file holds none, several, or one that is refused (exit 3). */
export async function readVexFile(path: string, terminal: Terminal): Promise<VexFile> {
  const name = path === "-" ? "stdin" : path;
  const bytes = await readBytes(path);
  let text = "";
  const { value, diagnostics } = await admit(bytes, name, sha256(bytes), {
    keep: (kept) => {
      text = kept;
    },
  });
  const sources = sourcesOf((asked) => (asked === name ? text : undefined));
  if (hasErrors(diagnostics)) throw new Stop(exit.noVerdict, diagnostics, sources);
  await tell(terminal, diagnostics, sources);
  const documents = value.filter((one) => one.type === documentType);
  const [evidence] = documents;
  if (evidence === undefined || documents.length > 1) {
    const problem = evidence === undefined ? "holds no VEX document" : `holds ${documents.length} VEX documents`;
    const help = evidence === undefined ? "formats are OpenVEX, CSAF 2.0 and CycloneDX with `analysis`" : "give one document a file";
    throw new Stop(exit.usage, [diagnostic("WB1240", { name, problem }, undefined, { help })]);
  }
  const { document: found, unreadable } = modelOf(evidence.data, formatOf(evidence.document.format));
  const bill = value.find((one) => one.type === billType);
  const own = bill === undefined ? found : inContext(found, bill);
  const { json, subjects } = contentOf(text);
  const { document, omitted } = isAttested(evidence) ? ofSubjects(own, subjects ?? subjectsOf(evidence)) : { document: own, omitted: 0 };
  if (unreadable > 0)
    await tell(terminal, [
      diagnostic("WB1245", { count: unreadable, name }, undefined, { help: "`waybill vex validate` lists what is wrong with them" }),
    ]);
  if (omitted > 0)
    await tell(terminal, [
      diagnostic("WB1258", { count: omitted, name }, undefined, {
        help: "have it attested with its products named by the digest of the subject, and what they contain as their subcomponents",
      }),
    ]);
  return { name, document, unreadable: unreadable + omitted, draft: evidence.data["draft"] === true, json };
}

function isAttested(evidence: Evidence): boolean {
  return evidence.data[origin]?.pointer.endsWith("/predicate") === true;
}

/** The document itself and what the attestation around it is about; a document in YAML has none here. */
function contentOf(text: string): { readonly json?: unknown; readonly subjects?: readonly AttestedSubject[] } {
  const whole = parsed(text);
  const opened = isEnvelope(whole) ? open(whole, "", "", defaultLimits) : { json: whole };
  const inner = "json" in opened ? opened.json : undefined;
  if (!isStatement(inner)) return { json: whole };
  const { value } = unwrap(inner, "");
  if (value === undefined) return {};
  const subjects = value.subjects.map(({ name, digest }) => ({
    name,
    digests: Object.entries(digest).flatMap(([algorithm, hex]) => {
      const read = digestOf(algorithm, hex);
      return read.ok ? [read.value] : [];
    }),
  }));
  return { json: value.predicate, subjects: subjects.filter(({ digests }) => digests.length > 0) };
}

/** What is known of the subjects without their names; several digests of one are as several. */
function subjectsOf({ about }: Evidence): readonly AttestedSubject[] {
  return [...new Set(about.map(({ digest }) => digest))].map((digest) => ({ name: undefined, digests: [digest] }));
}

/** A draft suppresses nothing, and would where nobody can tell any more that it is one. Throws `Stop` (exit 2). */
export function refuseDraft({ name, draft }: VexFile): void {
  if (!draft) return;
  throw new Stop(exit.usage, [
    diagnostic("WB1240", { name, problem: "is a draft, and what is written could not say so" }, undefined, {
      help: "wait for its final version; `--to csaf` keeps a single draft what it is",
    }),
  ]);
}

function formatOf(format: string): VexFormat {
  return vexFormats.find((one) => one === format) ?? "openvex";
}

/** A document in YAML has no JSON of its own here. */
function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
