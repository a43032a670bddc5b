/** The in-toto statement (in-toto attestation framework, Statement v0.1 and v1): what a predicate is about. */
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import type { Binding } from "./evidence.ts";
import { fault, shown } from "./fault.ts";

/** A value whose `_type` says that it is a statement; nothing else of it is known yet. */
export interface Statement {
  readonly _type: string;
  readonly subject?: unknown;
  readonly predicateType?: unknown;
  readonly predicate?: unknown;
}

/** What was in a statement. */
export interface Unwrapped {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly about: readonly Binding[];
}

export function isStatement(json: unknown): json is Statement {
  return (
    json !== null &&
    typeof json === "object" &&
    "_type" in json &&
    typeof json._type === "string" &&
    json._type.startsWith("https://in-toto.io/Statement/")
  );
}

/** Takes the predicate out; the digests of the subjects say what it is about. */
export function unwrap(
  statement: Statement,
  base: string,
): { readonly value: Unwrapped | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const refuse = (problem: string, pointer: string) => ({ value: undefined, diagnostics: [fault("WB0915", { problem }, base + pointer)] });
  if (!/\/v(?:0\.1|1)$/.test(statement._type)) return refuse(`statement type ${shown(statement._type)} is not known`, "/_type");
  if (typeof statement.predicateType !== "string")
    return refuse(`\`predicateType\` must be text, found ${shown(statement.predicateType)}`, "");
  if (statement.predicate === undefined || statement.predicate === null) return refuse("it has no predicate", "");
  const subjects = statement.subject ?? [];
  if (!Array.isArray(subjects)) return refuse(`\`subject\` must be a list, found ${shown(subjects)}`, "/subject");
  // Tools that pass statements on leave the subject out (Conforma): whoever gives such a document binds it. An empty one
  // was bound to nothing by who made it, which Statement v1 does not allow.
  if (statement.subject !== undefined && subjects.length === 0) return refuse("it names no subject", "/subject");
  const about: Binding[] = [];
  for (const [index, subject] of subjects.entries()) {
    const digests: unknown = subject !== null && typeof subject === "object" && "digest" in subject ? subject.digest : undefined;
    if (digests === null || typeof digests !== "object" || Object.keys(digests).length === 0)
      return refuse("a subject has no digest", `/subject/${index}`);
    for (const [algorithm, value] of Object.entries(digests)) {
      if (typeof value !== "string") return refuse(`a digest must be text, found ${shown(value)}`, `/subject/${index}/digest`);
      // A statement does not say whether its subject is an image or a file; both are digests of the whole thing.
      const digest = `${algorithm}:${value.toLowerCase()}`;
      about.push({ kind: "manifest", digest }, { kind: "file", digest });
    }
  }
  return { value: { predicateType: statement.predicateType, predicate: statement.predicate, about }, diagnostics: [] };
}
