/** Probabilities as texts of feeds. */
import { Lack } from "../../../language/core/data.ts";
import { parseDecimal, showDecimal } from "../../../language/domains/decimal.ts";

const one = 1_000_000_000;

/**
 * The decimal text of a number from 0 to 1; `NaN`, negative ones, ones above 1 and more than nine digits behind the point are
 * malformed. `9e-05` is `0.00009`: what writes the scores writes small numbers so.
 */
export function probability(text: string | undefined): string | Lack {
  const written = text === undefined ? undefined : plain(text);
  const read = written === undefined ? undefined : parseDecimal(written);
  if (read?.ok && read.value >= 0 && read.value <= one) return showDecimal(read.value);
  return new Lack("malformed", text === undefined ? "there is no score" : `\`${text.slice(0, 40)}\` is not a number from 0 to 1`);
}

function plain(text: string): string | undefined {
  const match = /^(\d{1,20})(?:\.(\d{1,40}))?(?:[eE]-(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const digits = "0".repeat(Number(exponent)) + whole;
  const point = digits.length - Number(exponent);
  return `${digits.slice(0, point).replace(/^0+(?=\d)/, "")}.${`${digits.slice(point)}${fraction}`.replace(/0+$/, "") || "0"}`;
}
