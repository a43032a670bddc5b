import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../../language/core/data.ts";
import { admitValue } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { trivy } from "./adapter.ts";

const source = { name: "trivy.json", digest: `sha256:${"0".repeat(64)}`, base: "" };

const row = (rest: object = {}): object => ({ VulnerabilityID: "CVE-2024-0001", PkgName: "openssl", InstalledVersion: "1.1.1", ...rest });
const result = (rest: object = {}): object => ({ Target: "x", Class: "os-pkgs", Type: "debian", Vulnerabilities: [row()], ...rest });
const report = (rest: object = {}): object => ({ SchemaVersion: 2, ArtifactName: "x", Results: [result()], ...rest });

async function admitted(json: unknown): Promise<Evidence> {
  const { value, diagnostics } = await admitValue(json, source, [trivy]);
  expect(diagnostics.filter((d) => d.level === "error")).toEqual([]);
  const [evidence] = value;
  if (evidence === undefined) throw new Error("nothing was read");
  return evidence;
}

function findingsOf(evidence: Evidence): readonly DataRecord[] {
  const { findings } = evidence.data;
  return (findings instanceof OpenList ? findings.items : findings) as readonly DataRecord[];
}

async function first(json: unknown): Promise<DataRecord> {
  return findingsOf(await admitted(json))[0] ?? {};
}

const reading = (rest: object, metadata: object = {}): Promise<DataRecord> =>
  first(report({ Metadata: metadata, Results: [result({ Vulnerabilities: [row(rest)] })] }));

describe("a Trivy report is refused", () => {
  it.each<[string, unknown, string, string]>([
    ["of schema version 1", { SchemaVersion: 1, ArtifactName: "x", Results: [] }, "WB0912", "/SchemaVersion"],
    ["of the shape before versions", [{ Target: "x", Type: "debian", Vulnerabilities: null }], "WB0912", ""],
    ["whose results are no list", report({ Results: {} }), "WB0913", "/Results"],
    [
      "with a row that names no package",
      report({ Results: [result({ Vulnerabilities: [{ VulnerabilityID: "CVE-2024-0001" }] })] }),
      "WB0913",
      "/Results/0/Vulnerabilities/0",
    ],
    [
      "with a row that names no vulnerability",
      report({ Results: [result({ Vulnerabilities: [row({ VulnerabilityID: "" })] })] }),
      "WB0913",
      "/Results/0/Vulnerabilities/0/VulnerabilityID",
    ],
    [
      "with a severity that is no text",
      report({ Results: [result({ Vulnerabilities: [row({ Severity: 4 })] })] }),
      "WB0913",
      "/Results/0/Vulnerabilities/0/Severity",
    ],
    [
      "with a score above 10",
      report({ Results: [result({ Vulnerabilities: [row({ CVSS: { nvd: { V3Score: 11 } } })] })] }),
      "WB0913",
      "/Results/0/Vulnerabilities/0/CVSS/nvd/V3Score",
    ],
    ["of a cluster, whose resources are no list", { ClusterName: "c", Resources: 1 }, "WB0913", "/Resources"],
  ])("%s", async (_name, json, code, pointer) => {
    const { value, diagnostics } = await admitValue(json, source, [trivy]);
    expect(value).toEqual([]);
    expect(diagnostics).toMatchObject([{ code, level: "error", pointer }]);
  });
});

describe("findings are open", () => {
  it("where Trivy looked at configuration alone", async () => {
    const config = { Target: "Dockerfile", Class: "config", Type: "dockerfile", Misconfigurations: [{}] };
    const evidence = await admitted(report({ Results: [config] }));
    expect(evidence.data["findings"]).toEqual(
      new OpenList([], false, [new Lack("missing", "Trivy looked at no packages; give `--scanners vuln`")]),
    );
    expect(evidence.counts).toEqual({ findings: 0, misconfigurations: 1 });
  });

  it("where a resource of a cluster could not be scanned", async () => {
    const failed = { Namespace: "prod", Kind: "Deployment", Name: "web", Error: "image not found" };
    const evidence = await admitted({ ClusterName: "c", Resources: [failed, { Kind: "Pod", Name: "a", Results: [result()] }] });
    expect(evidence.data["findings"]).toMatchObject({
      lacks: [new Lack("transient", "Trivy could not scan prod/Deployment/web: image not found")],
    });
    expect(evidence.counts["findings"]).toBe(1);
  });

  it("where nothing was looked at: a scan of the wrong folder is no clean scan", async () => {
    for (const Results of [null, undefined, []]) {
      const lacks = [new Lack("missing", "the report names nothing that Trivy looked at")];
      expect((await admitted(report({ Results }))).data["findings"]).toMatchObject({ items: [], lacks });
    }
  });

  it("nowhere else: a result without vulnerabilities is a clean one", async () => {
    expect((await admitted(report({ Results: [result({ Vulnerabilities: null })] }))).data["findings"]).toEqual([]);
  });
});

describe("a row", () => {
  it.each([
    ["UNKNOWN", new Lack("missing", "the report says its severity is `UNKNOWN`")],
    ["", new Lack("missing", "the report gives it no severity")],
    [undefined, new Lack("missing", "the report gives it no severity")],
    ["CRITICAL", "critical"],
    ["LOW", "low"],
  ])("of severity %s", async (Severity, severity) => {
    expect((await reading({ Severity }))["severity"]).toEqual(severity);
  });

  it.each([
    ["fixed", "", "fixed"],
    ["affected", "", "not_fixed"],
    ["fix_deferred", "", "deferred"],
    ["will_not_fix", "", "wont_fix"],
    ["end_of_life", "", "end_of_life"],
    ["unknown", "", new Lack("missing", "Trivy says the status is `unknown`")],
    ["not_affected", "", new Lack("missing", "Trivy says the status is `not_affected`")],
    ["under_investigation", "1.2", "fixed"],
    [undefined, "1.2", "fixed"],
    [undefined, "", undefined],
  ])("of status %s, fixed in `%s`", async (Status, FixedVersion, fix) => {
    expect((await reading({ Status, FixedVersion }))["fix"]).toEqual(fix);
  });

  it("that is fixed in several lines of releases names the one to upgrade to", async () => {
    const purl = { PkgIdentifier: { PURL: "pkg:npm/a@2.1.0" }, InstalledVersion: "2.1.0" };
    expect((await reading({ ...purl, FixedVersion: "3.0.2, 1.9.9, 2.10.0, 2.2.0" }))["first_fixed"]).toBe("2.2.0");
    expect((await reading({ ...purl, FixedVersion: "1.9.9" }))["first_fixed"]).toBe("1.9.9");
    expect((await reading({ ...purl, FixedVersion: "" }))["first_fixed"]).toBeUndefined();
  });

  it("keeps advisories of distributions out of its aliases: one covers many CVEs", async () => {
    expect(await reading({ VendorIDs: ["DSA-4808-1"] })).not.toHaveProperty("aliases");
  });

  it("has the score of the newest CVSS version, by the source of its severity first", async () => {
    const CVSS = { nvd: { V2Score: 9, V3Score: 5.1 }, redhat: { V3Score: 7.7 }, ghsa: { V3Score: 9.9 } };
    expect((await reading({ CVSS, SeveritySource: "redhat" }))["cvss"]).toBe(7.7);
    expect((await reading({ CVSS, SeveritySource: "debian" }))["cvss"]).toBe(5.1);
    expect((await reading({ CVSS: { ...CVSS, bitnami: { V40Score: 1 } } }))["cvss"]).toBe(1);
    expect((await reading({ CVSS: { b: { V3Score: 2 }, a: { V3Score: 8 } } }))["cvss"]).toBe(8);
  });

  const vector3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

  it("has the score of its vector, where the source gives none", async () => {
    expect((await reading({ CVSS: { nvd: { V3Vector: vector3 } } }))["cvss"]).toBe(7.5);
    expect((await reading({ CVSS: { nvd: { V3Vector: vector3, V3Score: 7.1 } } }))["cvss"]).toBe(7.1);
    expect((await reading({ CVSS: { nvd: { V2Vector: "AV:N/AC:L/Au:N/C:C/I:C/A:C" } } }))["cvss"]).toBe(10);
    const version4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    expect((await reading({ CVSS: { ghsa: { V40Vector: version4, V3Vector: vector3 }, nvd: { V3Score: 9.8 } } }))["cvss"]).toBe(9.3);
  });

  it.each([
    ["that lacks base metrics", "V3Vector", "CVSS:3.1/AV:N/AC:L"],
    ["of another version than its field says", "V40Vector", vector3],
  ])("lists a vector %s, which gives no score and is not 0", async (_what, field, vector) => {
    const rows = [row({ CVSS: { nvd: { [field]: vector } } }), row({ CVSS: { nvd: { [field]: vector }, ghsa: { V3Score: 4 } } })];
    const { value, diagnostics } = await admitValue(report({ Results: [result({ Vulnerabilities: rows })] }), source, [trivy]);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["WB1261", `2 CVSS vectors cannot be read, and give no score: the first is \`${vector}\``],
    ]);
    const [first, second] = value[0] === undefined ? [] : findingsOf(value[0]);
    expect(first?.["cvss"]).toEqual(new Lack("malformed", `\`${vector}\` is no CVSS vector`));
    expect(second?.["cvss"]).toBe(4);
  });

  it("says nothing of vectors that stand beside their scores", async () => {
    const rows = [row({ CVSS: { nvd: { V3Vector: "CVSS:3.1/AV:N", V3Score: 7.5 }, ghsa: { V3Vector: "" } } })];
    expect((await admitValue(report({ Results: [result({ Vulnerabilities: rows })] }), source, [trivy])).diagnostics).toEqual([]);
  });

  it("says where it stands, and where its fields do", async () => {
    const evidence = await admitted(report());
    const [finding] = findingsOf(evidence);
    const [symbol] = Object.getOwnPropertySymbols(finding ?? {});
    expect(symbol && Reflect.get(finding ?? {}, symbol)).toMatchObject({
      pointer: "/Results/0/Vulnerabilities/0",
      fields: { severity: "/Severity" },
    });
  });
});

describe("the purl of a row", () => {
  it("is the report's own, where it has one", async () => {
    const finding = await reading({ PkgIdentifier: { PURL: "pkg:deb/debian/openssl@1.1.1?arch=amd64" } });
    expect(finding["component"]).toMatchObject({ purl: "pkg:deb/debian/openssl@1.1.1?arch=amd64", name: "openssl", group: "debian" });
  });

  it.each([
    ["os-pkgs", "debian", { OS: { Family: "debian", Name: "12.4" } }, "openssl", "pkg:deb/debian/openssl@1.1.1?distro=debian-12.4"],
    ["os-pkgs", "alpine", { OS: { Family: "alpine", Name: "3.19.1" } }, "openssl", "pkg:apk/alpine/openssl@1.1.1?distro=alpine-3.19.1"],
    ["os-pkgs", "redhat", { OS: { Family: "redhat", Name: "8.4" } }, "openssl", "pkg:rpm/redhat/openssl@1.1.1?distro=redhat-8.4"],
    ["os-pkgs", "ubuntu", {}, "openssl", "pkg:deb/ubuntu/openssl@1.1.1"],
    ["lang-pkgs", "jar", {}, "org.apache.commons:commons-compress", "pkg:maven/org.apache.commons/commons-compress@1.1.1"],
    ["lang-pkgs", "node-pkg", {}, "@babel/core", "pkg:npm/%40babel/core@1.1.1"],
    ["lang-pkgs", "gobinary", {}, "golang.org/x/crypto", "pkg:golang/golang.org/x/crypto@1.1.1"],
    ["lang-pkgs", "python-pkg", {}, "Foo_Bar", "pkg:pypi/foo-bar@1.1.1"],
    ["lang-pkgs", "composer", {}, "guzzlehttp/guzzle", "pkg:composer/guzzlehttp/guzzle@1.1.1"],
    ["lang-pkgs", "rustbinary", {}, "time", "pkg:cargo/time@1.1.1"],
  ])("is made of class %s, type %s and the system", async (Class, Type, Metadata, PkgName, purl) => {
    const finding = await first(report({ Metadata, Results: [result({ Class, Type, Vulnerabilities: [row({ PkgName })] })] }));
    expect(finding["component"]).toMatchObject({ purl });
  });

  it.each([
    ["lang-pkgs", "k8s"],
    ["os-pkgs", "some-new-os"],
    ["lang-pkgs", "__proto__"],
  ])("is none for class %s and type %s, whose packages Waybill does not know", async (Class, Type) => {
    const finding = await first(report({ Results: [result({ Class, Type })] }));
    expect(finding["component"]).toMatchObject({ name: "openssl", purl: undefined });
  });
});

it("a report is bound to the digests that it names: of manifests and of the image's configuration", async () => {
  const manifest = `sha256:${"a".repeat(64)}`;
  const config = `sha256:${"b".repeat(64)}`;
  const Metadata = { ImageID: config, RepoDigests: [`ghcr.io/acme/shop@${manifest}`, `docker.io/acme/shop@${manifest}`, ""] };
  expect((await admitted(report({ Metadata }))).about).toEqual([
    { kind: "manifest", digest: manifest },
    { kind: "config", digest: config },
  ]);
});

it.each(["Resources", "Findings", "Vulnerabilities"])("the report of a cluster is read from `%s`", async (list) => {
  const resource = { Kind: "Deployment", Name: "web", Results: [result(), { Target: "x", Class: "config", Misconfigurations: [{}, {}] }] };
  const evidence = await admitted({ ClusterName: "prod", [list]: [resource, resource] });
  expect(evidence.counts).toEqual({ findings: 2, misconfigurations: 4 });
  expect(evidence.data).toMatchObject({ tool: "trivy", target: "prod" });
});

it("findings that Trivy was told to ignore are counted in a note", async () => {
  const { diagnostics } = await admitValue(report({ Results: [result({ ExperimentalModifiedFindings: [{}, {}] })] }), source, [trivy]);
  expect(diagnostics).toMatchObject([
    { code: "WB0950", level: "note", message: "Trivy was told to ignore 2 matches: not read as findings" },
  ]);
});
