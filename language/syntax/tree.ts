/**
 * The syntax tree, one node for each production of the grammar (language/README.md).
 * Plain readonly data; spans are offsets into the module's own source. What later passes learn lives in side tables.
 */
import type { Span } from "../diagnostics/diagnostic.ts";

export interface Node {
  readonly span: Span;
}

/** A name as it was written; `text` is without backticks. */
export interface Name extends Node {
  readonly text: string;
}

/** `a.b.c` */
export interface QName extends Node {
  readonly parts: readonly Name[];
}

export interface SourceFile {
  /** As the user gave it. */
  readonly path: string;
  readonly text: string;
}

export interface Module extends Node {
  readonly source: SourceFile;
  /** Absent: a module without a name, which nobody can import. */
  readonly name?: QName;
  /** The text of the `///` lines before `module`. */
  readonly doc?: string;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
}

export interface Import extends Node {
  readonly module: QName;
  readonly alias?: Name;
}

interface Declared extends Node {
  readonly name: Name;
  /** The text of the `///` lines before it, joined by newlines. */
  readonly doc?: string;
}

export type Declaration =
  | InputDeclaration
  | TypeDeclaration
  | EnumDeclaration
  | LetDeclaration
  | FunctionDeclaration
  | TableDeclaration
  | TrustDeclaration
  | PolicyDeclaration
  | ExemptDeclaration
  | WaiveDeclaration
  | VexDeclaration
  | RuntimeDeclaration
  | TriageDeclaration
  | ControlDeclaration
  | TestDeclaration;

export interface InputDeclaration extends Declared {
  readonly kind: "input";
  readonly type: TypeRef;
  readonly default?: Expr;
}

export interface TypeDeclaration extends Declared {
  readonly kind: "type";
  readonly members: readonly (FieldDeclaration | PredicateDeclaration)[];
}

export interface FieldDeclaration extends Declared {
  readonly kind: "field";
  readonly type: TypeRef;
  readonly default?: Expr;
  readonly points?: readonly Name[];
  readonly claimed: boolean;
}

export interface PredicateDeclaration extends Declared {
  readonly kind: "predicate";
  /** Declared with `by`: every use names who is believed. */
  readonly by: boolean;
  /** Declared `= false`: absence is knowledge. */
  readonly closed: boolean;
}

export interface TypeRef extends Node {
  readonly name: QName;
  readonly args: readonly TypeArg[];
  readonly optional: boolean;
}
export type TypeArg = { readonly kind: "type"; readonly type: TypeRef } | { readonly kind: "by"; readonly trust: QName };

export interface EnumDeclaration extends Declared {
  readonly kind: "enum";
  readonly variants: readonly Name[];
  /** Written with `<`. */
  readonly ordered: boolean;
}

export interface LetDeclaration extends Declared {
  readonly kind: "let";
  readonly type?: TypeRef;
  readonly value: Expr;
}

export interface Parameter extends Node {
  readonly name: Name;
  readonly type: TypeRef;
}

export interface FunctionDeclaration extends Declared {
  readonly kind: "function";
  readonly parameters: readonly Parameter[];
  readonly result: TypeRef;
  readonly body: Expr;
}

export interface TableDeclaration extends Declared {
  readonly kind: "table";
  readonly parameters: readonly Parameter[];
  readonly result: TypeRef;
  readonly monotone: boolean;
  readonly body: { readonly kind: "rows"; readonly rows: readonly TableRow[] } | { readonly kind: "from"; readonly file: StringLiteral };
}
export interface TableRow extends Node {
  readonly cells: readonly TableCell[];
  readonly outcome: Name;
}
export type TableCell = Node &
  (
    | { readonly kind: "any" }
    | { readonly kind: "bound"; readonly op: ">=" | "<="; readonly label: Name }
    | { readonly kind: "labels"; readonly labels: readonly Name[] }
  );

export interface TrustDeclaration extends Declared {
  readonly kind: "trust";
  readonly body:
    | { readonly kind: "identity"; readonly form: "keyless" | "key" | "spiffe"; readonly record: RecordExpr }
    | (Node & { readonly kind: "quorum"; readonly threshold: "all" | "any" | bigint; readonly members: readonly QName[] });
}

export interface PolicyDeclaration extends Declared {
  readonly kind: "policy";
  readonly subject: Name;
  readonly points?: readonly Name[];
  readonly where?: Expr;
  readonly body: readonly PolicyItem[];
}
export type PolicyItem = LetDeclaration | When | Clause | Satisfies;
export interface When extends Node {
  readonly kind: "when";
  readonly condition: Expr;
  readonly body: readonly PolicyItem[];
}
export interface Clause extends Node {
  readonly kind: "clause";
  readonly polarity: "require" | "forbid";
  readonly label?: Name;
  readonly doc?: string;
  readonly condition: Expr;
  readonly outcome?: Outcome;
  readonly unknowns: readonly UnknownRule[];
}
export interface Outcome extends Node {
  readonly effect?: EffectNode;
  readonly message?: Template;
}
export interface UnknownRule extends Node {
  readonly causes: readonly (Node & { readonly cause: Cause })[];
  readonly effect: EffectNode;
  readonly because?: StringLiteral;
}
export type Cause = "missing" | "transient" | "conflict" | "malformed";
export type Effect = "allow" | "warn" | "quarantine" | "deny";
export interface EffectNode extends Node {
  readonly effect: Effect;
  /** Only with `quarantine`. */
  readonly until?: Expr;
}
export interface Satisfies extends Node {
  readonly kind: "satisfies";
  readonly controls: readonly QName[];
}

/** A string with `{a.b}` parts. `parts` alternate as written; literal text has its escapes resolved. */
export interface Template extends Node {
  readonly parts: readonly (
    | (Node & { readonly kind: "text"; readonly text: string })
    | (Node & { readonly kind: "path"; readonly path: readonly Name[] })
  )[];
}

export interface ExemptDeclaration extends Node {
  readonly kind: "exempt";
  readonly doc?: string;
  readonly subject: Name;
  readonly where: Expr;
  readonly until?: DateLiteral;
  readonly because: StringLiteral;
}

export interface WaiveDeclaration extends Node {
  readonly kind: "waive";
  readonly doc?: string;
  /** `policy.label` */
  readonly clause: QName;
  readonly scope:
    | (Node & { readonly kind: "advisory"; readonly advisory: AdvisoryLiteral; readonly in?: PurlLiteral })
    | (Node & { readonly kind: "purl"; readonly purl: PurlLiteral })
    | (Node & { readonly kind: "where"; readonly condition: Expr });
  readonly until: DateLiteral;
  readonly because: StringLiteral;
  readonly approvedBy: { readonly kind: "text"; readonly text: StringLiteral } | { readonly kind: "trust"; readonly trust: QName };
  readonly ticket?: StringLiteral;
}

export interface VexDeclaration extends Declared {
  readonly kind: "vex";
  /** `finding` */
  readonly item: Name;
  readonly subject: Name;
  readonly where?: Expr;
  readonly rows: readonly (Node & { readonly condition: Expr; readonly status: VexStatus })[];
  readonly otherwise: VexStatus;
}
export type VexStatus = Node &
  (
    | { readonly kind: "not_affected"; readonly justification: Name; readonly impact?: Template }
    | { readonly kind: "affected"; readonly action: Template }
    | { readonly kind: "fixed" }
    | { readonly kind: "under_investigation" }
  );

export interface RuntimeDeclaration extends Declared {
  readonly kind: "runtime";
  readonly subject: Name;
  readonly where?: Expr;
  readonly rules: readonly RuntimeRule[];
}
export type RuntimeAction = "log" | "notify" | "errno" | "kill";
export type RuntimeDimension = "syscalls" | "exec" | "write" | "connect" | "listen" | "peers" | "capabilities";
export type RuntimeRule = Node &
  (
    | {
        readonly kind: "rule";
        readonly dimension: RuntimeDimension;
        readonly polarity: "allow" | "forbid";
        readonly items: readonly RuntimeItem[];
        readonly action?: RuntimeAction;
      }
    | { readonly kind: "default"; readonly action: RuntimeAction }
    | { readonly kind: "guarantee"; readonly guarantee: Name }
  );
export interface Ports extends Node {
  readonly protocol: "tcp" | "udp";
  readonly from: bigint;
  readonly to: bigint;
}
export type RuntimeItem = Node &
  (
    | { readonly kind: "name"; readonly name: Name }
    | { readonly kind: "string"; readonly value: StringLiteral; readonly ports?: Ports }
    | { readonly kind: "ports"; readonly ports: Ports }
  );

export interface TriageDeclaration extends Declared {
  readonly kind: "triage";
  readonly subject: Name;
  readonly where?: Expr;
  readonly body: readonly (LetDeclaration | TriageWhen)[];
}
export interface TriageWhen extends Node {
  readonly kind: "triage-when";
  readonly condition: Expr;
  readonly obligations: readonly Obligation[];
}
export type Obligation = Node &
  (
    | { readonly kind: "ticket" | "alert"; readonly system: Name; readonly target: StringLiteral; readonly record?: RecordExpr }
    | { readonly kind: "block"; readonly target: Expr; readonly while: Expr }
    | { readonly kind: "embargo"; readonly until: Expr }
    | { readonly kind: "deadline"; readonly name: Name; readonly by: Expr }
  );

export interface ControlDeclaration extends Node {
  readonly kind: "control";
  readonly doc?: string;
  readonly name: QName;
  readonly title?: StringLiteral;
  readonly items: readonly (
    | (Node & { readonly kind: "clauses"; readonly clauses: readonly QName[] })
    | (Node & { readonly kind: "evidence"; readonly types: readonly QName[] })
    | (Node & { readonly kind: "reviewed"; readonly every: DurationLiteral })
  )[];
}

export interface TestDeclaration extends Node {
  readonly kind: "test";
  readonly doc?: string;
  readonly title: StringLiteral;
  readonly items: readonly TestItem[];
}
export type TestItem = Node &
  (
    | { readonly kind: "with"; readonly name: QName; readonly value: Expr }
    | {
        readonly kind: "given-attestation";
        readonly type: QName;
        readonly origin: OriginNode;
        readonly about?: Expr;
        readonly record: RecordExpr;
      }
    | { readonly kind: "given"; readonly name: QName; readonly value: GivenValue }
    | { readonly kind: "expect"; readonly expected: Expected; readonly by: readonly QName[] }
  );
export type GivenValue =
  | { readonly kind: "record"; readonly record: RecordExpr }
  | { readonly kind: "value"; readonly value: Expr }
  | (Node & { readonly kind: "unknown"; readonly cause: Cause });
export type Expected =
  | { readonly kind: "effect"; readonly effect: EffectNode }
  | { readonly kind: "status"; readonly status: VexStatus }
  | { readonly kind: "undecided"; readonly causes: readonly Cause[] };

export type OriginNode = Node & ({ readonly kind: "by"; readonly trust: QName } | { readonly kind: "claimed" });

export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Expr =
  | StringLiteral
  | IntLiteral
  | DecimalLiteral
  | BoolLiteral
  | DateLiteral
  | DurationLiteral
  | AdvisoryLiteral
  | PurlLiteral
  | NameExpr
  | ListExpr
  | RecordExpr
  | ParenExpr
  | EveryExpr
  | SomeExpr
  | CountExpr
  | MarkExpr
  | OtherwiseExpr
  | BinaryExpr
  | NotExpr
  | NegateExpr
  | InExpr
  | IsExpr
  | PatternExpr
  | FieldExpr
  | CallExpr
  | IndexExpr
  | AttestationExpr
  | ErrorExpr;

export interface StringLiteral extends Node {
  readonly kind: "string";
  /** Escapes resolved. */
  readonly value: string;
  /** `'…'` */
  readonly raw: boolean;
}
export interface IntLiteral extends Node {
  readonly kind: "int";
  readonly value: bigint;
}
export interface DecimalLiteral extends Node {
  readonly kind: "decimal";
  readonly text: string;
}
export interface BoolLiteral extends Node {
  readonly kind: "bool";
  readonly value: boolean;
}
export interface DateLiteral extends Node {
  readonly kind: "date";
  readonly text: string;
}
export interface DurationLiteral extends Node {
  readonly kind: "duration";
  readonly amount: bigint;
  readonly unit: "second" | "minute" | "hour" | "day" | "week";
}
export interface AdvisoryLiteral extends Node {
  readonly kind: "advisory";
  readonly text: string;
}
/** `pkg:npm/x`, with a version range where `versions "…"` follows. */
export interface PurlLiteral extends Node {
  readonly kind: "purl";
  readonly text: string;
  readonly versions?: StringLiteral;
}
export interface NameExpr extends Node {
  readonly kind: "name";
  readonly name: Name;
}
export interface ListExpr extends Node {
  readonly kind: "list";
  readonly items: readonly Expr[];
}
export interface RecordExpr extends Node {
  readonly kind: "record";
  readonly entries: readonly (Node & { readonly name: Name; readonly value: Expr })[];
}
/** Kept so that the formatter gives back what was written; meaning is that of `inner`. */
export interface ParenExpr extends Node {
  readonly kind: "paren";
  readonly inner: Expr;
}
export interface EveryExpr extends Node {
  readonly kind: "every";
  readonly variable: Name;
  readonly collection: Expr;
  readonly where?: Expr;
  readonly body: Expr;
}
export interface SomeExpr extends Node {
  readonly kind: "some";
  readonly negated: boolean;
  readonly variable: Name;
  readonly collection: Expr;
  readonly where?: Expr;
}
/** `count(x in xs where p)`, or `count(xs)` without a variable. */
export interface CountExpr extends Node {
  readonly kind: "count";
  readonly variable?: Name;
  readonly collection: Expr;
  readonly where?: Expr;
}
export interface MarkExpr extends Node {
  readonly kind: "known" | "claimed" | "closed";
  readonly inner: Expr;
}
export interface OtherwiseExpr extends Node {
  readonly kind: "otherwise";
  readonly value: Expr;
  readonly fallback: Expr;
}
export interface BinaryExpr extends Node {
  readonly kind: "binary";
  readonly op: "and" | "or" | "+" | "-" | CompareOp;
  readonly left: Expr;
  readonly right: Expr;
}
export interface NotExpr extends Node {
  readonly kind: "not";
  readonly inner: Expr;
}
export interface NegateExpr extends Node {
  readonly kind: "negate";
  readonly inner: Expr;
}
export interface InExpr extends Node {
  readonly kind: "in";
  readonly negated: boolean;
  readonly item: Expr;
  readonly collection: Expr;
}
export interface IsExpr extends Node {
  readonly kind: "is";
  readonly negated: boolean;
  readonly value: Expr;
  readonly predicate: Name;
  readonly by?: OriginNode;
}
export interface PatternExpr extends Node {
  readonly kind: "pattern";
  readonly op: "glob" | "matches";
  readonly value: Expr;
  readonly pattern: StringLiteral;
}
export interface FieldExpr extends Node {
  readonly kind: "field";
  readonly target: Expr;
  readonly name: Name;
}
export interface CallExpr extends Node {
  readonly kind: "call";
  readonly callee: Expr;
  readonly args: readonly (Node & { readonly name?: Name; readonly value: Expr })[];
}
export interface IndexExpr extends Node {
  readonly kind: "index";
  readonly target: Expr;
  readonly index: Expr;
}
export interface AttestationExpr extends Node {
  readonly kind: "attestation";
  /** `newest attestation`, `attestation`, `attestations` */
  readonly quantity: "newest" | "one" | "all";
  readonly type: QName;
  readonly origin: OriginNode;
  readonly about?: Expr;
}
/** Where the parser recovered; already reported. */
export interface ErrorExpr extends Node {
  readonly kind: "error";
}
