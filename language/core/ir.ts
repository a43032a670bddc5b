/**
 * The typed core: what a checked program is. The evaluator decides with it, targets translate it, nothing else knows
 * more about a policy. Names are resolved, types known, sugar gone (`every`, `not in` and `is` keep their own nodes
 * only where the evaluator or a target says them better). No rewrite happens between the source and this tree,
 * because wants are defined on the tree as written (semantics, section 3).
 */
import type { Location } from "../diagnostics/diagnostic.ts";
import type { EnumType, Field, Predicate, RecordType, Type } from "../semantics/types.ts";
import type { Cause } from "./data.ts";
import type { Value } from "./value.ts";

export type { Cause } from "./data.ts";
export const causes: readonly Cause[] = ["missing", "transient", "conflict", "malformed"];

export type Effect = "allow" | "warn" | "quarantine" | "deny";
/** In rising order. */
export const effects: readonly Effect[] = ["allow", "warn", "quarantine", "deny"];
/** Position in `effects`. */
export const effectRank: Readonly<Record<Effect, number>> = { allow: 0, warn: 1, quarantine: 2, deny: 3 };

interface Typed {
  readonly type: Type;
  readonly at: Location;
}

export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Expr =
  | Literal
  | InputRead
  | ConstantRead
  | LetRead
  | LocalRead
  | SubjectRead
  | FieldRead
  | Entry
  | Element
  | HasKey
  | PredicateRead
  | Not
  | Connective
  | Compare
  | Member
  | Within
  | Pattern
  | Quantifier
  | Count
  | KnownTest
  | Otherwise
  | Closed
  | AttestationRead
  | TableCall
  | FunctionCall
  | IntrinsicCall
  | Arithmetic
  | Negate
  | ListOf
  | RecordOf;

/** A constant in run-time form. */
export interface Literal extends Typed {
  readonly kind: "literal";
  readonly value: Value;
}
/** `key` is `module.name`. */
export interface InputRead extends Typed {
  readonly kind: "input";
  readonly key: string;
}
/** A module-level `let`; `key` is `module.name`. */
export interface ConstantRead extends Typed {
  readonly kind: "constant";
  readonly key: string;
}
/** A `let` of a policy: evaluated at most once a decision. */
export interface LetRead extends Typed {
  readonly kind: "let";
  readonly slot: number;
  readonly name: string;
}
/** A bound name of a quantifier, or a parameter of a function. Slots are unique in a program. */
export interface LocalRead extends Typed {
  readonly kind: "local";
  readonly slot: number;
  readonly name: string;
}
export interface SubjectRead extends Typed {
  readonly kind: "subject";
  readonly name: string;
}
export interface FieldRead extends Typed {
  readonly kind: "field";
  readonly record: Expr;
  readonly field: Field;
}
/** `m["k"]` */
export interface Entry extends Typed {
  readonly kind: "entry";
  readonly map: Expr;
  readonly key: Expr;
}
/** `xs[0]`; past the end is missing. */
export interface Element extends Typed {
  readonly kind: "element";
  readonly list: Expr;
  readonly index: Expr;
}
/** `"k" in m` */
export interface HasKey extends Typed {
  readonly kind: "has-key";
  readonly map: Expr;
  readonly key: Expr;
}
/** `r is p`, `r is p by T`, `r is p by claimed`. `trust` is the qualified name of the trust declaration. */
export interface PredicateRead extends Typed {
  readonly kind: "predicate";
  readonly record: Expr;
  readonly recordType: RecordType;
  readonly predicate: Predicate;
  readonly by?: { readonly kind: "trust"; readonly trust: string } | { readonly kind: "claimed" };
}
export interface Not extends Typed {
  readonly kind: "not";
  readonly operand: Expr;
}
export interface Connective extends Typed {
  readonly kind: "and" | "or";
  readonly left: Expr;
  readonly right: Expr;
}
/** Both sides have type `operands`. */
export interface Compare extends Typed {
  readonly kind: "compare";
  readonly op: CompareOp;
  readonly operands: Type;
  readonly left: Expr;
  readonly right: Expr;
}
/** `x in xs`, over a collection: the disjunction of the equalities. */
export interface Member extends Typed {
  readonly kind: "member";
  readonly item: Expr;
  readonly collection: Expr;
}
/** `x in s` where s is itself a scalar that denotes a set: `purl in PurlSet`, `version in Range`, `ip in Cidr`. */
export interface Within extends Typed {
  readonly kind: "within";
  readonly item: Expr;
  readonly set: Expr;
}
export interface Pattern extends Typed {
  readonly kind: "pattern";
  readonly op: "glob" | "matches";
  readonly value: Expr;
  /** Compiled; of type Glob or Regex. */
  readonly pattern: Literal;
}
/** `some x in xs where p` (no `body`); `every x in xs where p : q`. An absent `where` is true. */
export interface Quantifier extends Typed {
  readonly kind: "some" | "every";
  readonly slot: number;
  readonly name: string;
  readonly collection: Expr;
  readonly where?: Expr;
  /** Present exactly for `every`. */
  readonly body?: Expr;
}
export interface Count extends Typed {
  readonly kind: "count";
  readonly slot: number;
  readonly name: string;
  readonly collection: Expr;
  readonly where?: Expr;
}
export interface KnownTest extends Typed {
  readonly kind: "known";
  readonly operand: Expr;
}
export interface Otherwise extends Typed {
  readonly kind: "otherwise";
  readonly operand: Expr;
  readonly fallback: Expr;
}
/** On a record: every collection read through it. */
export interface Closed extends Typed {
  readonly kind: "closed";
  readonly operand: Expr;
}
/** `quantity: "all"` has a list type, the others the record type `predicate`. `about` absent: the policy's subject. */
export interface AttestationRead extends Typed {
  readonly kind: "attestation";
  readonly quantity: "newest" | "one" | "all";
  readonly predicate: RecordType;
  readonly origin: { readonly kind: "trust"; readonly trust: string } | { readonly kind: "claimed" };
  readonly about?: Expr;
}
/** `key` is `module.name`. */
export interface TableCall extends Typed {
  readonly kind: "table";
  readonly key: string;
  readonly args: readonly Expr[];
}
export interface FunctionCall extends Typed {
  readonly kind: "call";
  readonly key: string;
  readonly args: readonly Expr[];
}
/** A function of the standard library that the engine implements; `name` as in `semantics/intrinsics.ts`. */
export interface IntrinsicCall extends Typed {
  readonly kind: "intrinsic";
  readonly name: string;
  readonly args: readonly Expr[];
}
/** On Int, Decimal, Duration, Time ± Duration, Time - Time. */
export interface Arithmetic extends Typed {
  readonly kind: "+" | "-";
  readonly left: Expr;
  readonly right: Expr;
}
export interface Negate extends Typed {
  readonly kind: "negate";
  readonly operand: Expr;
}
export interface ListOf extends Typed {
  readonly kind: "list";
  readonly items: readonly Expr[];
}
export interface RecordOf extends Typed {
  readonly kind: "record";
  readonly entries: readonly { readonly name: string; readonly value: Expr }[];
}

/** Text of a clause. A path is an expression; what it prints as depends on its type. */
export interface Template {
  readonly parts: readonly (
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "value"; readonly value: Expr; readonly source: string }
  )[];
}

/** An effect, and until when where it is `quarantine until e`. */
export interface EffectExpr {
  readonly effect: Effect;
  readonly until?: Expr;
}

/** Said in every decision that rests on it: `closed(…)`, `… claimed`, `claimed(…)`, `otherwise`, `not known`. */
export interface Assumption {
  readonly kind: "closed" | "claimed" | "otherwise" | "not-known";
  /** The source text of the expression. */
  readonly text: string;
  readonly at: Location;
}

export interface Clause {
  /** `module.policy` */
  readonly policy: string;
  readonly label?: string;
  readonly doc?: string;
  readonly polarity: "require" | "forbid";
  /** As written; `hold` is this for `require`, its negation for `forbid`. */
  readonly condition: Expr;
  /** Conditions of the enclosing `when`s, outermost first. */
  readonly guards: readonly Expr[];
  /** On violation; default deny. */
  readonly otherwise: EffectExpr;
  readonly message?: Template;
  /** What was said for a cause; the others take `otherwise`. */
  readonly onUnknown: Partial<Readonly<Record<Cause, EffectExpr & { readonly because?: string }>>>;
  readonly assumptions: readonly Assumption[];
  readonly at: Location;
}

/** A `let` of a policy. */
export interface PolicyLet {
  readonly slot: number;
  readonly name: string;
  readonly value: Expr;
}

export interface Policy {
  /** `module.name` */
  readonly name: string;
  readonly doc?: string;
  /** `image`, `artifact`, `workload` … */
  readonly subject: string;
  readonly subjectType: RecordType;
  /** Absent: every point at which the kind exists. */
  readonly points?: readonly string[];
  readonly scope?: Expr;
  readonly lets: readonly PolicyLet[];
  readonly clauses: readonly Clause[];
  readonly satisfies: readonly string[];
  readonly at: Location;
}

export interface Exempt {
  readonly subject: string;
  readonly subjectType: RecordType;
  readonly scope: Expr;
  /** The first instant at which it has ended, microseconds. */
  readonly ends?: number;
  readonly because: string;
  readonly at: Location;
}

/** Lifts one labelled clause for what it certainly matches. */
export interface Waiver {
  /** `module.policy.label` */
  readonly clause: string;
  /**
   * `member`: a condition on the bound name of the clause's `some` or `every` (slot `slot`);
   * `subject`: a condition on the subject.
   */
  readonly scope:
    | { readonly kind: "member"; readonly slot: number; readonly condition: Expr }
    | { readonly kind: "subject"; readonly condition: Expr };
  /** The first instant at which it has ended, microseconds. */
  readonly ends: number;
  readonly because: string;
  readonly approvedBy: string;
  readonly ticket?: string;
  readonly at: Location;
}

/** A status of VEX with its texts. `not_affected` and `fixed` suppress (semantics, section 10). */
export type VexStatusWith<Text> =
  /** `justification` is a label of OpenVEX, which CSAF shares. */
  | { readonly kind: "not_affected"; readonly justification: string; readonly impact?: Text }
  | { readonly kind: "affected"; readonly action: Text }
  | { readonly kind: "fixed" }
  | { readonly kind: "under_investigation" };

/** What a row of `vex` says of a finding. */
export type VexRowStatus = VexStatusWith<Template>;

export interface VexRow {
  readonly condition: Expr;
  readonly status: VexRowStatus;
  readonly at: Location;
}

/** `vex NAME for finding in SUBJECT { … }`: what the author says of each finding in a subject. */
export interface VexDefinition {
  /** `module.name` */
  readonly name: string;
  readonly doc?: string;
  /** The kind of subject that the findings are in. */
  readonly subject: string;
  readonly subjectType: RecordType;
  /** The bound name of the finding: a member, as the bound name of a quantifier is. */
  readonly finding: { readonly slot: number; readonly name: string; readonly type: RecordType };
  readonly scope?: Expr;
  readonly rows: readonly VexRow[];
  /** What holds where no row does. */
  readonly otherwise: VexRowStatus;
  readonly otherwiseAt: Location;
  readonly assumptions: readonly Assumption[];
  readonly at: Location;
}

/** What follows a violation of a runtime rule. In rising order of what it stops. */
export type RuntimeAction = "log" | "notify" | "errno" | "kill";
export const runtimeActions: readonly RuntimeAction[] = ["log", "notify", "errno", "kill"];

/** How surely a violation is stopped (semantics, section 11). */
export type Guarantee = "observed" | "terminated" | "prevented";
/** In rising order. */
export const guarantees: readonly Guarantee[] = ["observed", "terminated", "prevented"];

/** A rule about system calls, its named sets replaced by their members. */
export interface SyscallRule {
  readonly polarity: "allow" | "forbid";
  /** Known names (`domains/syscalls.ts`), sorted, each once. */
  readonly names: readonly string[];
  /** Its own, or the declaration's default. */
  readonly action: RuntimeAction;
  readonly at: Location;
}

/** A `runtime` declaration as far as it is compiled: its rules about system calls. */
export interface RuntimeDefinition {
  /** `module.name` */
  readonly key: string;
  readonly subjectType: RecordType;
  readonly scope?: Expr;
  /** Empty: system calls are not watched. */
  readonly syscalls: readonly SyscallRule[];
  /** What it demands. */
  readonly guarantee?: Guarantee;
  /** `sha256:<hex>` of the compiled profile (`compiler/targets/seccomp`); the shell computes it. */
  readonly digest?: string;
  readonly at: Location;
}

export interface InputDefinition {
  /** `module.name` */
  readonly key: string;
  readonly type: Type;
  readonly default?: Value;
  readonly doc?: string;
  readonly at: Location;
}

export interface Constant {
  readonly key: string;
  readonly value: Expr;
}

export interface FunctionDefinition {
  readonly key: string;
  readonly parameters: readonly { readonly slot: number; readonly name: string; readonly type: Type }[];
  readonly body: Expr;
}

/** Total and without dead rows (checked). `outcomes` is the full product, row-major by operand, last operand fastest. */
export interface TableDefinition {
  readonly key: string;
  /** Of the operands, in their order. */
  readonly names: readonly string[];
  readonly operands: readonly (EnumType | { readonly kind: "scalar"; readonly name: "Bool" })[];
  readonly result: EnumType | { readonly kind: "scalar"; readonly name: "Bool" };
  /** Index of the outcome (false 0, true 1) for each combination. */
  readonly outcomes: readonly number[];
  /** Which row (from 0) decided each combination; for coverage and `why`. */
  readonly rows: readonly number[];
  readonly rowLocations: readonly Location[];
  readonly at: Location;
}

export interface Trust {
  /** `module.name` */
  readonly key: string;
  readonly body:
    | { readonly kind: "keyless" | "key" | "spiffe"; readonly fields: Readonly<Record<string, Value>> }
    | { readonly kind: "quorum"; readonly threshold: number; readonly members: readonly string[] };
  readonly at: Location;
}

/** Data a test gives: nested records and lists of expressions without evidence. */
export type GivenData =
  | { readonly kind: "expr"; readonly value: Expr }
  | { readonly kind: "record"; readonly entries: readonly { readonly name: string; readonly value: GivenData }[] }
  | { readonly kind: "list"; readonly items: readonly GivenData[] };

export type Given =
  | {
      readonly kind: "attestation";
      readonly type: RecordType;
      readonly origin: { readonly kind: "trust"; readonly trust: string } | { readonly kind: "claimed" };
      /** The digest that it is about; absent: the subject's. */
      readonly about?: Expr;
      readonly data: GivenData;
      readonly at: Location;
    }
  /** `path` is empty for the whole subject. */
  | {
      readonly kind: "subject";
      readonly subject: string;
      readonly path: readonly string[];
      readonly data: GivenData;
      readonly at: Location;
    }
  | {
      readonly kind: "subject-unknown";
      readonly subject: string;
      readonly path: readonly string[];
      readonly cause: Cause;
      readonly at: Location;
    }
  /** Every read of an attestation of the type, or every call of an intrinsic or function, fails with the cause. */
  | { readonly kind: "lookup-unknown"; readonly name: string; readonly cause: Cause; readonly at: Location };

export interface Expectation {
  readonly expected:
    | { readonly kind: "effect"; readonly effect: Effect; readonly until?: Expr }
    | { readonly kind: "undecided"; readonly causes: readonly Cause[] }
    | { readonly kind: "status"; readonly status: ExpectedStatus };
  /** `module.policy.label`; of a status `module.name` of `vex` declarations. */
  readonly by: readonly string[];
  readonly at: Location;
}

/** A status of VEX as a test expects it; texts are whole ones. An absent `impact` is not asked about. */
export type ExpectedStatus = VexStatusWith<string>;

export interface Test {
  readonly title: string;
  /** The module it stands in. */
  readonly module: string;
  /** The subject kind under test. */
  readonly subject?: string;
  readonly clock?: Expr;
  readonly point?: string;
  readonly inputs: readonly { readonly key: string; readonly value: Expr }[];
  /** `with release = …` replaces who is believed; the value is the qualified name of another trust declaration. */
  readonly trusts: readonly { readonly key: string; readonly value: string }[];
  readonly given: readonly Given[];
  readonly expectations: readonly Expectation[];
  readonly at: Location;
}

export interface ProgramModule {
  readonly name: string;
  readonly path: string;
  /** False for what was only imported: its policies, exemptions and waivers do not decide. */
  readonly deciding: boolean;
}

export interface Program {
  readonly modules: readonly ProgramModule[];
  readonly inputs: readonly InputDefinition[];
  readonly constants: readonly Constant[];
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly trusts: readonly Trust[];
  readonly policies: readonly Policy[];
  readonly exempts: readonly Exempt[];
  readonly waivers: readonly Waiver[];
  readonly vexes: readonly VexDefinition[];
  readonly runtimes: readonly RuntimeDefinition[];
  readonly tests: readonly Test[];
  /** Record types by qualified name, those of the standard library included. */
  readonly types: ReadonlyMap<string, RecordType>;
  /** One more than the greatest slot in use; lets and locals share the numbering. */
  readonly slots: number;
}
