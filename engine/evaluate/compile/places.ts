/** Where questions find what they are about: fields, members of outer lists, the subject, parts of image references. */
import type { DataRecord } from "../../../language/core/data.ts";
import { type ImageRef, parseImageRef } from "../../../language/domains/image-ref.ts";
import type { Field } from "../../../language/semantics/types.ts";
import type { Condition } from "./conditions.ts";
import { copyOf } from "./copies.ts";
import { defaultOf, isStrange } from "./fields.ts";
import type { Place } from "./questions.ts";

type OfRecord = Condition<DataRecord>;

export function isScalar({ type }: Field, name: string): boolean {
  return type.kind === "scalar" && type.name === name;
}

/** Whether what may stand in the place of a record has a property of the field's name. */
export function isGuarded(field: Field): boolean {
  // `Known` in the place of a record holds a record, so what it has as `value` is not taken for a text or a flag.
  const isValue = field.name === "value" && (isScalar(field, "String") || isScalar(field, "Bool"));
  return isStrange(field.name) && !isValue;
}

/** The record in a field. */
export function recordAt(field: Field): Place {
  const { name, mode, type } = field;
  const standIn = mode.kind === "default" ? (defaultOf(type, mode.value) as DataRecord) : undefined;
  return {
    key: `record ${name}`,
    reach: (inner, absent) => copyOf("recordIn")(name, isGuarded(field), absent, standIn, inner as OfRecord),
  };
}

/** The text in a field. */
export function textAt(field: Field): Place {
  return {
    key: `text ${field.name}`,
    reach: (inner, absent) => copyOf("textIn")(field.name, isGuarded(field), absent, inner as Condition<string>),
  };
}

/** The member of an outer list that is bound to the slot. */
export function outerAt(slot: number): Place {
  return { key: `outer ${slot}`, reach: (inner) => copyOf("ofOuter")(slot, inner as OfRecord) };
}

export const subjectAt: Place = { key: "subject", reach: (inner) => copyOf("ofSubject")(inner as OfRecord) };

/** The image reference that a text is. */
export const imageAt: Place = { key: "image", reach: (inner) => copyOf("imageIn")(imageOf, inner as Condition<ImageRef>) };

export function partAt(part: keyof ImageRef): Place {
  return { key: `part ${part}`, reach: (inner, absent) => copyOf("partIn")(part, absent, inner as Condition<string>) };
}

let lastText = "";
let lastImage: ImageRef | undefined;

/** Clauses ask about one image in a row. */
function imageOf(text: string): ImageRef | undefined {
  if (text === lastText && lastImage !== undefined) return lastImage;
  const parsed = parseImageRef(text);
  if (!parsed.ok) return undefined;
  lastText = text;
  lastImage = parsed.value;
  return lastImage;
}
