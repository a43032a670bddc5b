/** Attestations, and the marks `known`, `claimed` and `closed`. */
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made, sourceText } from "../context.ts";
import { ANY_CAUSE, acknowledged, type Labels, MISSING, noLabels, withLabel } from "../flow.ts";
import { findEntity, textOf } from "../scopes.ts";
import { didYouMean } from "../sink.ts";
import { type RecordType, scalar, showType, type Type } from "../types.ts";
import { readField } from "./fields.ts";
import { article } from "./mismatch.ts";
import { resolveTrust } from "./predicates.ts";

/** The record type after `attestation`; undefined after its error was reported. */
export function resolveEvidenceType(context: Context, name: tree.QName): RecordType | undefined {
  const found = findEntity(context.scope, name, (entity) => entity.kind === "type", context.prelude);
  if (found.kind === "entity" && found.entity.kind === "type") return found.entity.type;
  if (found.kind === "nothing") {
    const spot = at(context, found.at);
    const details = found.hint === undefined ? didYouMean(found.near, spot) : { help: found.hint };
    context.checking.sink.once(
      `type ${context.scope.path} ${found.at.text}`,
      "WB0207",
      { name: found.at.text, whole: textOf(name) },
      spot,
      { label: "no type has this name", ...details },
    );
  }
  return undefined;
}

export function inferAttestation(context: Context, expr: tree.AttestationExpr): Checked {
  const location = at(context, expr);
  const predicate = resolveEvidenceType(context, expr.type);
  const origin = expr.origin.kind === "claimed" ? ({ kind: "claimed" } as const) : trustOrigin(context, expr.origin.trust);
  const about = expr.about === undefined ? undefined : aboutDigest(context, expr.about);
  if (predicate === undefined || origin === undefined || (expr.about !== undefined && about === undefined)) return errorExpr(location);
  if (context.noEvidence !== undefined) {
    context.checking.sink.report("WB0344", {}, location, { label: "evidence is read here", help: context.noEvidence });
    return errorExpr(location);
  }
  if (about === undefined && context.subject === undefined) {
    context.checking.sink.report("WB0348", {}, location, {
      label: "about which subject",
      help: "write it in a `let` of the policy, or say `about` what",
    });
    return errorExpr(location);
  }
  const type: Type = expr.quantity === "all" ? { kind: "list", element: predicate } : predicate;
  const own =
    expr.origin.kind === "claimed" || origin.kind === "claimed"
      ? ({ kind: "acked", of: predicate.name, at: location } as const)
      : ({ kind: "by", of: origin.trust, at: location } as const);
  const labels: Labels = withLabel(about?.labels ?? noLabels, own);
  const core = {
    kind: "attestation",
    quantity: expr.quantity,
    predicate,
    origin,
    ...(about === undefined ? {} : { about: about.core }),
    type,
    at: location,
  } as const;
  const read = made(core, labels, ANY_CAUSE);
  return expr.quantity === "all" ? { ...read, attestations: true } : read;
}

function trustOrigin(context: Context, name: tree.QName): { readonly kind: "trust"; readonly trust: string } | undefined {
  const trust = resolveTrust(context, name);
  return trust === undefined ? undefined : { kind: "trust", trust };
}

/** What evidence is about is a digest: of a record its field `digest`, of an image reference its digest. */
function aboutDigest(context: Context, expr: tree.Expr): Checked | undefined {
  const value = context.infer(context, expr);
  if (isError(value)) return undefined;
  const { type } = value;
  if (type.kind === "scalar" && type.name === "Digest") return value;
  if (type.kind === "scalar" && type.name === "ImageRef") {
    const core = { kind: "intrinsic", name: "imageref.digest", args: [value.core], type: scalar("Digest"), at: value.core.at } as const;
    return made(core, value.labels, value.causes | MISSING);
  }
  const field = type.kind === "record" ? type.fields.get("digest") : undefined;
  if (type.kind === "record" && field?.type.kind === "scalar" && field.type.name === "Digest")
    return readField(context, expr, value, type, field);
  const shown = showType(type);
  context.checking.sink.report("WB0345", { type: shown }, value.core.at, {
    label: `this is ${article(shown)}`,
    help: "`about` takes a digest, an image reference, or a record with a `digest`",
  });
  return undefined;
}

export function inferMark(context: Context, expr: tree.MarkExpr, hint: Type | undefined): Checked {
  const inner = context.infer(context, expr.inner, expr.kind === "known" ? undefined : hint);
  if (isError(inner)) return errorExpr(at(context, expr));
  switch (expr.kind) {
    case "known":
      return made(
        { kind: "known", operand: inner.core, type: scalar("Bool"), at: at(context, expr) },
        inner.labels,
        inner.causes & ~MISSING,
      );
    case "claimed":
      return claimedMark(context, expr, inner);
    case "closed":
      return closedMark(context, expr, inner);
  }
}

/** `claimed(e)` is `e`; core keeps no node for it, so the mark is noted beside a copy of the node. */
function claimedMark(context: Context, expr: tree.MarkExpr, inner: Checked): Checked {
  const core = { ...inner.core };
  context.checking.marks.set(core, { kind: "claimed", text: sourceText(context, expr), at: at(context, expr) });
  return { ...inner, core, labels: acknowledged(inner.labels) };
}

function closedMark(context: Context, expr: tree.MarkExpr, inner: Checked): Checked {
  const location = at(context, expr);
  if (inner.attestations === true) {
    context.checking.sink.report("WB0332", {}, location, {
      label: "always open",
      help: "ask for `some` attestation, or for one: `attestation T by P`",
    });
    return errorExpr(location);
  }
  if (inner.type.kind !== "record" && inner.type.kind !== "verified" && inner.type.kind !== "list" && inner.type.kind !== "set") {
    const shown = showType(inner.type);
    context.checking.sink.report("WB0331", { type: shown }, inner.core.at, {
      label: `this is ${article(shown)}`,
      help: "`closed` takes a record of evidence or a list",
    });
    return errorExpr(location);
  }
  return made({ kind: "closed", operand: inner.core, type: inner.type, at: location }, inner.labels, inner.causes);
}
