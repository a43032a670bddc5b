/** What of a VEX document was not understood: each kind is told once, where it first stands, and with how many there are. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { fault } from "../fault.ts";

/** How many there are, and of the first its pointer in the document and what was wrong. */
export interface Tally {
  count: number;
  first?: { readonly pointer: string; readonly detail: string };
}

export interface Shortcomings {
  /** Products that nothing can be matched with, by their ids. */
  readonly products: Tally;
  readonly ranges: Tally;
  readonly hashes: Tally;
  /** Purls of products that something else identifies. */
  readonly purls: Tally;
  /** Versions of the status `unknown`. */
  readonly unknown: Tally;
  /** Ids of vulnerabilities that are no aliases. */
  readonly ids: Tally;
  /** Vulnerabilities of which something is said and no product named, or the other way round. */
  readonly silent: Tally;
}

export function shortcomings(): Shortcomings {
  const none = (): Tally => ({ count: 0 });
  return { products: none(), ranges: none(), hashes: none(), purls: none(), unknown: none(), ids: none(), silent: none() };
}

/** Adds one. */
export function note(tally: Tally, pointer: string, detail: string): void {
  if (tally.count++ === 0) tally.first = { pointer, detail };
}

/** As diagnostics; `products` is how many the document names. */
export function listed({ products, ranges, hashes, purls, unknown, ids, silent }: Shortcomings, total: number): readonly Diagnostic[] {
  const tell = (tally: Tally, told: (count: number, detail: string, pointer: string) => Diagnostic): readonly Diagnostic[] =>
    tally.first === undefined ? [] : [told(tally.count, tally.first.detail, tally.first.pointer)];
  return [
    ...tell(products, (count, first, pointer) => fault("WB1223", { count, first, total: Math.max(total, count) }, pointer)),
    ...tell(ranges, (count, problem, pointer) => fault("WB1224", { count }, pointer, { notes: [problem] })),
    ...tell(hashes, (count, problem, pointer) => fault("WB1228", { count }, pointer, { notes: [problem] })),
    ...tell(purls, (count, first, pointer) => fault("WB1229", { count, first }, pointer)),
    ...tell(unknown, (count, _version, pointer) => fault("WB1225", { count }, pointer)),
    ...tell(ids, (count, first, pointer) => fault("WB1226", { count, first }, pointer)),
    ...tell(silent, (count, first, pointer) => fault("WB1227", { count }, pointer, { notes: [`the first is \`${first}\``] })),
  ];
}
