/**
 * Lists whose items a schema wants to differ (`uniqueItems`) and that are so long that telling them apart by all they hold
 * costs more than reading them. What names an item tells most of them apart; only those of one name are compared whole.
 * The validators that `npm run gen` compiles leave these lists to `repeatedItems`.
 */
import { type Json, object, text } from "../raw.ts";
import { duplicateItems } from "./unique.ts";
import type { SchemaError } from "./validate.ts";

interface NamedList {
  /** A property of the document. */
  readonly property: string;
  /** Equal for equal items. */
  readonly nameOf: (item: unknown) => string;
}

export const namedLists: Readonly<Record<string, NamedList>> = {
  "openvex-0.2.0": { property: "statements", nameOf: nameOfStatement },
};

/** The vulnerability, and the first product and subcomponent. */
function nameOfStatement(item: unknown): string {
  const statement = object(item);
  const product = firstOf(statement?.["products"]);
  const part = firstOf(product?.["subcomponents"]);
  const vulnerability = object(statement?.["vulnerability"]);
  return `${text(vulnerability?.["name"])}\n${text(product?.["@id"])}\n${text(part?.["@id"])}`;
}

function firstOf(list: unknown): Json | undefined {
  return Array.isArray(list) ? object(list[0]) : undefined;
}

/** The error that a validator would have of its schema's long list; undefined: no item is there twice. */
export function repeatedItems(schema: string, json: unknown): SchemaError | undefined {
  const list = namedLists[schema];
  const items = list && object(json)?.[list.property];
  const pair = list && Array.isArray(items) ? duplicateItems(items, list.nameOf) : undefined;
  if (list === undefined || pair === undefined) return undefined;
  const schemaPath = `#/properties/${list.property}/uniqueItems`;
  return { instancePath: `/${list.property}`, schemaPath, keyword: "uniqueItems", params: { pair } };
}
