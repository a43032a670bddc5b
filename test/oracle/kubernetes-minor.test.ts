import fc from "fast-check";
import { expect, it } from "vitest";
import { kubernetesMinor } from "../../engine/evaluate/intrinsics/kubernetes-minor.ts";
import { minorOf } from "./intrinsics.ts";
import { pairRuns as numRuns } from "./runs.ts";

const part = fc.constantFrom(
  "v",
  "1",
  "1.",
  "2",
  "29",
  "0",
  ".",
  ".3",
  "-",
  "+",
  "gke",
  "a",
  "_",
  " ",
  "\n",
  "٣",
  "999999999",
  "1000000000",
  "latest",
  "",
);

it("versions of Kubernetes name the minor release that a naive reading finds, or none", () => {
  let named = 0;
  const version = fc
    .oneof(
      fc.array(part, { maxLength: 7 }),
      fc.array(part, { maxLength: 4 }).map((rest) => ["v1.", ...rest]),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(version, (text) => {
      const minor = minorOf(text);
      expect(kubernetesMinor(text)).toBe(minor);
      if (minor !== undefined) named++;
    }),
    { numRuns },
  );
  expect(named).toBeGreaterThan(numRuns / 20);
});
