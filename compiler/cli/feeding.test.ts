import { describe, expect, it } from "vitest";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import { epssTable, kev, listed, read, scanOf } from "../../engine/evidence/feeds/fixtures.ts";
import type { DataRecord } from "../../language/core/data.ts";
import { failedLookups, feed, feedAttested, feedDocuments } from "./feeding.ts";
import type { Document } from "./shell/evidence.ts";
import { noFeeds, type OpenedFeeds } from "./shell/feeds/opened.ts";

const nobody = { subjects: [], evidence: [], documents: [] };

async function document(path: string, content: string | object): Promise<Document> {
  const { value, diagnostics } = await read(content, path);
  return { path, digest: `sha256:${"a".repeat(64)}`, evidence: value, diagnostics, refused: false };
}

const scanned = (path: string): Document => ({
  path,
  digest: "",
  evidence: [scanOf(path, { id: "CVE-2024-0001" })],
  diagnostics: [],
  refused: false,
});

const factsIn = (evidence: readonly Evidence[]): DataRecord | undefined =>
  evidence.flatMap(({ data }) => (data["findings"] ?? []) as readonly DataRecord[])[0];

describe("a report of govulncheck", () => {
  it("says that nothing calls it of the program that is judged alone", async () => {
    const report = [
      { config: { protocol_version: "v1.0.0", scan_level: "symbol" } },
      { SBOM: { modules: [{ path: "acme.example/shop" }], roots: ["acme.example/shop/cmd/shop"] } },
      { osv: { id: "GO-2024-0001", aliases: ["CVE-2024-0001"] } },
      { finding: { osv: "GO-2024-0001", trace: [{ module: "golang.org/x/net", version: "v0.1.0" }] } },
    ];
    const found = { id: "CVE-2024-0001", installed: "v0.1.0", purl: "pkg:golang/golang.org/x/net@v0.1.0" };
    const documents = [
      { ...scanned("scan.json"), evidence: [scanOf("scan.json", found)] },
      await document("report.json", report.map((message) => JSON.stringify(message)).join("\n")),
    ];
    const reachable = async (purl: string): Promise<unknown> => {
      const subjects = [{ kind: "artifact", name: purl, data: { name: "shop", purl } }];
      return factsIn((await feed(documents, { ...nobody, subjects }))?.evidence ?? [])?.["reachable"];
    };
    expect(await reachable("pkg:golang/acme.example/shop@v1.4.0")).toBe(false);
    expect(await reachable("pkg:golang/acme.example/mail@v1.4.0")).toBeUndefined();
  });
});

describe("a scan that somebody signed", () => {
  const attested = [{ trusts: ["acme.security"], evidence: scanOf("signed.json", { id: "CVE-2024-0001" }) }];

  it("says nothing by the word of feeds that came along as evidence", async () => {
    const found = await feedAttested(attested, noFeeds);
    expect(factsIn(found.map((one) => one.evidence))).not.toHaveProperty("epss");
  });

  it("says what the feeds of the policies' own project say, and stays signed by whom it was", async () => {
    const opened: OpenedFeeds = {
      documents: [{ kind: "epss", document: await document("epss.csv", epssTable("CVE-2024-0001,0.5,0.9")) }],
      unread: [{ kind: "kev", at: "kev.json", reason: "is not there" }],
    };
    const [found] = await feedAttested(attested, opened);
    expect(found?.trusts).toEqual(["acme.security"]);
    expect(factsIn(found === undefined ? [] : [found.evidence])).toMatchObject({ epss: "0.5", kev: { cause: "transient" } });
  });
});

describe("evidence", () => {
  it("is left as it is where there are no feeds", async () => {
    expect(await feed([scanned("scan.json")], nobody)).toBeUndefined();
  });

  it("is fed by feeds among it and by those that the project names", async () => {
    const documents = [scanned("scan.json"), await document("epss.csv", epssTable("CVE-2024-0001,0.5,0.9"))];
    const opened: OpenedFeeds = {
      documents: [{ kind: "kev", document: await document("kev.json", kev(listed("CVE-2024-0001"))) }],
      unread: [],
    };
    expect(factsIn((await feed(documents, nobody, opened))?.evidence ?? [])).toMatchObject({ epss: "0.5", kev: true });
  });

  it("holds a document once that is given and named", async () => {
    const own = await document("epss.csv", epssTable("CVE-2024-0001,0.5,0.9"));
    expect(feedDocuments([own], { documents: [{ kind: "epss", document: own }], unread: [] })).toEqual([]);
  });
});

it("takes VEX documents that could not be looked at for a look-up that failed", () => {
  const unread = [{ kind: "vex", at: "vex", reason: "is not there" } as const];
  expect(failedLookups({ documents: [], unread })).toEqual([
    { name: "waybill.vex.Document", cause: "transient", detail: "`vex` is not there" },
  ]);
});

it("takes OSV records that could not be looked at for one too: VEX may speak under names that they make one", () => {
  const unread = [{ kind: "osv", at: "osv.zip", reason: "is not there" } as const];
  expect(failedLookups({ documents: [], unread }).map(({ name }) => name)).toEqual(["waybill.feed.Osv", "waybill.vex.Document"]);
});
