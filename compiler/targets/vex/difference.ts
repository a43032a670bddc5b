/** What one VEX document says otherwise than another, whatever formats they are in. */
import type { VexDocument } from "../../../engine/decide/vex/document.ts";
import { claimsOf, type SingleClaim, shownField } from "./claims.ts";
import type { LossField } from "./loss.ts";
import { shown } from "./merge.ts";

/** A field that is said otherwise; undefined: not said. */
export interface FieldChange {
  readonly field: LossField;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type VexChange =
  | { readonly kind: "added" | "retracted"; readonly vulnerability: string; readonly product: string; readonly status: string }
  | { readonly kind: "changed"; readonly vulnerability: string; readonly product: string; readonly changes: readonly FieldChange[] };

/** Fields that name what a claim is about, and times: that a statement was made anew says nothing else. */
const passed: ReadonlySet<LossField> = new Set([
  "timestamp",
  "first_issued",
  "vulnerability",
  "product",
  "name",
  "supplier",
  "cpe",
  "purl",
  "digests",
  "product_version",
  "versions",
  "subcomponents",
]);

/**
 * Compares what holds for each vulnerability, product and subcomponent: where a document says several things about one, the
 * newest, and of the equally new all. Sorted by vulnerability and product.
 */
export function differenceOf(before: VexDocument, after: VexDocument): readonly VexChange[] {
  const old = standing(before);
  const now = standing(after);
  const changes: VexChange[] = [];
  const seen = new Set<Standing>();
  for (const one of old.all) {
    const found = one.keys.map((key) => now.byKey.get(key)).find((other) => other !== undefined);
    if (found === undefined) {
      changes.push({ kind: "retracted", ...named(one), status: one.fields.get("status") ?? "" });
      continue;
    }
    seen.add(found);
    const fields = [...new Set([...one.fields.keys(), ...found.fields.keys()])].sort();
    const changed = fields.flatMap((field) =>
      one.fields.get(field) === found.fields.get(field) ? [] : [{ field, before: one.fields.get(field), after: found.fields.get(field) }],
    );
    if (changed.length > 0) changes.push({ kind: "changed", ...named(one), changes: changed });
  }
  for (const one of now.all) if (!seen.has(one)) changes.push({ kind: "added", ...named(one), status: one.fields.get("status") ?? "" });
  const textOf = ({ vulnerability, product, kind }: VexChange): string => JSON.stringify([vulnerability, product, kind]);
  return changes.sort((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0));
}

/** What holds about one thing. */
interface Standing {
  /** Of each claim, by each of its names and of what its product is told by. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
  readonly about: string;
  readonly fields: ReadonlyMap<LossField, string>;
}

function standing(document: VexDocument): { readonly all: readonly Standing[]; readonly byKey: ReadonlyMap<string, Standing> } {
  const claims = new Map<string, SingleClaim[]>();
  for (const claim of claimsOf(document)) {
    const keys = keysOf(claim);
    const list = keys.map((key) => claims.get(key)).find((known) => known !== undefined) ?? [];
    const newest = timeOf(list[0]);
    const time = timeOf(claim);
    if (list.length === 0 || time > newest) list.splice(0, list.length, claim);
    else if (time === newest) list.push(claim);
    for (const key of keys) if (!claims.has(key)) claims.set(key, list);
  }
  const byList = new Map<SingleClaim[], Standing>();
  const byKey = new Map<string, Standing>();
  for (const [key, list] of claims) {
    const made = byList.get(list) ?? joined(list);
    byList.set(list, made);
    byKey.set(key, made);
  }
  return { all: [...byList.values()], byKey };
}

function joined(list: readonly SingleClaim[]): Standing {
  const values = new Map<LossField, Set<string>>();
  for (const { fields } of list) {
    for (const [field, value] of Object.entries(fields) as [LossField, string][]) {
      if (passed.has(field)) continue;
      values.set(field, (values.get(field) ?? new Set()).add(shownField(field, value)));
    }
  }
  const fields = new Map([...values].map(([field, all]) => [field, [...all].sort().join(" and ")] as const));
  const [first] = list;
  return { keys: [...new Set(list.flatMap(keysOf))], names: first?.names ?? [], about: first?.about ?? "", fields };
}

function named({ names, about }: Standing): { readonly vulnerability: string; readonly product: string } {
  return { vulnerability: names[0] ?? "", product: shown(about) };
}

function timeOf(claim: SingleClaim | undefined): number {
  return Number(claim?.fields.timestamp ?? Number.NEGATIVE_INFINITY);
}

/** A product is told by its purl, digests, CPE or link; by its name only where it has none of the first three. */
function keysOf({ names, about, fields }: SingleClaim): readonly string[] {
  const { purl, digests, cpe, product, name, product_version: version, versions, subcomponents } = fields;
  const identified = purl ?? digests ?? cpe;
  const identities = [purl, digests, cpe, product, identified === undefined ? name : undefined].filter((one) => one !== undefined);
  const texts = identities.map((identity) => JSON.stringify([identity, version ?? null, versions ?? null, subcomponents ?? null]));
  return names.flatMap((vulnerability) => [about, ...texts].map((text) => JSON.stringify([vulnerability, text])));
}
