/** Products that a CPE names and neither a purl nor a digest: what warns may match more, what silences no less than all of it. */
import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { joinFindings } from "../../evaluate/intrinsics/findings.ts";
import { recordOf } from "../../evaluate/intrinsics/raw.ts";
import type { VexSubject, VexVerdict } from "./decide.ts";
import { digest, finding, image, indexed, log4j, product, read, statement, unmatchedStatements, vex } from "./fixtures/statements.ts";

const named = (vendor: string, name: string, version: string, rest = "*:*:*:*:*:*:*"): string =>
  `cpe:2.3:a:${vendor}:${name}:${version}:${rest}`;
const shop = named("acme", "shop", "2.4.0");
const says = (cpe: string, rest: DataRecord = {}, fields: DataRecord = {}): DataRecord =>
  vex(statement({ products: [product("p1", [], { cpe, ...fields })], ...rest }));
const warns = { status: "affected" };
const on = (component: DataRecord): DataRecord => finding(undefined, { component });
/** The image, by a bill of materials whose root has the CPE. */
const known = (cpe: string, rest: DataRecord = {}): VexSubject => ({
  ...image,
  boms: [{ document: `sha256:${"1".repeat(64)}`, root: { name: "shop", cpe, ...rest } }],
});
const isTold = { kind: "kept", rejected: [{ why: { kind: "version-unknown" } }] };
const isWarned = { kind: "kept", used: [{ status: "affected" }] };

/** A finding on a component that a bill of materials lists with the purl and the CPE. */
function joined(...components: readonly DataRecord[]): DataRecord {
  const [first] = components;
  const scanned = finding(first?.["purl"], { component: { purl: first?.["purl"] } });
  const { findings } = joinFindings({ components, root: {} }, { findings: [scanned] });
  return recordOf(Array.isArray(findings) ? findings[0] : undefined) ?? {};
}
const busybox = {
  id: "b",
  name: "busybox",
  version: "1.32.1",
  purl: "pkg:generic/busybox@1.32.1",
  cpe: named("busybox", "busybox", "1.32.1"),
};

describe("what silences by a CPE", () => {
  it("silences what is judged where its bill of materials has the CPE at its root", () => {
    expect(read([says(shop)], known(shop), finding())).toMatchObject({ kind: "suppressed", used: [{ about: "subject" }] });
    expect(read([says("cpe:/a:ACME:Shop:2.4.0")], known(shop), finding())).toMatchObject({ kind: "suppressed" });
    expect(read([vex(statement({ products: [product("p1", [log4j], { cpe: shop })] }))], known(shop)).kind).toBe("suppressed");
    expect(read([vex(statement({ products: [product(shop)] }))], known(shop)).kind).toBe("suppressed");
  });

  it("silences a component that no ecosystem names, where a bill of materials has its CPE", () => {
    expect(read([says(busybox.cpe)], image, joined(busybox))).toMatchObject({ kind: "suppressed", used: [{ about: "component" }] });
    expect(read([vex(statement({ products: [product(digest, [busybox.cpe])] }))], image, joined(busybox)).kind).toBe("suppressed");
  });

  it("cuts the paths through a product in between", () => {
    const core = { id: "c", name: "core", version: "1.0.0", purl: "pkg:npm/core@1.0.0" };
    const between = { id: "s", name: "shop", version: "2.4.0", cpe: shop, dependencies: [core] };
    const decide = (...others: readonly DataRecord[]): VexVerdict => {
      const bom = { components: [core, between, ...others], root: { id: "r", name: "r", dependencies: [between, ...others] } };
      const { findings } = joinFindings(bom, { findings: [finding(core.purl)] });
      return read([says(shop)], image, recordOf(Array.isArray(findings) ? findings[0] : undefined) ?? {});
    };
    expect(decide()).toMatchObject({ kind: "suppressed", used: [{ about: "part" }] });
    expect(decide({ id: "o", name: "other", dependencies: [core] })).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "another-path" } }],
    });
  });

  it.each([
    ["any version", named("acme", "shop", "*")],
    ["versions by wild cards", named("acme", "shop", "2.*")],
    ["any vendor", named("*", "shop", "2.4.0")],
    ["vendors by wild cards", named("*cme", "shop", "2.4.0")],
    ["any product", named("acme", "*", "2.4.0")],
    ["any part", `cpe:2.3:*:acme:shop:2.4.0:*:*:*:*:*:*:*`],
    ["everything", "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*"],
    ["everything, as a URI", "cpe:/"],
    ["a narrower edition", named("acme", "shop", "2.4.0", "*:pro:*:*:*:*:*")],
    ["a narrower target", named("acme", "shop", "2.4.0", "*:*:*:*:linux:*:*")],
    ["its target by wild cards", named("acme", "shop", "2.4.0", "*:*:*:*:lin*:*:*")],
  ])("silences nothing by %s, and warns by it", (_, cpe) => {
    expect(read([says(cpe)], known(shop), finding())).toMatchObject(isTold);
    expect(read([says(cpe, warns)], known(shop), finding())).toMatchObject(isWarned);
  });

  it.each([
    ["any version", named("acme", "shop", "*")],
    ["its version by wild cards", named("acme", "shop", "2.4.*")],
    ["any vendor", named("*", "shop", "2.4.0")],
    ["its vendor by wild cards", named("ac*", "shop", "2.4.0")],
    ["its target by wild cards", named("acme", "shop", "2.4.0", "*:*:*:*:lin*:*:*")],
  ])("silences nothing that has %s, and warns of it", (_, cpe) => {
    expect(read([says(shop)], known(cpe), finding())).toMatchObject(isTold);
    expect(read([says(shop, warns)], known(cpe), finding())).toMatchObject(isWarned);
  });

  it.each([
    ["another version", named("acme", "shop", "2.4.1")],
    ["another vendor", named("other", "shop", "2.4.0")],
    ["another product", named("acme", "shop2", "2.4.0")],
    ["an operating system of the name", "cpe:2.3:o:acme:shop:2.4.0:*:*:*:*:*:*:*"],
    ["another edition", named("acme", "shop", "2.4.0", "*:lite:*:*:*:*:*")],
    ["nothing that can be read", "cpe:2.3:a:acme:shop:2.4.0"],
    ["any product of the vendor", named("acme", "*", "2.4.0")],
  ])("is not about %s, whether it silences or warns", (_, cpe) => {
    const asked = says(named("acme", "shop", "2.4.0", "*:pro:*:*:*:*:*"));
    expect(read([asked], known(cpe), finding())).toMatchObject({ kind: "unmentioned" });
    expect(read([says(named("acme", "shop", "2.4.0", "*:pro:*:*:*:*:*"), warns)], known(cpe), finding())).toMatchObject({
      kind: "unmentioned",
    });
  });

  it("warns of a product in between that another version of what is judged is in", () => {
    const core = { id: "c", name: "core", version: "1.0.0", purl: "pkg:npm/core@1.0.0" };
    const between = { id: "s", name: "shop", version: "2.4.0", cpe: shop, dependencies: [core] };
    const root = { id: "r", name: "shop", version: "3.0.0", cpe: named("acme", "shop", "3.0.0"), dependencies: [between] };
    const { findings } = joinFindings({ components: [core, between], root }, { findings: [finding(core.purl)] });
    const one = recordOf(Array.isArray(findings) ? findings[0] : undefined) ?? {};
    const subject = { ...image, boms: [{ document: `sha256:${"1".repeat(64)}`, root }] };
    expect(read([says(shop, warns)], subject, one)).toMatchObject({ kind: "kept", used: [{ about: "part" }] });
    expect(read([says(shop)], subject, one)).toMatchObject({ kind: "suppressed", used: [{ about: "part" }] });
  });

  it("silences nothing by a CPE that has no version, though what is judged has none either", () => {
    const versionless = named("acme", "shop", "-");
    expect(read([says(versionless)], known(versionless), finding())).toMatchObject(isTold);
    expect(read([says(versionless, warns)], known(versionless), finding())).toMatchObject(isWarned);
    expect(read([says(versionless)], known(shop), finding())).toMatchObject({ kind: "unmentioned" });
  });

  it("silences nothing where the statement names other versions beside it, or versions that cannot be told", () => {
    expect(read([says(shop, {}, { version: "2.4.0" })], known(shop, { version: "2.4.0" }), finding()).kind).toBe("suppressed");
    const other = { version: "2.5.0" };
    expect(read([says(shop, {}, other)], known(shop, { version: "2.4.0" }), finding())).toMatchObject(isTold);
    expect(read([says(shop, warns, other)], known(shop, { version: "2.4.0" }), finding())).toMatchObject(isWarned);
    const generic = { versions: "vers:generic/<3" };
    expect(read([says(shop, {}, generic)], known(shop, { version: "2.4.0" }), finding())).toMatchObject(isTold);
    expect(read([says(named("acme", "shop", "*"), warns, other)], known(shop, { version: "2.4.0" }), finding()).kind).toBe("unmentioned");
  });
});

describe("a CPE that is a guess", () => {
  const guessed = { name: "redis", version: "3.5.3", purl: "pkg:pypi/redis@3.5.3", cpe: named("redis", "redis", "3.5.3") };

  it("of a scanner silences nothing, and warns", () => {
    for (const component of [guessed, { ...guessed, purl: undefined }]) {
      expect(read([says(guessed.cpe)], image, on(component))).toMatchObject(isTold);
      expect(read([says(guessed.cpe, warns)], image, on(component))).toMatchObject(isWarned);
      expect(read([vex(statement({ products: [product(digest, [guessed.cpe])] }))], image, on(component))).toMatchObject(isTold);
    }
  });

  it("of a package of an ecosystem silences nothing though a bill of materials has it", () => {
    expect(read([says(guessed.cpe)], image, joined(guessed))).toMatchObject(isTold);
    expect(read([says(guessed.cpe, warns)], image, joined(guessed))).toMatchObject(isWarned);
  });

  it("by which a component calls itself what is another's does not make it the other", () => {
    const evil = { id: "e", name: "evil", version: "9.9.9", purl: "pkg:npm/evil@9.9.9", cpe: busybox.cpe };
    expect(read([says(busybox.cpe)], image, on(evil))).toMatchObject(isTold);
    expect(read([says(busybox.cpe)], image, joined(evil))).toMatchObject(isTold);
    expect(read([says(busybox.cpe)], image, joined({ ...evil, purl: "no purl" })).kind).not.toBe("suppressed");
  });

  it("of one of several components that a finding cannot tell apart silences none of them", () => {
    const other = { ...busybox, id: "b2", cpe: named("evil", "busybox", "1.32.1") };
    const silent = { ...busybox, id: "b3", cpe: undefined };
    for (const one of [other, silent]) {
      expect(read([says(busybox.cpe)], image, joined(busybox, one))).toMatchObject(isTold);
      expect(read([says(busybox.cpe, warns)], image, joined(one, busybox))).toMatchObject(isWarned);
    }
  });
});

it("asks for a CPE only where a product has neither a purl nor a digest", () => {
  for (const fields of [{ purl: "pkg:npm/shop@2.4.0" }, { purl: "pkg:npm/" }, { digests: [`sha256:${"c".repeat(64)}`] }]) {
    expect(read([says(shop, {}, fields)], known(shop), finding())).toMatchObject({ kind: "unmentioned" });
    expect(read([says(shop, warns, fields)], known(shop), finding())).toMatchObject({ kind: "unmentioned" });
  }
  expect(read([vex(statement({ products: [product("pkg:npm/shop@2.4.0", [], { cpe: shop })] }))], known(shop), finding()).kind).toBe(
    "unmentioned",
  );
});

it("tells findings of one package by their CPEs where a statement has one", () => {
  const index = [says(named("redis", "redis", "3.5.3"), warns)];
  const decide = (cpe: string | undefined): VexVerdict["kind"] =>
    read(index, image, on({ name: "redis", version: "3.5.3", purl: "pkg:pypi/redis@3.5.3", cpe })).kind;
  expect([decide(undefined), decide(named("redis", "redis", "3.5.3")), decide(named("other", "redis", "3.5.3"))]).toEqual([
    "unmentioned",
    "kept",
    "unmentioned",
  ]);
});

it("takes hostile CPEs for none, or for what they are", () => {
  const long = named("a".repeat(5000), "shop", "2.4.0");
  const hostile = [
    long,
    "cpe:2.3:",
    `cpe:2.3:${"\\:".repeat(1000)}`,
    `cpe:/${"%".repeat(1000)}`,
    `cpe:2.3:a:${"*".repeat(1000)}:shop:1:*:*:*:*:*:*:*`,
    named("acme", "shop", "\n2.4.0"),
  ];
  for (const cpe of hostile) {
    expect(read([says(cpe), says(cpe, warns)], known(cpe), on({ name: "x", cpe })).kind).toBe("unmentioned");
    expect(read([vex(statement({ ...warns, products: [product(digest, [cpe])] }))], image, on({ name: "x", cpe })).kind).toBe(
      "unmentioned",
    );
  }
  // An escaped colon ends no field: the vendor is `acme:shop`, and not `acme`.
  const escaped = "cpe:2.3:a:acme\\:shop:2.4.0:*:*:*:*:*:*:*:*";
  expect(read([says(escaped), says(escaped, warns)], known(shop), finding()).kind).toBe("unmentioned");
  const backslash = "cpe:2.3:a:acme\\\\:shop:2.4.0:*:*:*:*:*:*:*";
  expect(read([says(shop), says(shop, warns)], known(backslash), finding()).kind).toBe("unmentioned");
  // An escaped asterisk is an asterisk.
  expect(read([says(named("acme", "shop", "\\*"), warns)], known(shop), finding()).kind).toBe("unmentioned");
});

describe("a statement by a CPE that matched nothing is told", () => {
  const missed = (cpe: string, found: string | undefined, subcomponents: readonly string[] = []): unknown => {
    const document = vex(
      statement({
        products: [product(subcomponents.length === 0 ? "p1" : digest, subcomponents, subcomponents.length === 0 ? { cpe } : {})],
      }),
    );
    return unmatchedStatements(indexed(document), [on({ name: "x", cpe: found })], image).map(({ nearest, detail }) => [nearest, detail]);
  };

  it("by the attribute in which the nearest CPE differs", () => {
    const other = named("acme", "shop", "2.5.0");
    expect(missed(shop, other)).toEqual([["version", `CPE version: it asks for 2.4.0, ${other} has 2.5.0`]]);
    const vendor = named("other", "shop", "2.4.0");
    expect(missed(shop, vendor)).toEqual([["product", `CPE vendor: it asks for acme, ${vendor} has other`]]);
    const mac = named("acme", "shop", "2.4.0", "*:*:*:*:macos:*:*");
    const linux = named("acme", "shop", "2.4.0", "*:*:*:*:linux:*:*");
    expect(missed(linux, mac)).toEqual([["qualifier", `CPE target_sw: it asks for linux, ${mac} has macos`]]);
  });

  it("by the lack of one", () => {
    expect(missed(shop, undefined)).toEqual([["product", `it asks for ${shop}: nothing that was looked at has a CPE`]]);
    expect(missed(shop, named("acme", "till", "1"))).toEqual([
      ["product", `it asks for ${shop}: no CPE that was looked at is of that product`],
    ]);
  });

  it("as a part", () => {
    const other = named("acme", "shop", "2.5.0");
    expect(missed("", other, [shop])).toEqual([["version", `CPE version: it asks for 2.4.0, ${other} has 2.5.0`]]);
    expect(missed("", undefined, [shop])).toEqual([["subcomponent", `no finding is in ${shop}`]]);
  });
});
