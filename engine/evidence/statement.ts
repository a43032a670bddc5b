/** The in-toto statement (in-toto attestation framework, Statement v0.1 and v1): what a predicate is about. */
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { digestOf } from "../../language/domains/digest.ts";
import type { Binding } from "./evidence.ts";
import { fault, shown } from "./fault.ts";
import { dictionary } from "./raw.ts";

/** A value whose `_type` says that it is a statement; nothing else of it is known yet. */
export interface Statement {
  readonly _type: string;
  readonly subject?: unknown;
  readonly predicateType?: unknown;
  readonly predicate?: unknown;
}

/** One subject: its digests by algorithm, as they are written. */
export interface Subject {
  readonly name?: string;
  readonly digest: Readonly<Record<string, string>>;
  readonly annotations?: unknown;
}

/** What was in a statement. `predicate` is undefined where there is none: some types say all by their name. */
export interface Unwrapped {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly subjects: readonly Subject[];
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

/** Takes the predicate out, and the subjects that say what it is about. */
export function unwrap(
  statement: Statement,
  base: string,
): { readonly value: Unwrapped | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const refuse = (problem: string, pointer: string) => ({ value: undefined, diagnostics: [fault("WB0915", { problem }, base + pointer)] });
  if (!/\/v(?:0\.1|1)$/.test(statement._type)) return refuse(`statement type ${shown(statement._type)} is not known`, "/_type");
  if (typeof statement.predicateType !== "string")
    return refuse(`\`predicateType\` must be text, found ${shown(statement.predicateType)}`, "");
  const subjects = statement.subject ?? [];
  if (!Array.isArray(subjects)) return refuse(`\`subject\` must be a list, found ${shown(subjects)}`, "/subject");
  // Tools that pass statements on leave the subject out (Conforma): whoever gives such a document binds it. An empty one
  // was bound to nothing by who made it, which Statement v1 does not allow.
  if (statement.subject !== undefined && subjects.length === 0) return refuse("it names no subject", "/subject");
  const read: Subject[] = [];
  for (const [index, subject] of subjects.entries()) {
    const digests: unknown = subject !== null && typeof subject === "object" && "digest" in subject ? subject.digest : undefined;
    if (digests === null || typeof digests !== "object" || Object.keys(digests).length === 0)
      return refuse("a subject has no digest", `/subject/${index}`);
    const digest: Record<string, string> = dictionary();
    for (const [algorithm, value] of Object.entries(digests)) {
      if (typeof value !== "string") return refuse(`a digest must be text, found ${shown(value)}`, `/subject/${index}/digest`);
      digest[algorithm] = value;
    }
    const { name, annotations }: { readonly name?: unknown; readonly annotations?: unknown } = subject;
    read.push({ ...(typeof name === "string" ? { name } : {}), digest, ...(annotations ? { annotations } : {}) });
  }
  return {
    value: { predicateType: statement.predicateType, predicate: statement.predicate ?? undefined, subjects: read },
    diagnostics: [],
  };
}

/** What subjects bind to: a statement does not say whether its subject is an image or a file; both are digests of the whole thing. */
export function bindings(subjects: readonly Subject[]): readonly Binding[] {
  return subjects.flatMap((subject) =>
    Object.entries(subject.digest).flatMap(([algorithm, hex]): readonly Binding[] => {
      const read = digestOf(algorithm, hex);
      const digest = read.ok ? read.value : `${algorithm}:${hex.toLowerCase()}`;
      return [
        { kind: "manifest", digest },
        { kind: "file", digest },
      ];
    }),
  );
}
