/** Kubernetes quantities (`500m`, `1.5Gi`): the canonical form that an API server gives back, and exact numbers. */

type Format = "decimal" | "binary" | "exponent";

export interface Quantity {
  /** The amount times 10^9; smaller parts are rounded away from zero, as the API does. */
  readonly nano: bigint;
  readonly format: Format;
}

const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"] as const;
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** What the JSON schema accepts; digits and exponent are bounded so that no amount is costly to read. */
export const quantityPattern =
  "^\\s*[+-]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30})(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?\\s*$";

const parts = /^\s*([+-]?)([0-9]*)(?:\.([0-9]*))?([A-Za-z]*)([+-]?[0-9]*)\s*$/;

/** Manifests repeat few quantities often, and exact arithmetic is slow. */
const cache = new Map<string | number, Quantity | undefined>();
const cacheSize = 1024;

/** Reads a quantity; undefined where it is none. */
export function parseQuantity(raw: string | number): Quantity | undefined {
  if (cache.has(raw)) return cache.get(raw);
  const quantity = read(raw);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(raw, quantity);
  return quantity;
}

function read(raw: string | number): Quantity | undefined {
  const match = parts.exec(String(raw));
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", letters = "", digits = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const suffix = readSuffix(letters, digits);
  if (!suffix) return undefined;
  const unscaled = BigInt(`0${whole}${fraction}`) * suffix.factor;
  const nano = scale(unscaled, suffix.exponent + 9 - fraction.length);
  const tiny = suffix.format === "binary" && nano > 0n && nano < billion;
  return { nano: sign === "-" ? -nano : nano, format: tiny ? "decimal" : suffix.format };
}

const billion = 1_000_000_000n;

interface Suffix {
  readonly factor: bigint;
  /** Of ten. */
  readonly exponent: number;
  readonly format: Format;
}

function readSuffix(letters: string, digits: string): Suffix | undefined {
  if (digits !== "" && (letters === "e" || letters === "E")) {
    const exponent = Number(digits);
    return Math.abs(exponent) < 100 ? { factor: 1n, exponent, format: "exponent" } : undefined;
  }
  if (digits !== "") return undefined;
  const decimal = decimalSuffixes.indexOf(letters as (typeof decimalSuffixes)[number]);
  if (decimal >= 0) return { factor: 1n, exponent: (decimal - 3) * 3, format: "decimal" };
  const binary = binarySuffixes.indexOf(letters as (typeof binarySuffixes)[number]);
  return binary > 0 ? { factor: 1024n ** BigInt(binary), exponent: 0, format: "binary" } : undefined;
}

function scale(value: bigint, exponent: number): bigint {
  return exponent >= 0 ? value * 10n ** BigInt(exponent) : divideUp(value, 10n ** BigInt(-exponent));
}

/** Rounds away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const up = (magnitude + by - 1n) / by;
  return value < 0n ? -up : up;
}

/** The amount in units of 10^-9 × `unit`, rounded up: `unit` 10^6 gives thousandths, 10^9 whole units. */
export function amount(quantity: Quantity, unit: bigint): bigint {
  return divideUp(quantity.nano, unit);
}

/** Resource lists are kept in thousandths, rounded up (`SetDefaults_ResourceList`). */
export function roundToMilli(quantity: Quantity): Quantity {
  return { ...quantity, nano: divideUp(quantity.nano, 1_000_000n) * 1_000_000n };
}

/** As an API server prints it: no fraction, and the greatest suffix that allows that. */
export function showQuantity(quantity: Quantity): string {
  const { nano, format } = quantity;
  if (nano === 0n) return "0";
  const small = nano > -1024n * billion && nano < 1024n * billion;
  if (format === "binary" && !small && nano % billion === 0n) {
    let value = nano / billion;
    let steps = 0;
    while (value % 1024n === 0n && steps < binarySuffixes.length - 1) {
      value /= 1024n;
      steps++;
    }
    return `${value}${binarySuffixes[steps]}`;
  }
  let value = nano;
  let exponent = -9;
  while (value % 1000n === 0n && (format === "exponent" || exponent < 18)) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === "exponent") return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  return `${value}${decimalSuffixes[exponent / 3 + 3]}`;
}
