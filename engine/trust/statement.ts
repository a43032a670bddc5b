/** The subjects of a signed in-toto statement (Statement v0.1 and v1): what a DSSE signature is about. */
import { readJson } from "../evidence/json/read.ts";
import { object } from "../evidence/raw.ts";
import { type Refused, refuse } from "./refusal.ts";
import type { StatementSubject } from "./verification.ts";

/** The payload type of in-toto statements in DSSE. */
export const statementType = "application/vnd.in-toto+json";

/** The part of a statement that binds it. */
export interface Bindings {
  readonly kind: "bindings";
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
}

const types: ReadonlySet<string> = new Set(["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]);

/** Reads what a payload is about. A statement that says it unclearly is refused whole. */
export function readBindings(payload: Uint8Array, limit: number): Bindings | Refused {
  const read = readJson(payload, "the statement", { size: limit, depth: 200 });
  if (!read.value) return refuse("statement", `the statement cannot be read: ${read.diagnostics[0]?.message ?? "not valid JSON"}`);
  const statement = object(read.value.json);
  const { _type: type, predicateType, subject } = statement ?? {};
  if (typeof type !== "string" || !types.has(type)) return refuse("statement", "the payload is not an in-toto statement of v0.1 or v1");
  if (typeof predicateType !== "string" || predicateType === "") return refuse("statement", "the statement has no `predicateType`");
  if (!Array.isArray(subject) || subject.length === 0) return refuse("statement", "the statement names no subject");
  const subjects: StatementSubject[] = [];
  for (const [index, one] of subject.entries()) {
    const name = object(one)?.["name"];
    const digests = Object.entries(object(object(one)?.["digest"]) ?? {});
    const pairs: [string, string][] = [];
    for (const [algorithm, value] of digests) {
      if (typeof value !== "string" || value === "") return refuse("statement", `a digest of subject ${index} is not text`);
      pairs.push([algorithm, value.toLowerCase()]);
    }
    if (pairs.length === 0) return refuse("statement", `subject ${index} has no digest`);
    subjects.push({ ...(typeof name === "string" ? { name } : {}), digest: Object.fromEntries(pairs) });
  }
  return { kind: "bindings", subjects, predicateType };
}
