import { expect, it } from "vitest";
import { ageInDays } from "./age.ts";
import { publicGoodRoot } from "./pinned.ts";

it("carries the public-good root whole: Fulcio, both of its logs, its certificate log and its timestamp authority", () => {
  const root = publicGoodRoot();
  expect(root.transparency).toBe("required");
  expect(root.authorities.tlogs.map(({ baseURL }) => baseURL)).toEqual([
    "https://rekor.sigstore.dev",
    "https://log2025-1.rekor.sigstore.dev",
  ]);
  expect(root.authorities.certificateAuthorities.length).toBeGreaterThan(1);
  expect(root.authorities.ctlogs.length).toBeGreaterThan(0);
  expect(root.timestampNames).toEqual(["https://timestamp.sigstore.dev/api/v1/timestamp"]);
  expect(ageInDays(root, Date.UTC(2025, 8, 24) * 1000)).toBe(1);
});
