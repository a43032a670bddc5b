/** Names that more than one thing has, or that anybody may give: they warn, and silence nothing. */
import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import type { VexSubject } from "./decide.ts";
import { digest, finding, image, inCycloneDx, product, read, statement, vex } from "./fixtures/statements.ts";

const serial = "3e671687-395b-41f5-a30f-a58921a69b79";
const link = `urn:cdx:${serial}/1#core`;
const doubt = { kind: "kept", rejected: [{ why: { kind: "version-unknown" } }] };
const says = (named: DataRecord, rest: DataRecord = {}): DataRecord => vex(statement({ products: [named], ...rest }));
const on = (component: DataRecord): DataRecord => finding(undefined, { component });

describe("a component that calls itself by a BOM-Link into a bill of materials that is not at hand", () => {
  const component = inCycloneDx({ id: link, name: "core", version: "1.0.0", purl: "pkg:npm/core@1.0.0" }, `sha256:${"1".repeat(64)}`);
  const whole = `urn:cdx:${serial}/1`;

  it("is not silenced by what is said of the one that has the name", () => {
    expect(read([says(product(link))], image, on(component))).toMatchObject({ kind: "kept", rejected: [{}] });
    expect(read([says(product(digest, [link]))], image, on(component))).toMatchObject(doubt);
    expect(read([says(product(link), { status: "affected" })], image, on(component))).toMatchObject({ kind: "kept", used: [{}] });
  });

  it("as a root does not give the subject the name either", () => {
    const root: VexSubject = { ...image, boms: [{ document: `sha256:${"1".repeat(64)}`, root: { ...component, id: whole } }] };
    expect(read([says(product(whole))], root, on(component)).kind).not.toBe("suppressed");
  });

  it("is the one where that bill of materials is at hand", () => {
    const known: VexSubject = { ...image, boms: [{ document: `sha256:${"2".repeat(64)}`, serial: `urn:uuid:${serial}`, version: 1 }] };
    expect(read([says(product(link))], known, on(component))).toMatchObject({ kind: "suppressed" });
  });
});

it("names a component by a link that its digest anchors, whatever other statements name", () => {
  const document = `sha256:${"2".repeat(64)}`;
  const component = inCycloneDx({ id: "core", name: "core", hashes: [{ algorithm: "SHA-256", value: "c".repeat(64) }] }, document);
  const known: VexSubject = { ...image, boms: [{ document, serial: `urn:uuid:${serial}`, version: 1 }] };
  const other = statement({ vulnerability: "CVE-2020-0001", products: [product(digest)] });
  expect(read([says(product(link))], known, on(component))).toMatchObject({ kind: "suppressed" });
  expect(read([says(product(link)), vex(other)], known, on(component))).toMatchObject({ kind: "suppressed" });
  const { hashes: _, ...bare } = component;
  expect(read([says(product(link)), vex(other)], known, on(inCycloneDx(bare, document)))).toMatchObject({ kind: "kept" });
});

describe("a component in a group", () => {
  const component = { name: "core", group: "org.acme", version: "1.0.0" };
  const named = (name: string): DataRecord => product("c1", [], { name, version: "1.0.0" });

  it("is not silenced by what is said of its name, which another group's has too", () => {
    expect(read([says(named("core"))], image, on(component))).toMatchObject(doubt);
    expect(read([says(named("core"), { status: "affected" })], image, on(component))).toMatchObject({ kind: "kept", used: [{}] });
    expect(read([says(named("org.other/core"))], image, on(component))).toMatchObject({ kind: "unmentioned" });
  });

  it("is told by both", () => {
    expect(read([says(named("org.acme/core"))], image, on(component))).toMatchObject({ kind: "suppressed" });
  });
});

it("takes a part without a name for a part: what is said of it silences nothing else, and warns of everything", () => {
  const part = { ...product(digest), subcomponents: [""] };
  expect(read([says(part)])).toMatchObject({ kind: "unmentioned" });
  expect(read([says(part, { status: "affected" })])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
});

describe("a package whose name has a slash in it", () => {
  const [slashed, plain] = ["pkg:generic/a/b%2Fc@1", "pkg:generic/a/b/c@1"];

  it("is another than the one in a longer namespace", () => {
    for (const [named, found] of [
      [slashed, plain],
      [plain, slashed],
    ] as const) {
      expect(read([says(product(named))], image, finding(found)).kind).toBe("unmentioned");
      expect(read([says(product(digest, [named]))], image, finding(found)).kind).toBe("unmentioned");
      expect(read([says(product(named))], image, finding(named))).toMatchObject({ kind: "suppressed" });
    }
  });

  it("is another than one with a space in its version", () => {
    expect(read([says(product("pkg:generic/a@b%201"))], image, finding("pkg:generic/a%20b@1")).kind).toBe("unmentioned");
  });
});
