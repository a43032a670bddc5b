import { afterEach, expect, it, vi } from "vitest";
import { reportBug } from "./report.ts";

afterEach(() => vi.restoreAllMocks());

it("says how to report a bug, without a stack trace and without terminal escapes of its message", async () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const code = await reportBug(new TypeError("x is not \u001b[31ma function"), "1.2.3", ["gate", "--policy", "p\n.scp"]);
  const text = written.join("");
  expect(code).toBe(70);
  expect(text).toContain("internal error: TypeError: x is not \\u{1b}[31ma function");
  expect(text).toContain("version  1.2.3");
  expect(text).toContain("command  waybill gate --policy p\\n.scp");
  expect(text).toContain("Nothing was allowed");
  expect(text).not.toMatch(/^\s+at /m);
  expect(text).not.toMatch(/file:\/\/|\/(home|root|Users|tmp)\//);
});

it("reports what is no Error, too", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  expect(await reportBug("thrown text", "1.2.3", [])).toBe(70);
  expect(String(write.mock.calls[0]?.[0])).toContain("thrown text");
});
