import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, origin } from "../../../language/core/data.ts";
import { uniteFindings } from "../../evaluate/intrinsics/merge.ts";
import type { Evidence } from "../evidence.ts";
import { enrich } from "./enrich.ts";
import type { Feed, FeedKind } from "./feed.ts";
import { cveOf, epssTable, feedOf, kev, listed, scanOf } from "./fixtures.ts";
import { type JudgedPrograms, judgedPrograms } from "./program.ts";

const findings = (evidence: readonly Evidence[]): readonly DataRecord[] =>
  evidence.flatMap((piece) => piece.data["findings"] as readonly DataRecord[]);

/** What is judged where nothing else is said. */
const shop = judgedPrograms([], ["pkg:golang/acme.example/shop"]);

function one(
  finding: DataRecord & { readonly purl?: string },
  feeds: readonly Feed[],
  failed: readonly FeedKind[] = [],
  judged: JudgedPrograms = shop,
): DataRecord {
  const unread = failed.map((kind) => ({ kind, detail: "not fetched" }));
  const { evidence } = enrich([scanOf("scan.json", finding)], { feeds, failed: unread, judged });
  return findings(evidence)[0] ?? {};
}

/** A bill of materials about something, with these components. */
function bom(root: string, ...components: readonly string[]): Evidence {
  const document = { digest: "", name: "bom.json", format: "cyclonedx", predicateType: "waybill.sbom.Bom" };
  const data = { root: { name: "x", purl: root }, components: components.map((purl) => ({ name: "x", purl })) };
  return { type: "waybill.sbom.Bom", document, data, about: [], counts: {} };
}

const osv = (id: string, rest: object): object => ({ schema_version: "1.6.0", id, modified: "2026-11-01T00:00:00Z", ...rest });
const affected = (ecosystem: string, name: string, ...ranges: readonly (readonly object[])[]): object => ({
  package: { ecosystem, name },
  ranges: ranges.map((events) => ({ type: "ECOSYSTEM", events })),
});

describe("a feed that says nothing", () => {
  it("of a CVE leaves its score missing: not scored is not 0", async () => {
    expect(one({ id: "CVE-2024-0002" }, [await feedOf(epssTable("CVE-2024-0001,0.5,0.9"))])["epss"]).toBeUndefined();
  });

  it("leaves the scan's own score", async () => {
    expect(one({ id: "CVE-2024-0002", epss: "0.3" }, [await feedOf(epssTable("CVE-2024-0001,0.5,0.9"))])["epss"]).toBe("0.3");
  });

  it("that is, no feed at all, changes no evidence", () => {
    const evidence = [scanOf("scan.json", { id: "CVE-2024-0001" })];
    expect(enrich(evidence, { feeds: [], failed: [] }).evidence).toBe(evidence);
  });
});

describe("scores", () => {
  it("are the feed's, not the scan's, with model, day and the line that says so", async () => {
    const feed = await feedOf(epssTable("CVE-2024-0001,0.5,0.9"), "epss.csv");
    const found = one({ id: "CVE-2024-0001", epss: "0.1" }, [feed]);
    expect(found).toMatchObject({ epss: "0.5", epss_percentile: "0.9", epss_model: "v2025.03.14", epss_date: "2026-11-20T00:00:00Z" });
  });

  it("are of the newest day of several, in whichever order they come", async () => {
    const old = await feedOf(epssTable("CVE-2024-0001,0.1,0.9", "CVE-2024-0002,0.2,0.9").replace("2026-11-20", "2026-11-19"));
    const now = await feedOf(epssTable("CVE-2024-0001,0.5,0.9"));
    for (const feeds of [
      [old, now],
      [now, old],
    ]) {
      expect(one({ id: "CVE-2024-0001" }, feeds)["epss"]).toBe("0.5");
      expect(one({ id: "CVE-2024-0002" }, feeds)["epss"]).toBe("0.2");
    }
  });

  it("that are no probability are malformed, not missing", async () => {
    expect(one({ id: "CVE-2024-0001" }, [await feedOf(epssTable("CVE-2024-0001,NaN,0.9"))])["epss"]).toMatchObject({ cause: "malformed" });
  });

  it("of several CVEs that mean one vulnerability are the highest", async () => {
    const feed = await feedOf(epssTable("CVE-2024-0001,0.1,0.9", "CVE-2024-0002,0.2,0.9"));
    expect(one({ id: "GHSA-jfh8-c2jp-5v3q", aliases: ["CVE-2024-0001", "CVE-2024-0002"] }, [feed])["epss"]).toBe("0.2");
  });
});

describe("the KEV catalogue", () => {
  it("says of what it does not list that it is not listed, and nothing of what has no CVE", async () => {
    const feed = await feedOf(kev(listed("CVE-2024-0001")));
    expect(one({ id: "CVE-2024-0002" }, [feed])["kev"]).toBe(false);
    expect(one({ id: "GHSA-jfh8-c2jp-5v3q" }, [feed])["kev"]).toBeUndefined();
  });

  it("lists a finding by any of its aliases, with dates", async () => {
    const feed = await feedOf(kev(listed("CVE-2024-0001", "2026-11-01", "2026-11-22", "Known")), "kev.json");
    const found = one({ id: "GHSA-jfh8-c2jp-5v3q", aliases: ["CVE-2024-0001"], kev: false }, [feed]);
    expect(found).toMatchObject({ kev: true, kev_added: "2026-11-01T00:00:00Z", kev_due: "2026-11-22T23:59:59Z", kev_ransomware: true });
  });

  it("does not say of an id that is none that it is not listed, and lists the finding by its others", async () => {
    const feed = await feedOf(kev(listed("CVE-2024-0001")));
    for (const id of ["CVE-2024-0001 ", "CVE-2024-1", "CVE-2024-0001,CVE-2024-0002"]) {
      expect([id, one({ id, aliases: ["CVE-2024-0003"] }, [feed])["kev"]]).toMatchObject([id, { cause: "malformed" }]);
      expect(one({ id, aliases: ["CVE-2024-0001"] }, [feed])["kev"]).toBe(true);
    }
  });

  it("does not take back what a scan saw listed", async () => {
    const feed = await feedOf(kev(listed("CVE-2024-0001")));
    expect(one({ id: "CVE-2024-0002", kev: true }, [feed])["kev"]).toBe(true);
  });
});

describe("CVE records", () => {
  const options = [{ Exploitation: "active" }, { Automatable: "no" }, { "Technical Impact": "total" }];

  it("give what CISA assessed", async () => {
    const found = one({ id: "CVE-2024-0001" }, [await feedOf(cveOf("CVE-2024-0001", options))]);
    expect(found).toMatchObject({ exploitation: "active", exploit_public: true, automatable: false, technical_impact: "total" });
  });

  it("leave what the scan says itself, and what they do not say missing", async () => {
    const feed = await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "none" }]));
    const found = one({ id: "CVE-2024-0001", exploit_public: true, cvss: 7 }, [feed]);
    expect(found).toMatchObject({ exploitation: "none", exploit_public: true, cvss: 7 });
    expect(found["automatable"]).toBeUndefined();
  });

  it("that were rejected make the finding one that was taken back, and it stays", async () => {
    const feed = await feedOf(cveOf("CVE-2024-0001", [], { state: "REJECTED", dateRejected: "2026-11-03T00:00:00Z" }));
    expect(one({ id: "CVE-2024-0001" }, [feed])["withdrawn"]).toBe("2026-11-03T00:00:00Z");
  });
});

describe("OSV records", () => {
  const purl = "pkg:npm/left-pad@1.1.0";

  it("give a finding its CVE, by which other feeds know it, through cycles of aliases", async () => {
    const feeds = [
      await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { aliases: ["SNYK-1"], related: ["CVE-2024-0009"] })),
      await feedOf(osv("SNYK-1", { aliases: ["CVE-2024-0001", "GHSA-jfh8-c2jp-5v3q"] })),
      await feedOf(osv("CVE-2024-0001", { aliases: ["SNYK-1"] })),
      await feedOf(kev(listed("CVE-2024-0001"))),
    ];
    const found = one({ id: "GHSA-jfh8-c2jp-5v3q" }, feeds);
    expect(found["kev"]).toBe(true);
    expect([...(found["aliases"] as readonly string[])].sort()).toEqual(["CVE-2024-0001", "SNYK-1"]);
  });

  it("give the highest of their scores, so that a copy of an advisory cannot lower it", async () => {
    const score = (vector: string): object => ({ severity: [{ type: "CVSS_V3", score: `CVSS:3.1/${vector}` }] });
    const own = await feedOf(osv("CVE-2024-0001", score("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")));
    const copy = await feedOf(osv("AAA-2024-1", { aliases: ["CVE-2024-0001"], ...score("AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N") }));
    expect(one({ id: "CVE-2024-0001" }, [own, copy])["cvss"]).toBe(9.8);
  });

  it("that hold two CVEs to be one let neither's VEX speak of the other, and count both as exploited", async () => {
    const feeds = [
      await feedOf(osv("DSA-1-1", { aliases: ["CVE-2024-0001", "CVE-2024-0002"] })),
      await feedOf(kev(listed("CVE-2024-0002"))),
    ];
    const found = one({ id: "CVE-2024-0001" }, feeds);
    expect(found).toMatchObject({ aliases: [], kev: true });
  });

  it("that hold two CVEs to be one tell nothing of the one that is told of the other alone, unless it is worse", async () => {
    const both = await feedOf(osv("DSA-1-1", { aliases: ["CVE-2024-0001", "CVE-2024-0002"] }));
    const harmless = [
      await feedOf(epssTable("CVE-2024-0001,0.0001,0.1")),
      await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "none" }, { Automatable: "no" }, { "Technical Impact": "partial" }])),
    ];
    const found = one({ id: "CVE-2024-0002" }, [both, ...harmless]);
    for (const field of ["epss", "exploitation", "exploit_public", "automatable", "technical_impact"])
      expect([field, found[field]]).toEqual([field, undefined]);
    const told = [
      await feedOf(epssTable("CVE-2024-0001,0.9,0.9", "CVE-2024-0002,0.1,0.1")),
      await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "active" }])),
      await feedOf(cveOf("CVE-2024-0002", [{ Exploitation: "none" }])),
    ];
    expect(one({ id: "CVE-2024-0002" }, [both, ...told])).toMatchObject({ epss: "0.9", exploitation: "active" });
    const catalogue = await feedOf(kev(listed("CVE-2024-0009")));
    expect(one({ id: "DSA-1-1" }, [both, catalogue])["kev"]).toBeUndefined();
  });

  it("that were taken back say so on the finding, which stays, and nothing else", async () => {
    const record = osv("GHSA-jfh8-c2jp-5v3q", { withdrawn: "2026-10-01T00:00:00Z", aliases: ["CVE-2024-0001"] });
    expect(one({ id: "GHSA-jfh8-c2jp-5v3q" }, [await feedOf(record)])).toMatchObject({ withdrawn: "2026-10-01T00:00:00Z", aliases: [] });
    expect(one({ id: "CVE-2024-0001" }, [await feedOf(record)])["withdrawn"]).toBeUndefined();
  });

  it("count in their newest state, whichever comes first", async () => {
    const old = await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { aliases: ["CVE-2024-0001"] }));
    const now = await feedOf({ ...osv("GHSA-jfh8-c2jp-5v3q", { withdrawn: "2026-11-02T00:00:00Z" }), modified: "2026-11-02T00:00:00Z" });
    for (const feeds of [
      [old, now],
      [now, old],
    ]) {
      expect(one({ id: "GHSA-jfh8-c2jp-5v3q" }, feeds)).toMatchObject({ withdrawn: "2026-11-02T00:00:00Z", aliases: [] });
      expect(one({ id: "CVE-2024-0001" }, feeds)).toMatchObject({ aliases: [] });
    }
  });

  it("give the fix of the installed line, of all entries about the package, in any order of events", async () => {
    const record = osv("CVE-2024-0001", {
      affected: [
        affected("npm", "left-pad", [{ fixed: "1.2.0" }, { introduced: "1.0.0" }]),
        affected("npm", "right-pad", [{ introduced: "0" }, { fixed: "9.9.9" }]),
        affected("npm", "left-pad", [{ introduced: "2.0.0" }, { fixed: "2.0.4" }]),
      ],
    });
    const found = one({ id: "CVE-2024-0001", purl, installed: "1.1.0" }, [await feedOf(record)]);
    expect(found).toMatchObject({ first_fixed: "1.2.0", fixed_range: ">=1.2.0 <2.0.0 || >=2.0.4" });
  });

  it("give no fix by a range that holds versions which are listed as affected, nor by one of a kind that nobody knows", async () => {
    const entry = affected("npm", "left-pad", [{ introduced: "0" }, { fixed: "1.2.0" }]);
    const listing = osv("CVE-2024-0001", { affected: [{ ...entry, versions: ["1.1.0", "9.0.0"] }] });
    expect(one({ id: "CVE-2024-0001", purl, installed: "1.1.0" }, [await feedOf(listing)])["fixed_range"]).toBe(">=1.2.0 <9.0.0");
    const [range] = (entry as { readonly ranges: readonly object[] }).ranges;
    const strange = osv("CVE-2024-0001", { affected: [{ ...entry, ranges: [{ ...range, type: "LUNAR" }] }] });
    expect(one({ id: "CVE-2024-0001", purl, installed: "1.1.0" }, [await feedOf(strange)])["first_fixed"]).toBeUndefined();
  });

  it("give no fix where a range has no meaning, and count it", async () => {
    const record = osv("CVE-2024-0001", {
      affected: [affected("npm", "left-pad", [{ introduced: "0" }, { fixed: "1.2.0" }], [{ introduced: "one" }, { fixed: "two" }])],
    });
    const { evidence, unreadRanges } = enrich([scanOf("s", { id: "CVE-2024-0001", purl, installed: "1.1.0" })], {
      feeds: [await feedOf(record)],
      failed: [],
    });
    expect(unreadRanges).toBe(1);
    expect(findings(evidence)[0]?.["first_fixed"]).toBeUndefined();
  });

  it("about another release of the distribution, or about commits, give no fix", async () => {
    const record = osv("CVE-2024-0001", {
      affected: [
        affected("Debian:12", "openssl", [{ introduced: "0" }, { fixed: "3.0.11-1" }]),
        {
          package: { ecosystem: "Debian:11", name: "openssl" },
          ranges: [{ type: "GIT", repo: "https://x.example", events: [{ introduced: "0" }] }],
        },
      ],
    });
    const feed = await feedOf(record);
    const fixOf = (distro: string): unknown =>
      one({ id: "CVE-2024-0001", purl: `pkg:deb/debian/openssl@1?${distro}`, installed: "1" }, [feed])["first_fixed"];
    expect([fixOf("distro=debian-12.4"), fixOf("distro=debian-11"), fixOf("arch=amd64")]).toEqual(["3.0.11-1", undefined, undefined]);
  });
});

describe("an analysis of calls", () => {
  const report = (...traces: readonly object[]): string =>
    [
      { config: { protocol_version: "v1.0.0", scan_level: "symbol" } },
      {
        SBOM: {
          modules: [{ path: "acme.example/shop" }, { path: "golang.org/x/net", version: "v0.1.0" }],
          roots: ["acme.example/shop/cmd/shop"],
        },
      },
      { osv: { id: "GO-2024-0001", aliases: ["CVE-2024-0001"] } },
      ...traces.map((frame) => ({ finding: { osv: "GO-2024-0001", trace: [frame] } })),
    ]
      .map((message) => JSON.stringify(message))
      .join("\n");
  const finding = { id: "CVE-2024-0001", purl: "pkg:golang/golang.org/x/net@v0.1.0", installed: "v0.1.0" };
  const module = { module: "golang.org/x/net", version: "v0.1.0" };

  it("says whether the vulnerable code is called, in the version that it looked at", async () => {
    expect(one(finding, [await feedOf(report({ ...module, function: "Parse" }))])["reachable"]).toBe(true);
    expect(one(finding, [await feedOf(report(module))])["reachable"]).toBe(false);
    expect(one({ ...finding, installed: "v0.2.0" }, [await feedOf(report(module))])["reachable"]).toBeUndefined();
  });

  it("says nothing of other modules and other vulnerabilities", async () => {
    const feed = await feedOf(report(module));
    expect(one({ ...finding, purl: "pkg:golang/golang.org/x/text@v0.1.0" }, [feed])["reachable"]).toBeUndefined();
    expect(one({ ...finding, id: "CVE-2024-0002" }, [feed])["reachable"]).toBeUndefined();
  });

  it("says nothing good of a vulnerability that somebody holds to be the same as the one that it looked at", async () => {
    const both = await feedOf(osv("DSA-1-1", { aliases: ["CVE-2024-0001", "CVE-2024-0002"] }));
    const other = { ...finding, id: "CVE-2024-0002" };
    expect(one(other, [both, await feedOf(report(module))])["reachable"]).toBeUndefined();
    expect(one(other, [both, await feedOf(report({ ...module, function: "Parse" }))])["reachable"]).toBe(true);
    const same = await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { aliases: ["CVE-2024-0001"] }));
    expect(one({ ...finding, id: "GHSA-jfh8-c2jp-5v3q" }, [same, await feedOf(report(module))])["reachable"]).toBe(false);
  });

  it("of another program says nothing of the one that is judged", async () => {
    const other = judgedPrograms([], ["pkg:golang/acme.example/mail"]);
    for (const frame of [module, { ...module, function: "Parse" }])
      expect(one(finding, [await feedOf(report(frame))], [], other)["reachable"]).toBeUndefined();
  });

  it("says nothing good where nobody says which program is judged, or that it alone is, or which one was looked at", async () => {
    const quiet = await feedOf(report(module));
    const nameless = await feedOf(report(module).replace('"SBOM"', '"sbom"'));
    const two = judgedPrograms([bom("pkg:golang/acme.example/shop"), bom("pkg:golang/acme.example/mail")], []);
    for (const judged of [judgedPrograms([], []), judgedPrograms([], ["pkg:oci/shop"]), two])
      expect(one(finding, [quiet], [], judged)["reachable"]).toBeUndefined();
    expect(one(finding, [nameless])["reachable"]).toBeUndefined();
    // That something is called needs no such word.
    expect(one(finding, [await feedOf(report({ ...module, function: "Parse" }))], [], judgedPrograms([], []))["reachable"]).toBe(true);
  });

  it("is of what a bill of materials is about, or of all that it lists", async () => {
    const quiet = await feedOf(report(module));
    const reachable = (...boms: readonly Evidence[]) => one(finding, [quiet], [], judgedPrograms(boms, []))["reachable"];
    const [own, net] = ["pkg:golang/acme.example/shop@v1.4.0", "pkg:golang/golang.org/x/net@v0.1.0"];
    expect(reachable(bom(own))).toBe(false);
    expect(reachable(bom("pkg:golang/acme.example/mail@v1.0.0"))).toBeUndefined();
    expect(reachable(bom("pkg:oci/shop", own, net, "pkg:deb/debian/openssl@3"))).toBe(false);
    // A second program beside it may call what this one does not.
    expect(reachable(bom("pkg:oci/shop", own, net, "pkg:golang/acme.example/mail@v1.0.0"))).toBeUndefined();
    expect(reachable(bom("pkg:oci/shop", own, net, "pkg:golang/golang.org/x/net@v0.2.0"))).toBeUndefined();
    expect(reachable(bom("pkg:oci/shop", net))).toBeUndefined();
  });

  it("of a released program is of that release", async () => {
    const released = report(module).replace('"path":"acme.example/shop"', '"path":"acme.example/shop","version":"v1.4.0"');
    const reachable = async (purl: string) => one(finding, [await feedOf(released)], [], judgedPrograms([], [purl]))["reachable"];
    expect(await reachable("pkg:golang/acme.example/shop@v1.4.0")).toBe(false);
    expect(await reachable("pkg:golang/acme.example/shop@v1.5.0")).toBeUndefined();
  });

  it("of two programs in one file is of each apart", async () => {
    const second = report({ ...module, function: "Parse" }).replaceAll("acme.example/shop", "acme.example/mail");
    const both = await feedOf(`${report(module)}\n${second}`);
    expect(one(finding, [both])["reachable"]).toBe(false);
    expect(one(finding, [both], [], judgedPrograms([], ["pkg:golang/acme.example/mail"]))["reachable"]).toBe(true);
  });

  it("that another contradicts yields to the one that saw a call", async () => {
    const feeds = [await feedOf(report(module)), await feedOf(report({ ...module, function: "Parse" }))];
    expect([one(finding, feeds)["reachable"], one(finding, feeds.toReversed())["reachable"]]).toEqual([true, true]);
  });
});

describe("a feed that the project names", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const believed = (finding: DataRecord, feeds: readonly Feed[]): DataRecord =>
    findings(enrich([scanOf("scan.json", finding)], { feeds, failed: [], own: new Set([digest]) }).evidence)[0] ?? {};

  it("is not taken back by one among the evidence, however new that calls itself", async () => {
    const own = [
      await feedOf(epssTable("CVE-2024-0001,0.9,0.9"), "epss.csv", digest),
      await feedOf(kev(listed("CVE-2024-0001")), "kev.json", digest),
      await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "active" }]), "cve.json", digest),
      await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { aliases: ["CVE-2024-0001"] }), "osv.json", digest),
    ];
    const given = [
      await feedOf(epssTable("CVE-2024-0001,0.0001,0.1").replace("2026-11-20", "2099-01-01")),
      await feedOf(kev(listed("CVE-2024-0001", "2099-01-01", "2099-01-02"))),
      await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "none" }], { dateUpdated: "2099-01-01T00:00:00.000Z" })),
      await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { modified: "2099-01-01T00:00:00Z", withdrawn: "2026-01-01T00:00:00Z" })),
    ];
    for (const feeds of [
      [...own, ...given],
      [...given, ...own],
    ]) {
      const found = believed({ id: "GHSA-jfh8-c2jp-5v3q" }, feeds);
      expect(found).toMatchObject({ epss: "0.9", kev: true, kev_added: "2026-11-01T00:00:00Z", exploitation: "active" });
      expect(found["withdrawn"]).toBeUndefined();
    }
  });

  it("leaves others what it does not say itself", async () => {
    const own = [await feedOf(epssTable("CVE-2024-0002,0.9,0.9"), "epss.csv", digest)];
    const given = [await feedOf(epssTable("CVE-2024-0001,0.4,0.5")), await feedOf(kev(listed("CVE-2024-0001")))];
    expect(believed({ id: "CVE-2024-0001" }, [...own, ...given])).toMatchObject({ epss: "0.4", kev: true });
  });
});

describe("a feed that could not be read", () => {
  it("leaves its facts transient, whatever the scan says that the feed could change", () => {
    expect(one({ id: "CVE-2024-0001", epss: "0.1", kev: false }, [], ["epss", "kev"])).toMatchObject({
      epss: new Lack("transient", "not fetched"),
      kev: new Lack("transient", "not fetched"),
    });
  });

  it("that makes ids one leaves what others say by id transient, unless nothing could be worse or the scan says it", async () => {
    const feeds = [
      await feedOf(kev(listed("CVE-2024-0009"))),
      await feedOf(epssTable("CVE-2024-0001,0.1,0.2")),
      await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "none" }, { Automatable: "no" }])),
    ];
    const lack = new Lack("transient", "not fetched");
    for (const id of ["CVE-2024-0001", "GHSA-jfh8-c2jp-5v3q"]) {
      const found = one({ id, automatable: true }, feeds, ["osv"]);
      expect([id, found]).toMatchObject([id, { kev: lack, epss: lack, exploitation: lack, automatable: true }]);
    }
    expect(one({ id: "CVE-2024-0009" }, feeds, ["osv"])).toMatchObject({ kev: true, kev_added: "2026-11-01T00:00:00Z" });
    expect(one({ id: "CVE-2024-0001" }, [], ["osv"])["kev"]).toBeUndefined();
  });

  it("leaves what it could not change", () => {
    expect(one({ id: "CVE-2024-0001", kev: true, cvss: 5, reachable: false }, [], ["kev", "cve", "reachability"])).toMatchObject({
      kev: true,
      cvss: 5,
      reachable: false,
      exploitation: new Lack("transient", "not fetched"),
    });
  });
});

it("cites the feed for each fact that the feed says, and the scan for the rest", async () => {
  const epss = await feedOf(epssTable("CVE-2024-0001,0.5,0.9"), "epss.csv");
  const scan = scanOf("scan.json", { id: "CVE-2024-0001" });
  const [first] = findings([scan]);
  const place = { document: scan.document, pointer: "/matches/0" };
  const placed = { ...scan, data: { ...scan.data, findings: [{ ...first, [origin]: place }] } };
  const found = findings(enrich([placed], { feeds: [epss], failed: [] }).evidence)[0];
  expect(found?.[origin]).toMatchObject({ ...place, elsewhere: { epss: { document: epss.document, pointer: "#L3" } } });
  expect(found?.[origin]?.elsewhere).not.toHaveProperty("severity");
});

it("makes scans that agree disagree on nothing", async () => {
  const purl = "pkg:npm/left-pad@1.1.0";
  const feeds = [
    await feedOf(kev(listed("CVE-2024-0009"))),
    await feedOf(osv("CVE-2024-0001", { affected: [affected("npm", "left-pad", [{ introduced: "0" }, { fixed: "1.3.0" }])] })),
  ];
  const values = fc.record(
    { kev: fc.boolean(), first_fixed: fc.constantFrom("1.2.0", "1.3.0"), cvss: fc.constantFrom(5, 6) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(values, values, (a, b) => {
      const row = (rest: DataRecord) => ({ id: "CVE-2024-0001", purl, installed: "1.1.0", ...rest });
      const scans = [scanOf("a", row(a)), scanOf("b", row(b))];
      const conflicts = (all: readonly Evidence[]): readonly string[] => {
        const [united] = uniteFindings(all.map((scan) => findings([scan])));
        return Object.entries(united ?? {}).flatMap(([key, value]) => (value instanceof Lack && value.cause === "conflict" ? [key] : []));
      };
      const before = conflicts(scans);
      expect(conflicts(enrich(scans, { feeds, failed: [] }).evidence).filter((field) => !before.includes(field))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it("says the same of findings in whatever order feeds and scans come", async () => {
  const feeds = [
    await feedOf(epssTable("CVE-2024-0001,0.1,0.9", "CVE-2024-0002,0.2,0.9")),
    await feedOf(epssTable("CVE-2024-0001,0.3,0.9").replace("2026-11-20", "2026-11-19")),
    await feedOf(kev(listed("CVE-2024-0002"))),
    await feedOf(kev(listed("CVE-2024-0009"))),
    await feedOf(cveOf("CVE-2024-0001", [{ Exploitation: "poc" }])),
    await feedOf(cveOf("CVE-2024-0002", [{ Exploitation: "none" }])),
    await feedOf(osv("GHSA-jfh8-c2jp-5v3q", { aliases: ["CVE-2024-0001"] })),
    await feedOf(osv("SNYK-1", { aliases: ["GHSA-jfh8-c2jp-5v3q"] })),
  ];
  const scans = ["CVE-2024-0001", "CVE-2024-0002", "GHSA-jfh8-c2jp-5v3q", "SNYK-1"].map((id, index) => scanOf(`${index}`, { id }));
  const summary = (evidence: readonly Evidence[]): readonly string[] =>
    findings(evidence)
      .map(({ aliases, component: _, ...rest }) => JSON.stringify([rest, [...(aliases as readonly string[])].sort()]))
      .sort();
  const expected = summary(enrich(scans, { feeds, failed: [] }).evidence);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(feeds, { minLength: feeds.length }),
      fc.shuffledSubarray(scans, { minLength: scans.length }),
      (someFeeds, someScans) => {
        expect(summary(enrich(someScans, { feeds: someFeeds, failed: [] }).evidence)).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

it("changes no finding's id, severity or component, and drops none", async () => {
  const feeds = [await feedOf(osv("CVE-2024-0001", { withdrawn: "2026-01-01T00:00:00Z" })), await feedOf(kev(listed("CVE-2024-0001")))];
  const scan = scanOf("s", { id: "CVE-2024-0001", severity: "high" }, { id: "x y", severity: "low" }, { id: new Lack("missing", "") });
  const kept = ({ id, severity, component }: DataRecord): unknown => ({ id, severity, component });
  expect(findings(enrich([scan], { feeds, failed: [] }).evidence).map(kept)).toEqual(findings([scan]).map(kept));
});
