import { expect, it } from "vitest";
import { amount, parseQuantity, quantityPattern, roundToMilli, showQuantity } from "./quantity.ts";

function canonical(text: string | number): string | undefined {
  const quantity = parseQuantity(text);
  return quantity && showQuantity(quantity);
}

it.each(["", "one", "1.5x", "1 Gi", "--1", "1e", "Gi", ".", "1e100"])("takes %j for no quantity", (text) => {
  expect(parseQuantity(text)).toBeUndefined();
  expect(new RegExp(quantityPattern, "u").test(text) && text !== "1e100").toBe(false);
});

// Left: as written. Right: as an API server of 1.37 gives it back.
it.each([
  ["1", "1"],
  ["0.5", "500m"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  [".5", "500m"],
  ["1.5Gi", "1536Mi"],
  ["1024Mi", "1Gi"],
  ["1000Mi", "1000Mi"],
  ["512", "512"],
  ["2048Ki", "2Mi"],
  ["0.5Ki", "512"],
  ["1000k", "1M"],
  ["1e3", "1e3"],
  ["1000e3", "1e6"],
  ["12E", "12E"],
  ["0", "0"],
  ["0Gi", "0"],
  ["-1000m", "-1"],
  ["1n", "1n"],
  ["0.1n", "1n"],
] as const)("prints %s as %s", (written, printed) => {
  expect(canonical(written)).toBe(printed);
});

it("rounds resources up to thousandths, as the API does", () => {
  const quantity = parseQuantity("1.0001");
  expect(quantity && showQuantity(roundToMilli(quantity))).toBe("1001m");
});

it("gives whole amounts, rounded up, for comparisons", () => {
  expect(amount(parseQuantity("1.5Gi") ?? { nano: 0n, format: "decimal" }, 1_000_000_000n)).toBe(1610612736n);
  expect(amount(parseQuantity("100.5m") ?? { nano: 0n, format: "decimal" }, 1_000_000n)).toBe(101n);
});
