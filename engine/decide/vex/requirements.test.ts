/** What a statement must have to suppress, and what those who would like one to can try. */
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { indexVex, type VexRules, type VexSubject, type VexTier, vexDecider } from "./decide.ts";
import { at, digest, finding, image, log4j, now, otherDigest, product, read, statement, vex } from "./fixtures/statements.ts";
import type { VexVerdict } from "./verdict.ts";

const day = 86_400_000_000;
const why = (verdict: VexVerdict): readonly string[] => verdict.rejected.map(({ why: { kind } }) => kind);
const cycloneDx = (rest: DataRecord): DataRecord => statement({ justification: undefined, ...rest });
const artifact = (text: string): VexSubject => {
  const purl = parsePurl(text);
  if (!purl.ok) throw new Error(purl.problem);
  return { digests: [], purl: purl.value };
};

describe("a statement that speaks of the finding is rejected", () => {
  const versionless = product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", ["pkg:maven/org.apache.logging.log4j/log4j-core"]);
  it.each<[string, DataRecord, VexRules, string]>([
    ["from the future", { timestamp: "2030-01-01T00:00:00Z" }, { now }, "not-yet"],
    ["after it ended", { expires: "2025-05-01T00:00:00Z" }, { now }, "expired"],
    ["at the instant at which it ends", { expires: "2025-06-01T00:00:00Z" }, { now }, "expired"],
    ["older than the caller wants them", {}, { now, maxAge: 30 * day }, "expired"],
    ["without a version of product or component", { products: [versionless] }, { now }, "unanchored"],
    ["without a justification", { justification: undefined }, { now }, "no-justification"],
    ["with words about its impact alone", { justification: undefined, impact: "we looked" }, { now }, "no-justification"],
    ["with a justification that is not allowed", {}, { now, allowed: new Set(["component_not_present"]) }, "justification"],
    [
      "of which the version is a range that nobody can read",
      { products: [{ ...product(digest), digests: undefined, id: log4j, versions: new Lack("malformed", "no range") }] },
      { now },
      "version-unknown",
    ],
  ])("%s", (_name, rest, rules, kind) => {
    const verdict = read([vex(statement(rest))], image, finding(), rules);
    expect(verdict).toMatchObject({ kind: "kept", status: undefined, used: [] });
    expect(why(verdict)).toEqual([kind]);
  });

  it("in a draft, which warns all the same", () => {
    expect(why(read([{ ...vex(statement()), draft: true }]))).toEqual(["draft"]);
    expect(read([{ ...vex(statement({ status: "affected" })), draft: true }])).toMatchObject({ kind: "kept", status: "affected" });
    expect(read([{ ...vex(statement()), draft: false }])).toMatchObject({ kind: "suppressed" });
  });

  it("without a time, where only so old a statement may count", () => {
    const undated = { statements: [statement({ timestamp: undefined })] };
    expect(read([undated])).toMatchObject({ kind: "suppressed" });
    expect(why(read([undated], image, finding(), { now, maxAge: day }))).toEqual(["undated"]);
  });

  it.each(["protected_at_perimeter", "protected_by_mitigating_control"])(
    "with CycloneDX's %s, which is the word of who runs it",
    (word) => {
      const verdict = read([vex(cycloneDx({ own_justification: word, state: "not_affected" }))]);
      expect(verdict).toMatchObject({ kind: "kept", rejected: [{ why: { kind: "justification", found: word } }] });
    },
  );

  it("whose times cannot be read: it may have ended, and what warns may be newer", () => {
    expect(why(read([vex(statement({ expires: "soon" }))]))).toEqual(["expired"]);
    expect(
      read([vex(statement({ timestamp: "2025-01-01T00:00:00Z" }), statement({ status: "affected", timestamp: "long ago" }))]),
    ).toMatchObject({
      kind: "kept",
      used: [{ status: "affected", time: undefined }],
    });
  });

  it("that says fixed needs no justification, but everything else", () => {
    const fixed = statement({ status: "fixed", justification: undefined });
    expect(read([vex(fixed)])).toMatchObject({ kind: "suppressed", status: "fixed" });
    expect(why(read([vex({ ...fixed, products: [versionless] })]))).toEqual(["unanchored"]);
  });
});

describe("CycloneDX's own words suppress", () => {
  it.each(["requires_configuration", "requires_dependency", "requires_environment"])("%s", (word) => {
    expect(read([vex(cycloneDx({ own_justification: word }))])).toMatchObject({ kind: "suppressed", used: [{ justification: word }] });
  });

  it("false_positive, as it stands", () => {
    expect(read([vex(cycloneDx({ state: "false_positive" }))])).toMatchObject({ kind: "suppressed" });
    expect(read([vex(cycloneDx({ state: "not_affected" }))])).toMatchObject({ kind: "kept" });
  });

  it.each(["protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"])(
    "and only where the caller asks for it, what is protected by something else: %s",
    (word) => {
      const documents = [vex(cycloneDx({ own_justification: word }))];
      expect(why(read(documents))).toEqual(["justification"]);
      expect(read(documents, image, finding(), { now, allowed: new Set([word]) })).toMatchObject({ kind: "suppressed" });
    },
  );
});

describe("a version is named", () => {
  const shop = artifact("pkg:npm/shop@1.5.0");
  const about = (rest: DataRecord): VexVerdict => read([vex(statement({ products: [product("pkg:npm/shop", [], rest)] }))], shop);
  it.each<[string, DataRecord, string, readonly string[]]>([
    ["by a range that holds it", { versions: "vers:npm/>=1.0.0|<2.0.0" }, "suppressed", []],
    ["not by a range without an end", { versions: "vers:npm/>=1.0.0" }, "kept", ["unanchored"]],
    ["not by all versions", { versions: "vers:npm/*" }, "kept", ["unanchored"]],
    ["not by a range that does not hold it", { versions: "vers:npm/<1.5.0" }, "unmentioned", []],
    ["not by a range without an order", { versions: "vers:generic/<2.0.0" }, "kept", ["version-unknown"]],
    ["not by a range of another ecosystem", { versions: "vers:pypi/<2.0" }, "kept", ["version-unknown"]],
    ["by its text", { version: "1.5.0" }, "suppressed", []],
    ["by a text that means the same", { version: "v1.5.0" }, "suppressed", []],
    ["not by another", { version: "1.5.1" }, "unmentioned", []],
    ["not where it cannot be read", { version: new Lack("malformed", "what is it") }, "kept", ["version-unknown"]],
  ])("%s", (_name, rest, kind, rejections) => {
    const verdict = about(rest);
    expect([verdict.kind, why(verdict)]).toEqual([kind, rejections]);
  });

  it("by texts that its ecosystem takes for one version", () => {
    const affected = (version: string): VexVerdict =>
      read(
        [vex(statement({ status: "affected", products: [product(`pkg:pypi/django@${version}`)] }))],
        image,
        finding("pkg:pypi/django@4.2"),
      );
    expect(affected("4.2.0").kind).toBe("kept");
    expect(affected("4.2.0.0").kind).toBe("kept");
    expect(affected("4.2.1").kind).toBe("unmentioned");
  });

  it("warns where the component's own is not known, and silences nothing", () => {
    const unversioned = finding("pkg:npm/a");
    const said = (status: string): VexVerdict =>
      read([vex(statement({ status, products: [product("pkg:npm/a@1.0.0")] }))], image, unversioned);
    expect(said("affected")).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
    expect(said("not_affected")).toMatchObject({ kind: "kept", used: [], rejected: [{ why: { kind: "version-unknown" } }] });
  });
});

describe("qualifiers", () => {
  const debian = (distro: string): DataRecord => finding(`pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=${distro}`);
  const said = (purl: string, one: DataRecord, status = "not_affected"): VexVerdict =>
    read([vex(statement({ status, products: [product(digest, [purl])] }))], image, one);

  it("name a distribution with its point releases, and not the other way round", () => {
    expect(said("pkg:deb/debian/openssl@3.0.11-1?distro=debian-12", debian("debian-12.13"))).toMatchObject({ kind: "suppressed" });
    expect(said("pkg:deb/debian/openssl@3.0.11-1?distro=debian-12.13", debian("debian-12"))).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "version-unknown" } }],
    });
    expect(said("pkg:deb/debian/openssl@3.0.11-1?distro=debian-11", debian("debian-12"))).toMatchObject({ kind: "unmentioned" });
    expect(said("pkg:deb/debian/openssl@3.0.11-1?distro=debian-1", debian("debian-12"))).toMatchObject({ kind: "unmentioned" });
  });

  it("that the component does not have warn, and silence nothing", () => {
    expect(said("pkg:npm/a@1.0.0?arch=x86", finding("pkg:npm/a@1.0.0"), "affected")).toMatchObject({ kind: "kept" });
    expect(said("pkg:npm/a@1.0.0?arch=x86", finding("pkg:npm/a@1.0.0"))).toMatchObject({ kind: "kept", used: [] });
    expect(said("pkg:npm/a@1.0.0?arch=x86", finding("pkg:npm/a@1.0.0?arch=arm64"), "affected")).toMatchObject({ kind: "unmentioned" });
  });
});

describe("whoever would like a finding to be silent", () => {
  it("gains nothing by a statement about another build of the same version", () => {
    const component = { name: "log4j-core", purl: log4j, hashes: [{ algorithm: "SHA-256", value: "b".repeat(64) }] };
    const patched = statement({ products: [product(log4j, [], { digests: [digest] })] });
    expect(read([vex(patched)], { digests: [] }, { ...finding(), component })).toMatchObject({ kind: "unmentioned" });
    const same = statement({ products: [product(log4j, [], { digests: [otherDigest] })] });
    expect(read([vex(same)], { digests: [] }, { ...finding(), component })).toMatchObject({ kind: "suppressed" });
    const shop = { ...artifact("pkg:generic/shop@1.0"), digests: [otherDigest] };
    expect(read([vex(statement({ products: [product("pkg:generic/shop@1.0", [], { digests: [digest] })] }))], shop)).toMatchObject({
      kind: "unmentioned",
    });
  });

  it("gains nothing by a product of the same name, nor by a name without the version", () => {
    const named = (rest: DataRecord): VexVerdict =>
      read(
        [vex(statement({ products: [product("CSAFPID-1", [], rest)] }))],
        image,
        finding(undefined, { component: { name: "log4j", version: "2.0" } }),
      );
    expect(named({ name: "log4j" })).toMatchObject({ kind: "unmentioned" });
    expect(named({ name: "log4j", version: "2.1" })).toMatchObject({ kind: "unmentioned" });
    expect(named({ name: "log4j", version: "2" })).toMatchObject({ kind: "unmentioned" });
    expect(named({ name: "Log4j", version: "2.0" })).toMatchObject({ kind: "unmentioned" });
    expect(named({ name: "log4j", versions: "vers:semver/<3.0.0" })).toMatchObject({ kind: "kept", used: [] });
    expect(named({ name: "log4j", version: "2.0" })).toMatchObject({ kind: "suppressed" });
  });

  type GivenTier = readonly [name: string, document: DataRecord, trusted?: boolean];
  const tiers = (names: readonly GivenTier[]): readonly VexTier[] =>
    names.map(([name, document, trusted]) => ({ name, documents: [document], ...(trusted === undefined ? {} : { trusted }) }));
  const by = (...given: readonly GivenTier[]): VexVerdict => vexDecider(indexVex(tiers(given)), image, { now })(finding());

  it("gains nothing by writing the name of whom we believe into the document: only the tier counts", () => {
    const vendor = { ...vex(statement({ status: "affected", timestamp: "2024-01-01T00:00:00Z" })), author: "Vendor" };
    const forged = { ...vex(statement()), author: "Vendor", id: "https://vendor.example/vex/1", version: 9 };
    expect(by(["acme.vendor", vendor], ["claimed", forged])).toMatchObject({ kind: "kept", used: [{ by: "acme.vendor" }] });
    expect(by(["acme.vendor", vendor], ["acme.vendor", forged])).toMatchObject({ kind: "kept", used: [{ tier: 0 }] });
    expect(by(["claimed", forged, false])).toMatchObject({ kind: "kept", used: [], rejected: [{ why: { kind: "unsigned" } }] });
  });

  it("gains nothing by a higher version of a document that we believe", () => {
    const vendor = { ...vex(statement({ status: "affected" })), id: "https://vendor.example/vex/1", version: 1 };
    const forged = { ...vex(statement({ timestamp: "2025-05-01T00:00:00Z" })), id: "https://vendor.example/vex/1", version: 2 };
    expect(by(["acme.vendor", vendor], ["claimed", forged])).toMatchObject({ kind: "kept", used: [{ status: "affected", tier: 0 }] });
    expect(by(["acme.vendor", vendor], ["claimed", forged, false])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
    expect(by(["acme.vendor", { ...vex(), id: "https://vendor.example/vex/1", version: 1 }], ["acme.other", forged])).toMatchObject({
      kind: "suppressed",
    });
  });

  it("does not reach further with the words of others by saying that two vulnerabilities are one", () => {
    const other = { vulnerability: "GHSA-jfh8-c2jp-5v3q" };
    const vendor = vex(statement({ status: "affected", timestamp: "2024-06-01T00:00:00Z" }), statement(other));
    const linking = statement({ aliases: ["GHSA-jfh8-c2jp-5v3q"], status: "under_investigation", products: [] });
    const nothing = statement({ products: [], aliases: ["GHSA-jfh8-c2jp-5v3q"] });
    for (const claim of [linking, nothing]) {
      expect(by(["acme.vendor", vendor], ["claimed", vex(claim)])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
      expect(by(["acme.vendor", vendor], ["claimed", vex(claim), false])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
    }
    expect(by(["acme.vendor", vex(statement(other), nothing)])).toMatchObject({ kind: "suppressed" });
  });

  it("does not silence one CVE by words about another, though the same author takes both for one", () => {
    const both = statement({ products: [], aliases: ["CVE-1999-0001"] });
    expect(by(["acme.vendor", vex(statement({ vulnerability: "CVE-1999-0001" }), both)])).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "version-unknown" } }],
    });
    expect(by(["acme.vendor", vex(statement({ aliases: ["CVE-1999-0001"] }))])).toMatchObject({ kind: "suppressed" });
  });

  it("does not take back by a claim what is believed", () => {
    const vendor = { ...vex(statement()), id: "https://vendor.example/vex/1", version: 1 };
    const forged = { ...vex(statement({ status: "affected" })), id: "https://vendor.example/vex/1", version: 2 };
    expect(by(["acme.vendor", vendor], ["claimed", forged])).toMatchObject({ kind: "suppressed", shadowed: [{ by: "claimed" }] });
  });

  it("does not make unclear which version of what is believed is the later one", () => {
    const silent = { ...vex(statement()), id: "https://vendor.example/vex/1", version: 2 ** 53 };
    const other = { ...silent, statements: [] };
    expect(by(["acme.vendor", silent], ["claimed", other])).toMatchObject({ kind: "suppressed" });
    expect(by(["acme.vendor", other], ["claimed", silent])).toMatchObject({ kind: "kept" });
  });

  it("gains nothing by a second statement at the same instant", () => {
    const twice = vex(statement(), statement({ status: "affected" }), statement({ status: "fixed" }));
    expect(read([twice])).toMatchObject({ kind: "conflict", status: undefined });
  });

  it("gains nothing by naming the product more exactly, in words that are older", () => {
    const general = product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", [log4j]);
    const affected = statement({ status: "affected", timestamp: "2025-03-01T00:00:00Z", products: [general] });
    expect(read([vex(statement(), affected)])).toMatchObject({
      kind: "kept",
      used: [{ status: "affected" }],
      shadowed: [{ status: "not_affected" }],
    });
    expect(read([vex(statement({ timestamp: "2025-04-01T00:00:00Z" }), affected)])).toMatchObject({ kind: "suppressed" });
  });

  it("gains nothing by newer words that name the product less exactly", () => {
    const general = statement({
      timestamp: "2025-05-01T00:00:00Z",
      products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", [log4j])],
    });
    expect(read([vex(statement({ status: "affected" }), general)])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
  });
});

describe("a later version of a document", () => {
  const version = (number: number | string, ...statements: readonly DataRecord[]): DataRecord => ({
    ...vex(...statements),
    id: "https://acme.example/vex/1",
    ...(typeof number === "number" ? { version: number } : { revision: number }),
  });

  it("takes back what only the earlier one says", () => {
    const verdict = read([version(1, statement()), version(2)]);
    expect(verdict).toMatchObject({ kind: "kept", used: [], rejected: [{ why: { kind: "superseded", version: "2" } }] });
    expect(read([version(2), version(1, statement())])).toEqual(verdict);
  });

  it("takes back a warning too", () => {
    const affected = statement({ status: "affected", timestamp: "2025-03-01T00:00:00Z" });
    expect(read([version(1, affected), version(2, statement())])).toMatchObject({ kind: "suppressed" });
  });

  it("is one by number, not by text", () => {
    expect(read([version(9, statement()), version(10)])).toMatchObject({ kind: "kept" });
    expect(read([version("1.9.0", statement()), version("1.10.0")])).toMatchObject({ kind: "kept" });
    expect(read([version("1.10.0", statement()), version("1.9.0")])).toMatchObject({ kind: "suppressed" });
    expect(read([version("1.0.0", statement()), version("1.0.0-draft")])).toMatchObject({ kind: "suppressed" });
  });

  it("is none of another id or author, nor one without a version that can be compared", () => {
    expect(read([version(1, statement()), { ...version(2), id: "https://acme.example/vex/2" }])).toMatchObject({ kind: "suppressed" });
    expect(read([version(1, statement()), { ...version(2), author: "Other" }])).toMatchObject({ kind: "suppressed" });
  });

  it("is one by all the digits of a number", () => {
    for (const [older, newer] of [
      [1767225600000000, 1769904000000000],
      ["20260101120000000001", "20260101120000000002"],
      [1e21, 2e21],
      [7, 2 ** 53 + 2],
      ["1.0.0-rc.1", "1.0.0-rc.2"],
    ] as const) {
      expect(read([version(older, statement()), version(newer)])).toMatchObject({
        kind: "kept",
        rejected: [{ why: { kind: "superseded" } }],
      });
      expect(read([version(newer, statement()), version(older)])).toMatchObject({ kind: "suppressed" });
    }
  });

  it("that cannot be told from the earlier one lets neither silence, and both warn", () => {
    for (const [one, other] of [
      [2 ** 53, 2 ** 53],
      [2 ** 53, "9007199254740993"],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [7, Number.POSITIVE_INFINITY],
      [1, "two"],
    ] as const) {
      const silent = [version(one, statement()), version(other)];
      const rejected = [{ why: { kind: "version-unclear" } }];
      expect(read(silent)).toMatchObject({ kind: "kept", used: [], rejected });
      expect(read(silent.toReversed())).toMatchObject({ kind: "kept", used: [], rejected });
      expect(read([version(one), version(other, statement())])).toMatchObject({ kind: "kept", used: [], rejected });
      const warning = version(other, statement({ status: "affected", timestamp: "2023-01-01T00:00:00Z" }));
      expect(read([version(one, statement()), warning])).toMatchObject({ kind: "kept", used: [{ status: "affected" }], rejected });
    }
    expect(read([version(2 ** 53, statement())])).toMatchObject({ kind: "suppressed" });
    expect(read([version("two", statement()), version("two")])).toMatchObject({ kind: "suppressed" });
  });

  it("that is yet to come takes back what silences at once, and a warning only then", () => {
    const future = "2030-01-01T00:00:00Z";
    const coming = { ...version(2), timestamp: future };
    expect(read([version(1, statement()), coming])).toMatchObject({ kind: "kept" });
    const affected = statement({ status: "affected" });
    const other = { ...vex(statement({ timestamp: "2024-06-01T00:00:00Z" })), id: "https://acme.example/vex/9" };
    expect(read([version(1, affected), coming, other])).toMatchObject({ kind: "kept", flipsAt: at(future) });
    expect(read([version(1, affected), coming, other], image, finding(), { now: at(future) })).toMatchObject({ kind: "suppressed" });
  });
});

describe("a verdict says until when it holds", () => {
  it.each<[string, DataRecord, VexRules, number | undefined]>([
    ["its statement ends", { expires: "2025-07-01T00:00:00Z" }, { now }, at("2025-07-01T00:00:00Z")],
    ["its statement is too old", {}, { now, maxAge: 365 * day }, at("2025-01-01T00:00:00Z") + 365 * day],
    ["the first of both", { expires: "2025-07-01T00:00:00Z" }, { now, maxAge: 180 * day }, at("2025-01-01T00:00:00Z") + 180 * day],
    ["nothing changes", {}, { now }, undefined],
  ])("%s", (_name, rest, rules, flips) => {
    expect(read([vex(statement(rest))], image, finding(), rules)).toMatchObject({ kind: "suppressed", flipsAt: flips });
    if (flips === undefined) return;
    expect(read([vex(statement(rest))], image, finding(), { ...rules, now: flips - 1 })).toMatchObject({ kind: "suppressed" });
    expect(read([vex(statement(rest))], image, finding(), { ...rules, now: flips })).toMatchObject({ kind: "kept" });
  });
});
