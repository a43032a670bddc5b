import { expect, it } from "vitest";
import { kubernetesMinor } from "./kubernetes-minor.ts";

it.each(["", "v2.1", "1", "v1.", "v1.x", "latest ", "LATEST", "v1.29\n", "v1.-1", "1.1e3", " v1.29", "v1.29 ", `v1.${"9".repeat(40)}`])(
  "refuses `%s`",
  (version) => {
    expect(kubernetesMinor(version)).toBeUndefined();
  },
);

it.each([
  ["v1.29", 29],
  ["1.29", 29],
  ["v1.0", 0],
  ["v1.29.3", 29],
  ["v1.29.3-gke.1093000", 29],
  ["v1.31.0+k3s1", 31],
])("reads `%s`", (version, minor) => {
  expect(kubernetesMinor(version)).toBe(minor);
});

it("latest is the greatest", () => {
  expect(kubernetesMinor("latest")).toBeGreaterThan(kubernetesMinor("v1.999999999") ?? Number.POSITIVE_INFINITY);
});
