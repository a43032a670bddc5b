import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, origin } from "../../../language/core/data.ts";
import { enrich } from "./enrich.ts";
import type { Feed } from "./feed.ts";
import { feedOf, read, scanOf } from "./fixtures.ts";

const needs = (...requirements: readonly object[]): object => ({
  schema: "waybill/exploit-requirements/1",
  author: "Acme Product Security",
  issued: "2026-11-20T00:00:00Z",
  requirements: requirements.map((one) => ({ because: "it attaches to its parent", ...one })),
});

function one(finding: DataRecord, feeds: readonly Feed[], failed = false): DataRecord {
  const { evidence } = enrich([scanOf("scan.json", finding)], {
    feeds,
    failed: failed ? [{ kind: "requirements", detail: "not fetched" }] : [],
  });
  return (evidence[0]?.data["findings"] as readonly DataRecord[])[0] ?? {};
}

describe("exploit requirements", () => {
  it("stand on the findings of the vulnerability, by its id or an alias, with their place in the document", async () => {
    const feed = await feedOf(needs({ vulnerability: "CVE-2024-0001", syscalls: ["ptrace", "read"] }), "needs.json");
    const document = { digest: "sha256:0", name: "scan.json", format: "trivy", predicateType: "waybill.vuln.Scan" };
    const found = one({ id: "GHSA-aaaa-bbbb-cccc", aliases: ["CVE-2024-0001"], [origin]: { document, pointer: "/0" } }, [feed]);
    expect(found["required_syscalls"]).toEqual(["ptrace", "read"]);
    expect(found[origin]?.elsewhere?.["required_syscalls"]).toMatchObject({
      document: { name: "needs.json" },
      pointer: "/requirements/0/syscalls",
    });
    expect(one({ id: "CVE-2024-0002" }, [feed])["required_syscalls"]).toBeUndefined();
  });

  it("of several ways are what each of them needs", async () => {
    const here = await feedOf(
      needs(
        { vulnerability: "CVE-2024-0001", syscalls: ["ptrace", "socket", "connect"] },
        { vulnerability: "CVE-2024-0001", syscalls: ["socket", "connect"] },
      ),
    );
    const there = await feedOf(needs({ vulnerability: "CVE-2024-0001", syscalls: ["connect", "unshare"] }));
    expect(one({ id: "CVE-2024-0001" }, [here])["required_syscalls"]).toEqual(["socket", "connect"]);
    expect(one({ id: "CVE-2024-0001" }, [here, there])["required_syscalls"]).toEqual(["connect"]);
  });

  it("are not those of a vulnerability that a third database holds to be the same", async () => {
    const feed = await feedOf(needs({ vulnerability: "CVE-2024-0001", syscalls: ["ptrace"] }));
    const record = { schema_version: "1.6.0", id: "GHSA-aaaa-bbbb-cccc", modified: "2026-11-01T00:00:00Z" };
    const osv = await feedOf({ ...record, aliases: ["CVE-2024-0001", "CVE-2024-0002"] });
    expect(one({ id: "CVE-2024-0002" }, [feed, osv])["required_syscalls"]).toBeUndefined();
  });

  it("are unsettled where a document that was named could not be read", () => {
    expect(one({ id: "CVE-2024-0001" }, [], true)["required_syscalls"]).toEqual(new Lack("transient", "not fetched"));
  });

  it("are refused where the document is not as its schema says", async () => {
    for (const wrong of [
      { ...needs(), requirements: [{ vulnerability: "CVE-2024-0001", syscalls: ["ptrace"] }] },
      { ...needs(), requirements: [{ vulnerability: "CVE-2024-0001", syscalls: "ptrace", because: "it does" }] },
      { ...needs(), requirement: [] },
      { ...needs(), schema: "waybill/exploit-requirements/2" },
    ]) {
      const { value, diagnostics } = await read(wrong);
      expect([value.length, diagnostics.some((found) => found.level === "error")]).toEqual([0, true]);
    }
  });

  it("that name no system call say so, with a count", async () => {
    const { diagnostics } = await read(needs({ vulnerability: "CVE-2024-0001", syscalls: ["send", "recv", "read"] }));
    expect(diagnostics.map((found) => [found.code, found.message, found.pointer])).toEqual([
      ["WB1299", "`send` and 1 more are no system call that is known here", "/requirements/0/syscalls/0"],
    ]);
  });

  it("have one schema, published as it is used", () => {
    const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
    expect(text("../../../docs/schemas/exploit-requirements.schema.json")).toBe(text("exploit-requirements.schema.json"));
  });
});
