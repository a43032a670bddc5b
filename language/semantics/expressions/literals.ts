/** Literals: strings take their domain type from their place, the others bring their own. */

import type { Value } from "../../core/value.ts";
import { parseAdvisory } from "../../domains/advisory.ts";
import { parseDecimal } from "../../domains/decimal.ts";
import { durationOf } from "../../domains/duration.ts";
import { integerOf } from "../../domains/integer.ts";
import { nearest } from "../../domains/near.ts";
import type { Parsed } from "../../domains/parsed.ts";
import { parsePurl, parsePurlSet } from "../../domains/purl.ts";
import { parseDate } from "../../domains/time.ts";
import type * as tree from "../../syntax/tree.ts";
import { at, type Checked, type Context, errorExpr, literal } from "../context.ts";
import { isText, readLiteral, reportLiteral } from "../literals.ts";
import { replacement } from "../sink.ts";
import { type ScalarName, scalar, type Type } from "../types.ts";
import { mismatch } from "./mismatch.ts";

export function inferString(context: Context, expr: tree.StringLiteral, hint: Type | undefined): Checked {
  const location = at(context, expr);
  if (hint?.kind === "scalar" && isText(hint.name)) {
    const read = readLiteral(hint.name, expr.value);
    if (read.ok) return literal(location, hint, read.value);
    reportLiteral(context.checking.sink, hint.name, read, location);
    return errorExpr(location);
  }
  if (hint?.kind === "enum") {
    const exact = hint.variants.includes(expr.value);
    const variant = exact ? expr.value : nearest(expr.value, hint.variants);
    mismatch(context, location, scalar("String"), hint, {
      help:
        variant === undefined
          ? `its variants are ${hint.variants.map((v) => `\`${v}\``).join(", ")}, without quotes`
          : "variants are written without quotes",
      ...(variant === undefined ? {} : replacement(`write \`${variant}\``, exact, location, variant)),
    });
    return errorExpr(location);
  }
  return literal(location, scalar("String"), expr.value);
}

export function inferInt(context: Context, expr: tree.IntLiteral, hint: Type | undefined, negative = false): Checked {
  const location = at(context, expr);
  const value = integerOf(negative ? -expr.value : expr.value);
  if (value === undefined) {
    context.checking.sink.report("WB0312", { what: "integer" }, location, {
      label: "beyond 64 bits",
      help: "an Int goes from -9223372036854775808 to 9223372036854775807",
    });
    return errorExpr(location);
  }
  if (hint?.kind === "scalar" && hint.name === "Port") return read(context, expr, "Port", readLiteral("Port", String(value)));
  return literal(location, scalar("Int"), value);
}

export function inferDecimal(context: Context, expr: tree.DecimalLiteral): Checked {
  return read(context, expr, "Decimal", parseDecimal(expr.text), (text) => text);
}

export function inferDate(context: Context, expr: tree.DateLiteral): Checked {
  return read(context, expr, "Time", parseDate(expr.text), (text) => text);
}

export function inferDuration(context: Context, expr: tree.DurationLiteral): Checked {
  return read(context, expr, "Duration", durationOf(expr.amount, expr.unit), (text) => text);
}

export function inferAdvisory(context: Context, expr: tree.AdvisoryLiteral): Checked {
  return read(context, expr, "Advisory", parseAdvisory(expr.text), (text) => text);
}

/** A purl is a Purl, or a set of purls where a set is wanted or a range follows. */
export function inferPurl(context: Context, expr: tree.PurlLiteral, hint: Type | undefined): Checked {
  const isSet = expr.versions !== undefined || (hint?.kind === "scalar" && hint.name === "PurlSet");
  if (!isSet) return read(context, expr, "Purl", parsePurl(expr.text), (text) => text);
  const alone = parsePurl(expr.text);
  if (!alone.ok) return read(context, expr, "Purl", alone, (text) => text);
  const set = parsePurlSet(expr.text, expr.versions?.value);
  if (set.ok || expr.versions === undefined) return read(context, expr, "PurlSet", set, (text) => text);
  reportLiteral(context.checking.sink, "Range", set, at(context, expr.versions));
  return errorExpr(at(context, expr));
}

function read(context: Context, expr: tree.Node, name: ScalarName, value: Parsed<Value>, quote?: (text: string) => string): Checked {
  const location = at(context, expr);
  if (value.ok) return literal(location, scalar(name), value.value);
  reportLiteral(context.checking.sink, name === "PurlSet" ? "Purl" : name, value, location, quote);
  return errorExpr(location);
}
