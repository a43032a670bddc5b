/** `x is p`, and patterns over text. */
import { nearest } from "../../domains/near.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, isError, made, sourceText, unwrapped } from "../context.ts";
import { acknowledged, CONFLICT, joinLabels, type Labels, localLabels, MALFORMED, MISSING, TRANSIENT, withLabel } from "../flow.ts";
import { readLiteral, reportLiteral } from "../literals.ts";
import { findEntity, textOf } from "../scopes.ts";
import { didYouMean, replacement } from "../sink.ts";
import { type Predicate, type RecordType, scalar, showType } from "../types.ts";
import { readField } from "./fields.ts";
import { article } from "./mismatch.ts";
import { unknownVariant } from "./names.ts";

const bool = scalar("Bool");

/** The trust declaration that `by` names; undefined after its error was reported. */
export function resolveTrust(context: Context, name: tree.QName): string | undefined {
  const found = findEntity(context.scope, name, (entity) => entity.kind === "trust");
  if (found.kind === "entity") {
    context.checking.usedEntities.add(found.entity.key);
    return found.entity.key;
  }
  if (found.kind === "nothing") {
    const spot = at(context, found.at);
    const text = textOf(name);
    context.checking.sink.once(`trust ${context.scope.path} ${text}`, "WB0208", { what: "trust declaration", name: text }, spot, {
      label: "no trust declaration has this name",
      ...(found.near === undefined ? { help: `declare who is believed: \`trust ${text} = keyless { … }\`` } : didYouMean(found.near, spot)),
    });
  }
  return undefined;
}

export function inferIs(context: Context, expr: tree.IsExpr): Checked {
  const result = positive(context, expr);
  if (!expr.negated || isError(result)) return result;
  return made({ kind: "not", operand: result.core, type: bool, at: at(context, expr) }, result.labels, result.causes);
}

function positive(context: Context, expr: tree.IsExpr): Checked {
  const location = at(context, expr);
  const value = context.infer(context, expr.value);
  if (isError(value)) return errorExpr(location);
  const type = unwrapped(value.type);
  const name = expr.predicate.text;
  if (type.kind === "record") {
    const predicate = type.predicates.get(name);
    if (predicate !== undefined) return predicateRead(context, expr, value, type, predicate);
    const field = type.fields.get(name);
    if (field?.type.kind === "scalar" && field.type.name === "Bool")
      return withoutBy(context, expr, readField(context, expr, value, type, field));
  }
  if (type.kind === "enum") {
    const index = type.variants.indexOf(name);
    if (index >= 0) {
      const right = { kind: "literal", value: index, type, at: at(context, expr.predicate) } as const;
      return withoutBy(
        context,
        expr,
        made({ kind: "compare", op: "==", operands: type, left: value.core, right, type: bool, at: location }, value.labels, value.causes),
      );
    }
    unknownVariant(context, type, name, at(context, expr.predicate));
    return errorExpr(location);
  }
  const spot = at(context, expr.predicate);
  const names = type.kind === "record" ? [...type.predicates.keys()] : [];
  const near = nearest(name, names);
  const help = names.length > 0 ? `it has ${names.map((n) => `\`${n}\``).join(", ")}` : "compare its fields";
  context.checking.sink.report("WB0333", { type: showType(type), name }, spot, {
    label: "no such predicate",
    ...(near === undefined ? { help } : didYouMean(near, spot)),
  });
  return errorExpr(location);
}

/** A Boolean field or a variant is a fact that nobody has to vouch for. */
function withoutBy(context: Context, expr: tree.IsExpr, read: Checked): Checked {
  if (expr.by === undefined) return read;
  context.checking.sink.report("WB0335", { name: expr.predicate.text }, at(context, expr.by), {
    label: "nobody says this",
    help: "write it without `by`",
  });
  return errorExpr(read.core.at);
}

function predicateRead(context: Context, expr: tree.IsExpr, value: Checked, recordType: RecordType, predicate: Predicate): Checked {
  const location = at(context, expr);
  if (!predicate.by && expr.by !== undefined) return withoutBy(context, expr, value);
  const base = { kind: "predicate", record: value.core, recordType, predicate, type: bool, at: location } as const;
  const missing = predicate.closed ? 0 : MISSING;
  if (!predicate.by) return made(base, ownLabels(value), value.causes | missing | MALFORMED);
  if (expr.by === undefined) {
    context.checking.sink.report("WB0334", { name: predicate.name }, location, {
      label: "by whom",
      help: `name who is believed: \`${sourceText(context, expr)} by …\``,
    });
    return errorExpr(location);
  }
  const causes = value.causes | missing | TRANSIENT | CONFLICT | MALFORMED;
  if (expr.by.kind === "claimed")
    return made(
      { ...base, by: { kind: "claimed" } },
      withLabel(acknowledged(value.labels), { kind: "acked", of: predicate.name, at: location }),
      causes,
    );
  const trust = resolveTrust(context, expr.by.trust);
  if (trust === undefined) return errorExpr(location);
  return made({ ...base, by: { kind: "trust", trust } }, withLabel(value.labels, { kind: "by", of: trust, at: location }), causes);
}

/** A predicate without `by` is a fact like a field: of the subject it is local. */
function ownLabels(value: Checked): Labels {
  return value.core.kind === "subject" ? joinLabels(localLabels, value.labels) : value.labels;
}

/** Types whose values are texts. An image reference is compared by component (semantics, section 4). */
const texts: readonly string[] = ["String", "Url", "Path", "SpiffeId", "Digest", "Advisory"];

export function inferPattern(context: Context, expr: tree.PatternExpr): Checked {
  const location = at(context, expr);
  const value = context.infer(context, expr.value, scalar("String"));
  const name = expr.op === "glob" ? "Glob" : "Regex";
  const pattern = readLiteral(name, expr.pattern.value);
  const spot = at(context, expr.pattern);
  if (!pattern.ok) reportLiteral(context.checking.sink, name, pattern, spot, expr.pattern.raw ? (text) => `'${text}'` : undefined);
  if (isError(value) || !pattern.ok) return errorExpr(location);
  if (value.type.kind !== "scalar" || !texts.includes(value.type.name)) {
    const shown = showType(value.type);
    const text = sourceText(context, expr.value);
    context.checking.sink.report("WB0327", { op: expr.op, type: shown }, value.core.at, {
      label: `this is ${article(shown)}`,
      ...(shown === "ImageRef"
        ? {
            help: `match one component: \`${text}.repository\`, \`${text}.registry\`, \`${text}.tag\``,
            ...replacement(`match \`${text}.repository\``, false, value.core.at, `${text}.repository`),
          }
        : {}),
    });
    return errorExpr(location);
  }
  const literal = { kind: "literal", value: pattern.value, type: scalar(name), at: spot } as const;
  return made({ kind: "pattern", op: expr.op, value: value.core, pattern: literal, type: bool, at: location }, value.labels, value.causes);
}
