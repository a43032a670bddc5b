/** Decisions as data, and what is asked. The shape is the machine format of `gate` and `eval` (docs/schemas). */
import type { Cause, DataRecord, DocumentRef } from "../../language/core/data.ts";
import type { Assumption, Effect, Waiver } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { VexRead } from "./compile/vex.ts";

/** Who or what is judged. */
export interface Subject {
  /** `image`, `artifact`, `workload`, `package`, `finding`, `workflow`, `report` */
  readonly kind: string;
  /** For people: `ghcr.io/acme/shop@sha256:…`, `Deployment/shop`. */
  readonly name: string;
  /** `sha256:<hex>` (or another algorithm) of the artifact, where it is known. */
  readonly digest?: string;
  /** The image's config digest where the manifest is at hand. */
  readonly configDigest?: string;
  readonly data: DataRecord;
}

/** An attestation that `engine/trust` (or a test's `given … by`) vouches for. */
export interface Attested {
  /** Qualified names of the trust declarations that the signer satisfies. */
  readonly trusts: readonly string[];
  readonly evidence: Evidence;
  /** Verified signing time, microseconds. */
  readonly time?: number;
}

/** A look-up that did not succeed; a fact of the state, replayed like any other. */
export interface FailedLookup {
  /**
   * A predicate type (`waybill.sbom.Bom`), an intrinsic or function (`waybill.vuln.findings`), or a predicate with its type
   * (`waybill.image.Image.signed`).
   */
  readonly name: string;
  /** Present: it failed for what these trust declarations signed, and for nobody else's. */
  readonly trusts?: readonly string[];
  readonly cause: Cause;
  readonly detail: string;
}

/** Everything one decision rests on (semantics, section 2: the state Φ with its clock). */
export interface Request {
  readonly subject: Subject;
  /** The enforcement point: `admission`, `ci`, … */
  readonly point: string;
  /** Microseconds since the epoch; absent only in tests without a clock. */
  readonly now?: number;
  /** Bare documents that the caller gave. */
  readonly evidence: readonly Evidence[];
  readonly attested: readonly Attested[];
  readonly failed: readonly FailedLookup[];
}

/**
 * Names the look-up for what is about something else than the subject. It counts only where nothing was found: a place that
 * was not looked at must not read as a place where nothing is.
 */
export function aboutLookup(type: string): string {
  return `${type} about`;
}

/** What could not be looked at, each once. */
export function failureText(failed: readonly FailedLookup[]): string {
  return [...new Set(failed.map(({ detail }) => detail))].join("; ");
}

export type Outcome = "passed" | "violated" | "undecided";
export type Reason = "passed" | "violated" | "undecided" | "uncovered" | "fault";

/** A place in evidence that a result rests on. */
export interface Citation {
  readonly document: DocumentRef;
  readonly pointer: string;
  /** The path read, as the policy wrote it: `c.license`. */
  readonly path: string;
  /** The value read, printed. */
  readonly value: string;
}

/** A fact of the subject that a result rests on and no document states: what the caller named, as `image.tag`. */
export interface Fact {
  /** The path read, as the policy wrote it. */
  readonly path: string;
  /** The value read, printed. */
  readonly value: string;
}

/** Wants of one kind, counted: "8 of 201 components have no licence". */
export interface WantGroup {
  readonly cause: Cause;
  readonly fact: string;
  readonly detail: string;
  readonly openness: boolean;
  readonly count: number;
  /** Members looked through, where the want is about members of a collection. */
  readonly of?: number;
  /** Up to five, printed. */
  readonly members: readonly string[];
  readonly citations: readonly Citation[];
}

/** A member of a collection that violates the clause, or, without a collection, the violation itself. */
export interface Witness {
  /** The message with this member's values. */
  readonly message?: string;
  /** The member, printed. */
  readonly member?: string;
  readonly citations: readonly Citation[];
  /** Absent where every fact has a place in a document. */
  readonly facts?: readonly Fact[];
}

/** One step of the derivation that `why` prints. */
export interface Derivation {
  readonly at: Location;
  /** `true`, `false`, `unknown`, or a printed value. */
  readonly value: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly children: readonly Derivation[];
}

/** A waiver that a clause's outcome rests on. */
export interface LiftingWaiver extends Waiver {
  /** How many members it lifted, or 1 where it is about the subject. One that several waivers match counts for each. */
  readonly lifted: number;
}

export interface ClauseResult {
  /** `module.policy` */
  readonly policy: string;
  readonly label: string | null;
  readonly at: Location;
  readonly outcome: Outcome;
  /** False where the policy's header or a `when` is: the clause passed because it had nothing to say. */
  readonly applies?: boolean;
  readonly effect: Effect;
  /** Microseconds; only with `quarantine until`. */
  readonly until?: number;
  readonly causes: readonly Cause[];
  /** The clause's message for the first witness, or the message of the undecided clause. */
  readonly message?: string;
  /** With explanation only: up to `Options.witnesses`, and how many there are. */
  readonly witnesses: readonly Witness[];
  readonly witnessCount: number;
  readonly wants: readonly WantGroup[];
  readonly assumptions: readonly Assumption[];
  /** Code to paste that would let the clause decide. */
  readonly advice: readonly string[];
  readonly waivers: readonly LiftingWaiver[];
  readonly derivation?: Derivation;
}

export interface Decision {
  readonly subject: Subject;
  readonly point: string;
  readonly effect: Effect;
  readonly reason: Reason;
  readonly until?: number;
  readonly clauses: readonly ClauseResult[];
  readonly covered: boolean;
  readonly time?: number;
  /** The next instant at which a time comparison that was read flips; absent: none does. */
  readonly validUntil?: number;
  /** With explanation only: what each `resolved by` of the program reads. */
  readonly vex?: readonly VexRead[];
}

/** Why there is no decision: wrong use, not an answer (exit code 2). */
export type Refusal =
  | { readonly code: "no-policy"; readonly kind: string; readonly point: string; readonly loaded: readonly string[] }
  /** A header reads a fact that only the caller knows. */
  | { readonly code: "not-given"; readonly fact: string; readonly at: Location }
  /** A test reads time without `with clock`. */
  | { readonly code: "no-clock"; readonly at: Location }
  | { readonly code: "input"; readonly key: string; readonly message: string };

export type Answer = { readonly kind: "decision"; readonly decision: Decision } | { readonly kind: "refusal"; readonly refusal: Refusal };

export interface Options {
  /** Build messages, witnesses, wants, advice and citations; without it only outcomes, effects and causes. */
  readonly explain: boolean;
  /** Derivation trees, for `why`. */
  readonly derivations?: boolean;
  /** Witnesses kept a clause; default 20. */
  readonly witnesses?: number;
}

/** Values of inputs by `module.name`, checked against their types. */
export type Inputs = ReadonlyMap<string, Value>;
