/** Decision tables by enumeration of the product of what each operand can still be (semantics, section 6). */
import type { TableDefinition } from "../../language/core/ir.ts";
import type { Meaning, Wants } from "./logic.ts";
import { known, union, unknown } from "./logic.ts";

type Operand = TableDefinition["operands"][number];

function variants(operand: Operand): readonly number[] {
  return operand.kind === "enum" ? operand.variants.map((_, i) => i) : [0, 1];
}

function possible(operand: Operand, meaning: Meaning): { readonly indices: readonly number[]; readonly wants: Wants } {
  switch (meaning.kind) {
    case "known":
      return { indices: [typeof meaning.value === "boolean" ? Number(meaning.value) : (meaning.value as number)], wants: new Map() };
    case "outcomes":
      return { indices: meaning.possible, wants: meaning.wants };
    case "unknown":
      return { indices: variants(operand), wants: meaning.wants };
    default:
      throw new Error(`the oracle cannot look ${meaning.kind} up in a table`);
  }
}

/** `∏ Sⱼ` */
function product(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return sets.reduce<readonly (readonly number[])[]>((rows, set) => rows.flatMap((row) => set.map((v) => [...row, v])), [[]]);
}

/** Row-major by operand, the last operand fastest. */
export function position(table: TableDefinition, combination: readonly number[]): number {
  return combination.reduce((index, v, j) => index * variants(table.operands[j] as Operand).length + v, 0);
}

export function tableResult(table: TableDefinition, args: readonly Meaning[]): Meaning {
  const operands = args.map((arg, j) => possible(table.operands[j] as Operand, arg));
  const outcomes = product(operands.map((o) => o.indices)).map((row) => table.outcomes[position(table, row)] as number);
  const distinct = [...new Set(outcomes)].sort((a, b) => a - b);
  const wants = union(...operands.map((o) => o.wants));
  if (table.result.kind === "scalar") return distinct.length === 1 ? known(distinct[0] === 1) : unknown(wants);
  if (distinct.length === 1) return known(distinct[0] as number);
  return { kind: "outcomes", type: table.result, possible: distinct, wants };
}
