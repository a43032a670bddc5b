/** The age of a package: a fact of its record, or else the time since `published` at the clock of the decision. */
import type { FieldRead } from "../../../language/core/ir.ts";
import { isVirtual, type RecordValue } from "../virtual.ts";

/** What the age is counted from where the record does not say it; undefined: another field is read. */
export function publishedOf(expr: FieldRead): FieldRead | undefined {
  const { type } = expr.record;
  if (expr.field.name !== "age" || type.kind !== "record" || type.name !== "waybill.package.Package") return undefined;
  const field = type.fields.get("published");
  return field === undefined ? undefined : { ...expr, field, type: field.type };
}

/** Whether the record itself says how old it is. */
export function saysAge(record: RecordValue): boolean {
  return !isVirtual(record) && record["age"] !== undefined && record["age"] !== null;
}
