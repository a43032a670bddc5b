/** Versions that are lists of numbers, a longer list above one that it continues. */
import { numbersIn } from "./digits.ts";
import { type Natural, order, orderLists, type Scheme, schemeOf } from "./scheme.ts";

function reader(shape: RegExp): (text: string) => readonly Natural[] | undefined {
  return (text) => (shape.test(text) ? numbersIn(text) : undefined);
}

/** R packages: numbers with `.` or `-` between them (R, `numeric_version`; in the order of `utils::compareVersion`). */
export const cran: Scheme = schemeOf(reader(/^\d+(?:[.-]\d+)*$/), (a, b) => orderLists(a, b, order));

/** Haskell packages (Haskell Package Versioning Policy; `Data.Version`). */
export const hackage: Scheme = schemeOf(reader(/^\d+(?:\.\d+)*$/), (a, b) => orderLists(a, b, order));
