import { expect, it } from "vitest";
import { importsOf, productSources, read, withoutComments } from "./sources.ts";

const pure = /^(language\/|engine\/(evaluate|decide|evidence)\/|compiler\/targets\/)/;
const pureSources = productSources().filter((path) => pure.test(path));

it("finds the pure folders", () => {
  expect(pureSources.length).toBeGreaterThan(10);
});

it("imports nothing from node in the pure folders", () => {
  const wrong = pureSources.filter((path) => importsOf(path).some((target) => target.startsWith("node:")));
  expect(wrong).toEqual([]);
});

it("reads no clock, environment, network or randomness in the pure folders", () => {
  const forbidden =
    /\bDate\.now\s*\(|\bnew Date\(\s*\)|\bMath\.random\s*\(|\bprocess\.|\bperformance\.|\bfetch\s*\(|\bcrypto\.|\bsetTimeout\s*\(|\blocalStorage\b|\bIntl\.DateTimeFormat\(\s*\)|\.toLocale\w*\(|\.localeCompare\(/;
  const wrong = pureSources.flatMap((path) => {
    const match = forbidden.exec(withoutComments(read(path)));
    return match ? [`${path}: ${match[0]}`] : [];
  });
  expect(wrong).toEqual([]);
});

it("reads the clock in one place of the shell", () => {
  const readers = productSources().filter(
    (path) => !path.startsWith("compiler/bundle/") && /\bDate\.now\s*\(|\bnew Date\(\s*\)/.test(withoutComments(read(path))),
  );
  expect(readers).toEqual(["compiler/cli/shell/clock.ts"]);
});
