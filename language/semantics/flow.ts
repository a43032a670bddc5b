/** What is known of an expression besides its type: where it comes from, and why it may be unknown (semantics, section 12). */
import type { Cause } from "../core/ir.ts";
import type { Location } from "../diagnostics/diagnostic.ts";

/** A set of causes, as bits. */
export type Causes = number;
export const MISSING: Causes = 1;
export const TRANSIENT: Causes = 2;
export const CONFLICT: Causes = 4;
export const MALFORMED: Causes = 8;
export const NO_CAUSE: Causes = 0;
export const ANY_CAUSE: Causes = 15;

const bits: Readonly<Record<Cause, Causes>> = { missing: MISSING, transient: TRANSIENT, conflict: CONFLICT, malformed: MALFORMED };

export function hasCause(set: Causes, cause: Cause): boolean {
  return (set & bits[cause]) !== 0;
}

/**
 * `local`: a fact of the subject that the enforcement point sees itself. `by`: verified against a trust declaration.
 * `claimed`: said by somebody who did not sign it. `acked`: claimed, and the policy says that it knows.
 */
export interface Label {
  readonly kind: "local" | "by" | "claimed" | "acked";
  /** Trust declaration for `by`; the fact for `claimed` and `acked`; "" for `local`. */
  readonly of: string;
  /** Where it was read; facts of the subject say no place. */
  readonly at?: Location;
}

export type Labels = ReadonlyMap<string, Label>;
export const noLabels: Labels = new Map();
const localLabel: Label = { kind: "local", of: "" };
/** Of a fact of the subject. */
export const localLabels: Labels = new Map([["local ", localLabel]]);

/** The union; the first place of a label is kept. */
export function joinLabels(a: Labels, b: Labels, c: Labels = noLabels): Labels {
  if (c.size > 0) return joinLabels(joinLabels(a, b), c);
  if (b.size === 0 || a === b) return a;
  if (a.size === 0) return b;
  let joined: Map<string, Label> | undefined;
  for (const [key, label] of b) {
    if (a.has(key)) continue;
    joined ??= new Map(a);
    joined.set(key, label);
  }
  return joined ?? a;
}

export function withLabel(labels: Labels, label: Label): Labels {
  const key = `${label.kind} ${label.of}`;
  return labels.has(key) ? labels : new Map([...labels, [key, label]]);
}

/** Each `claimed` becomes `acked`: what `claimed(e)` and `by claimed` do. */
export function acknowledged(labels: Labels): Labels {
  let result = noLabels;
  for (const label of labels.values()) result = withLabel(result, label.kind === "claimed" ? { ...label, kind: "acked" } : label);
  return result;
}

/** The claims that nobody has acknowledged. */
export function claims(labels: Labels): readonly Label[] {
  return [...labels.values()].filter((label) => label.kind === "claimed");
}

export interface Flow {
  readonly labels: Labels;
  readonly causes: Causes;
}
export const constantFlow: Flow = { labels: noLabels, causes: NO_CAUSE };

/** What holds of an expression made of two. */
export function joinFlow(a: Flow, b: Flow): Flow {
  return { labels: joinLabels(a.labels, b.labels), causes: a.causes | b.causes };
}

/** As `joinFlow`, of a list that may be long. */
export function joinFlows(flows: readonly Flow[]): Flow {
  let labels: Labels = noLabels;
  let causes: Causes = NO_CAUSE;
  for (const flow of flows) {
    labels = joinLabels(labels, flow.labels);
    causes |= flow.causes;
  }
  return { labels, causes };
}
