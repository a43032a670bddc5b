/** What an edit does to decision tables: which combinations of operands it relaxes, tightens or changes. */
import type { TableDefinition } from "../../../language/core/ir.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";

/** One combination that the two tables decide differently. */
export interface RowChange {
  /** Variants by operand, in the order of the new table. */
  readonly operands: readonly (readonly [name: string, variant: string])[];
  readonly old: string;
  readonly new: string;
  /** The rows that decide. */
  readonly oldAt: Location;
  readonly newAt: Location;
}

/** Variants that one of the tables does not have. */
export interface VariantChange {
  /** An operand; absent: the result. */
  readonly operand?: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface TableChange {
  /** `module.name` */
  readonly table: string;
  readonly change: "added" | "removed" | "changed";
  readonly at: Location;
  /** Combinations of the two tables that were compared; 0 where one table is not there. */
  readonly rows: number;
  /** The result is lower than it was. */
  readonly relaxed: readonly RowChange[];
  /** The result is higher. */
  readonly tightened: readonly RowChange[];
  /** The result is another one, and nothing says which is higher. */
  readonly changed: readonly RowChange[];
  readonly operands: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly variants: readonly VariantChange[];
  /** Set where there are too many combinations to compare; `rows` is what there would be. */
  readonly uncompared?: true;
}

/** Tables of two operands that the other lacks can have more combinations together than either has. */
const mostCombinations = 1_000_000;

type Operand = TableDefinition["result"];

function labelsOf(operand: Operand): readonly string[] {
  return operand.kind === "enum" ? operand.variants : ["false", "true"];
}

function isOrdered(operand: Operand): boolean {
  return operand.kind === "scalar" || operand.ordered;
}

/** Tables that were added, removed, or decide anything differently; by name. A table that was only rewritten is none of them. */
export function diffTables(old: readonly TableDefinition[], now: readonly TableDefinition[]): readonly TableChange[] {
  const before = new Map(old.map((table) => [table.key, table]));
  const after = new Map(now.map((table) => [table.key, table]));
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key): readonly TableChange[] => {
    const [a, b] = [before.get(key), after.get(key)];
    if (a !== undefined && b !== undefined) return changeOf(a, b);
    const only = a ?? b;
    return only === undefined ? [] : [{ ...nothing, table: key, change: a === undefined ? "added" : "removed", at: only.at }];
  });
}

const nothing = { rows: 0, relaxed: [], tightened: [], changed: [], operands: { added: [], removed: [] }, variants: [] } as const;

/** An operand of either table, or of both; `labels` are those that every table which has it knows. */
interface Axis {
  readonly name: string;
  readonly labels: readonly string[];
  readonly old: number | undefined;
  readonly new: number | undefined;
}

function axesOf(old: TableDefinition, now: TableDefinition): readonly Axis[] {
  const labels = (table: TableDefinition, index: number): readonly string[] => {
    const operand = table.operands[index];
    return operand === undefined ? [] : labelsOf(operand);
  };
  const typesOf = (table: TableDefinition): string => table.operands.map(({ name }) => name).join();
  // Operands are given by position: a call that was left alone still fits, and two of one type may have changed places.
  const fits = typesOf(old) === typesOf(now);
  const partners = now.names.map((name, index) => {
    if (fits) return index;
    const same = old.names.indexOf(name);
    if (same >= 0) return same;
    // An operand that was only given another name stands where it stood, and has the variants that it had.
    const renamed = old.names[index] !== undefined && !now.names.includes(old.names[index]) && index < old.operands.length;
    return renamed && labels(old, index).join() === labels(now, index).join() ? index : -1;
  });
  const both = now.names.map((name, index): Axis => {
    const partner = partners[index] ?? -1;
    const own = labels(now, index);
    if (partner < 0) return { name, labels: own, old: undefined, new: index };
    const theirs = new Set(labels(old, partner));
    return { name, labels: own.filter((label) => theirs.has(label)), old: partner, new: index };
  });
  const gone = old.names.flatMap((name, index): readonly Axis[] =>
    partners.includes(index) ? [] : [{ name, labels: labels(old, index), old: index, new: undefined }],
  );
  return [...both, ...gone];
}

function variantChange(operand: string | undefined, old: Operand | undefined, now: Operand | undefined): readonly VariantChange[] {
  if (old === undefined || now === undefined) return [];
  const [before, after] = [labelsOf(old), labelsOf(now)];
  const added = after.filter((label) => !before.includes(label));
  const removed = before.filter((label) => !after.includes(label));
  return added.length + removed.length === 0 ? [] : [{ ...(operand === undefined ? {} : { operand }), added, removed }];
}

/** None where both decide the same. */
function changeOf(old: TableDefinition, now: TableDefinition): readonly TableChange[] {
  const axes = axesOf(old, now);
  const operands = {
    added: axes.filter((axis) => axis.old === undefined).map((axis) => axis.name),
    removed: axes.filter((axis) => axis.new === undefined).map((axis) => axis.name),
  };
  const variants = [
    ...axes.flatMap((axis) =>
      axis.old === undefined || axis.new === undefined ? [] : variantChange(axis.name, old.operands[axis.old], now.operands[axis.new]),
    ),
    ...variantChange(undefined, old.result, now.result),
  ];
  const rows = axes.reduce((product, axis) => product * axis.labels.length, 1);
  const shape = { table: now.key, change: "changed" as const, at: now.at, rows, operands, variants };
  if (rows > mostCombinations) return [{ ...nothing, ...shape, uncompared: true }];
  const found = compare(old, now, axes);
  const differs = found.length > 0 || operands.added.length + operands.removed.length + variants.length > 0;
  if (!differs) return [];
  const rank = ranksOf(old.result, now.result);
  const steps = found.map((row) => ({ row, step: rank === undefined ? 0 : (rank.get(row.new) ?? 0) - (rank.get(row.old) ?? 0) }));
  const rowsOf = (sign: number): readonly RowChange[] => steps.filter(({ step }) => Math.sign(step) === sign).map(({ row }) => row);
  return [{ ...shape, relaxed: rowsOf(-1), tightened: rowsOf(1), changed: rowsOf(0) }];
}

/**
 * The place of each outcome in the order of both results; undefined where one has no order, or neither holds all outcomes of
 * the other in the other's order.
 */
function ranksOf(old: Operand, now: Operand): ReadonlyMap<string, number> | undefined {
  if (!isOrdered(old) || !isOrdered(now)) return undefined;
  const [before, after] = [labelsOf(old), labelsOf(now)];
  const holds = (all: readonly string[], some: readonly string[]): boolean =>
    all.filter((label) => some.includes(label)).join() === some.join();
  const order = holds(after, before) ? after : holds(before, after) ? before : undefined;
  return order === undefined ? undefined : new Map(order.map((label, rank) => [label, rank]));
}

/** How a table's index of a combination grows by the label of each axis. */
function weightsOf(table: TableDefinition, axes: readonly Axis[], side: "old" | "new"): readonly (readonly number[])[] {
  const strides: number[] = [];
  let stride = 1;
  for (let index = table.operands.length - 1; index >= 0; index -= 1) {
    const operand = table.operands[index];
    strides[index] = stride;
    stride *= operand === undefined ? 1 : labelsOf(operand).length;
  }
  return axes.map((axis) => {
    const index = axis[side];
    const operand = index === undefined ? undefined : table.operands[index];
    if (index === undefined || operand === undefined) return axis.labels.map(() => 0);
    return axis.labels.map((label) => labelsOf(operand).indexOf(label) * (strides[index] ?? 0));
  });
}

function compare(old: TableDefinition, now: TableDefinition, axes: readonly Axis[]): readonly RowChange[] {
  const found: RowChange[] = [];
  const [before, after] = [weightsOf(old, axes, "old"), weightsOf(now, axes, "new")];
  const outcomes = { old: labelsOf(old.result), new: labelsOf(now.result) };
  const at = (table: TableDefinition, index: number): Location => table.rowLocations[table.rows[index] ?? 0] ?? table.at;
  const labels: string[] = [];
  const walk = (axis: number, i: number, j: number): void => {
    const one = axes[axis];
    if (one !== undefined) {
      one.labels.forEach((label, number) => {
        labels[axis] = label;
        walk(axis + 1, i + (before[axis]?.[number] ?? 0), j + (after[axis]?.[number] ?? 0));
      });
      return;
    }
    const [was, is] = [outcomes.old[old.outcomes[i] ?? 0] ?? "", outcomes.new[now.outcomes[j] ?? 0] ?? ""];
    if (was === is) return;
    const operands = axes.map(({ name }, index) => [name, labels[index] ?? ""] as const);
    found.push({ operands, old: was, new: is, oldAt: at(old, i), newAt: at(now, j) });
  };
  walk(0, 0, 0);
  return found;
}
