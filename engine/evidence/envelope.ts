/**
 * Envelopes around in-toto statements: DSSE (Dead Simple Signing Envelope v1), bare or in a Sigstore bundle. Nobody looks
 * at the signatures here: what comes out is a claim, like a bare document.
 */
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { fault, shown } from "./fault.ts";
import { readJson } from "./json/read.ts";
import { object, text } from "./raw.ts";
import type { Limits } from "./text.ts";

/** What was in an envelope. `base` is the pointer of the payload; pointers into the statement go on from there. */
export interface Opened {
  readonly json: unknown;
  readonly base: string;
}

const statementType = "application/vnd.in-toto+json";

/** The envelope of a document and its pointer; undefined where the document is none. */
function envelopeOf(json: unknown): { readonly envelope: Readonly<Record<string, unknown>>; readonly pointer: string } | undefined {
  const document = object(json);
  const inner = object(document?.["dsseEnvelope"]);
  if (inner) return { envelope: inner, pointer: "/dsseEnvelope" };
  return document && typeof document["payloadType"] === "string" && "payload" in document ? { envelope: document, pointer: "" } : undefined;
}

export function isEnvelope(json: unknown): boolean {
  return envelopeOf(json) !== undefined;
}

/** Decodes the payload of an envelope, by the rules that hold for every document. */
export function open(json: unknown, name: string, base: string, limits: Limits): Opened | readonly Diagnostic[] {
  const found = envelopeOf(json);
  if (!found) return [];
  const place = base + found.pointer;
  const { payloadType, payload } = found.envelope;
  if (payloadType !== statementType) {
    const problem = `its payload is ${shown(payloadType)}, not \`${statementType}\``;
    return [fault("WB0915", { problem }, `${place}/payloadType`)];
  }
  const bytes = bytesOf(text(payload));
  if (!bytes) return [fault("WB0915", { problem: "its payload is not base64" }, `${place}/payload`)];
  const read = readJson(bytes, name, limits);
  if (!read.value) return read.diagnostics.map(({ location: _, ...fault }) => ({ ...fault, pointer: `${place}/payload` }));
  return { json: read.value.json, base: `${place}/payload` };
}

/** Base64, standard or URL-safe (DSSE leaves both to the writer). */
function bytesOf(encoded: string | undefined): Uint8Array | undefined {
  if (encoded === undefined) return undefined;
  try {
    return Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
