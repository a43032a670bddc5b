import { expect, it } from "vitest";
import { waybill } from "./waybill.ts";

it("checks, finds formatted and tests everything under policies/", async () => {
  expect(await waybill(["check", "policies"])).toMatchObject({ code: 0, err: "" });
  expect(await waybill(["fmt", "--check", "policies"])).toMatchObject({ code: 0, out: "" });
  const tested = await waybill(["test", "policies", "--quiet"]);
  expect(tested.out).toMatch(/^\d{2,} passed, 0 failed\n$/);
  expect(tested.code).toBe(0);
}, 120_000);
