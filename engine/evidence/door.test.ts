import fc from "fast-check";
import { expect, it } from "vitest";
import { admit } from "./door.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (text: string | object, name = "file.json") =>
  admit(bytesOf(typeof text === "string" ? text : JSON.stringify(text)), name, "sha256:00");

const bom = { bomFormat: "CycloneDX", specVersion: "1.5", components: [{ type: "library", name: "a", version: "1" }] };

it("does not guess at a format: it says what the keys looked like and what it reads", async () => {
  const { value, diagnostics } = await open({ foo: 1, bar: { baz: 2 } });
  expect(value).toEqual([]);
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatchObject({
    code: "WB0911",
    message: "cannot tell the format of `file.json`",
    found: "an object with `foo`, `bar`",
    location: { path: "file.json", start: 0 },
  });
  expect(diagnostics[0]?.notes?.[0]).toContain("CycloneDX JSON 1.2 to 1.7");
  expect((await open("[1, 2]")).diagnostics[0]?.found).toBe("a list of 2");
  expect((await open("just some words", "notes.txt")).diagnostics[0]?.code).toBe("WB0911");
});

it.each([
  ["", "x.json", "WB0900", "is empty"],
  ["# nothing here\n", "x.yaml", "WB0900", "is empty"],
  ["\u0000\u0001\u0002", "x.bin", "WB0901", "binary data"],
  ["not json at all", "x.json", "WB0905", "expected a value"],
  ['{"a": 1', "x.json", "WB0905", "never closed"],
  ["a: b: c", "x.yaml", "WB0909", "not valid YAML"],
])("refuses %j as %s with a reason", async (text, name, code, message) => {
  const { value, diagnostics } = await open(text, name);
  expect(value).toEqual([]);
  expect(diagnostics[0]?.code).toBe(code);
  expect(diagnostics[0]?.message).toContain(message);
});

it("says what to do with formats that people give and that are not read", async () => {
  const xml = await open('<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', "bom.xml");
  expect(xml.diagnostics[0]?.notes).toEqual(["it is CycloneDX XML"]);
  expect(xml.diagnostics[0]?.help).toContain("JSON");
  const tags = await open("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n", "bom.spdx");
  expect(tags.diagnostics[0]?.notes).toEqual(["it is SPDX tag-value"]);
});

it("names a version that it does not read, and those that it does", async () => {
  const { diagnostics } = await open({ ...bom, specVersion: "2.0" });
  expect(diagnostics[0]).toMatchObject({ code: "WB0912", pointer: "/specVersion", found: "2.0", expected: "1.2, 1.3, 1.4, 1.5, 1.6, 1.7" });
});

it("points at the place in the text, in JSON and in YAML", async () => {
  const text = JSON.stringify({ ...bom, components: [{ type: "libary", name: "a" }] }, undefined, 2);
  const [json] = (await open(text)).diagnostics;
  expect(text.slice(json?.location?.start, json?.location?.end)).toBe('"libary"');
  const yaml = "bomFormat: CycloneDX\nspecVersion: '1.5'\ncomponents:\n- {type: libary, name: a}\n";
  const [fault] = (await open(yaml, "bom.yaml")).diagnostics;
  expect(fault?.pointer).toBe("/components/0/type");
  expect(yaml.slice(fault?.location?.start, fault?.location?.end)).toBe("libary");
});

it("keeps the digest and the name of the document with what it says", async () => {
  const { value, diagnostics } = await admit(bytesOf(JSON.stringify(bom)), "bom.json", "sha256:abc");
  expect(diagnostics).toEqual([]);
  expect(value[0]?.document).toEqual({ digest: "sha256:abc", name: "bom.json", format: "cyclonedx", predicateType: "waybill.sbom.Bom" });
});

it("reads a file whole or not at all", async () => {
  const { value, diagnostics } = await open(`${JSON.stringify(bom)}\n---\n${JSON.stringify({ ...bom, version: 0 })}\n`, "two.yaml");
  expect(diagnostics.map((d) => d.pointer)).toEqual(["/version"]);
  expect(value).toEqual([]);
});

it("names the parts of a YAML file with several documents", async () => {
  const { value } = await open(`---\n${JSON.stringify(bom)}\n---\n${JSON.stringify({ ...bom, version: 2 })}\n`, "two.yaml");
  expect([...new Set(value.map((piece) => piece.document.name))]).toEqual(["two.yaml#1", "two.yaml#2"]);
});

it("stops reading a file of many broken documents", async () => {
  const { value, diagnostics } = await open(Array.from({ length: 5000 }, (_, i) => `foo: ${i}`).join("\n---\n"), "many.yaml");
  expect(value).toEqual([]);
  expect(diagnostics).toHaveLength(21);
  expect(diagnostics.at(-1)?.message).toBe("4980 more documents of the file were not read");
});

const statement = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "app", digest: { sha256: "AB".repeat(32) } }],
  predicateType: "https://cyclonedx.org/bom",
  predicate: bom,
};

it.each([
  [{ ...statement, _type: "https://in-toto.io/Statement/v9" }, "/_type"],
  [{ ...statement, subject: [] }, "/subject"],
  [{ ...statement, subject: [{ name: "x", digest: {} }] }, "/subject/0"],
  [{ ...statement, subject: [{ name: "app" }] }, "/subject/0"],
  [{ ...statement, subject: "app" }, "/subject"],
  [{ ...statement, predicateType: 3 }, ""],
  [{ ...statement, predicate: null }, ""],
  [{ ...statement, predicate: { ...bom, version: 0 } }, "/predicate/version"],
  [{ ...statement, predicateType: "https://example.com/unheard-of/v1", predicate: { foo: 1 } }, "/predicateType"],
  [{ ...statement, predicateType: "https://slsa.dev/provenance/v1", predicate: { foo: 1 } }, "/predicate"],
  [{ ...statement, predicateType: "https://spdx.dev/Document" }, "/predicate"],
])("refuses a statement that is broken: %#", async (json, pointer) => {
  const { value, diagnostics } = await open(json);
  expect(value).toEqual([]);
  expect(diagnostics[0]?.pointer).toBe(pointer);
});

it("unwraps an in-toto statement: its subjects say what the evidence is about, its pointers start in the predicate", async () => {
  const { value, diagnostics } = await open(statement);
  expect(diagnostics).toEqual([]);
  const digest = `sha256:${"ab".repeat(32)}`;
  expect(value[0]?.about).toEqual([
    { kind: "manifest", digest },
    { kind: "file", digest },
  ]);
  expect(value[0]?.type).toBe("waybill.sbom.Bom");
});

it("does not unwrap statements inside statements without end", async () => {
  let json: object = bom;
  for (let i = 0; i < 60; i++) json = { ...statement, predicate: json };
  const { value, diagnostics } = await open(json);
  expect(value).toEqual([]);
  expect(diagnostics[0]?.code).toBe("WB0915");
});

const encoded = (json: object | string): string => btoa(typeof json === "string" ? json : JSON.stringify(json));
const envelope = (payload: string, payloadType = "application/vnd.in-toto+json") => ({ payloadType, payload, signatures: [] });

it.each([
  [envelope("%%%"), "/payload", "not base64"],
  [envelope(encoded(statement), "text/plain"), "/payloadType", "not `application/vnd.in-toto+json`"],
  [envelope(encoded(bom)), "/payload", "no in-toto statement"],
  [envelope(encoded('{"_type": 1, "_type": 2}')), "/payload", "given twice"],
  [envelope(encoded({ ...statement, predicate: { ...bom, version: 0 } })), "/payload/predicate/version", "must be >= 1"],
  [envelope(encoded({ ...statement, predicate: envelope("") })), "/payload/predicate", "an attestation again"],
  [{ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", dsseEnvelope: envelope("%") }, "/dsseEnvelope/payload", "not base64"],
])("refuses an envelope that is broken, with a place in the file: %#", async (json, pointer, message) => {
  const { value, diagnostics } = await open(json);
  expect(value).toEqual([]);
  expect(diagnostics[0]?.pointer).toBe(pointer);
  expect(diagnostics[0]?.message).toContain(message);
  expect(diagnostics[0]?.location?.end).toBeGreaterThan(0);
});

it("opens DSSE envelopes and Sigstore bundles, whose signatures say nothing yet", async () => {
  for (const json of [
    envelope(encoded(statement)),
    { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", dsseEnvelope: envelope(encoded(statement)) },
  ]) {
    const { value, diagnostics } = await open(json);
    expect(diagnostics).toEqual([]);
    expect(value[0]?.type).toBe("waybill.sbom.Bom");
    expect(value[0]?.about).toHaveLength(2);
  }
});

it("says which part of a document it would read", async () => {
  const { diagnostics } = await open({ attestations: [{ signatures: [], statement }] });
  expect(diagnostics[0]?.help).toBe("`/attestations/0/statement` is of a format that is read: give it as a file of its own");
});

it("advises only what would be read: not a predicate, a version or a shape that is refused", async () => {
  const attestations = (...all: readonly object[]) => ({ attestations: all.map((one) => ({ signatures: [], statement: one })) });
  const provenance = { ...statement, predicateType: "https://slsa.dev/provenance/v0.2", predicate: { builder: {} } };
  for (const unread of [
    provenance,
    { ...statement, subject: [] },
    { ...statement, predicate: { ...bom, specVersion: "9.9" } },
    { ...statement, predicate: { ...bom, components: 3 } },
  ]) {
    const { diagnostics } = await open(attestations(unread));
    expect(diagnostics[0]?.code).toBe("WB0911");
    expect(diagnostics[0]?.help).toBeUndefined();
  }
  const { diagnostics } = await open(attestations(provenance, statement));
  expect(diagnostics[0]?.help).toContain("`/attestations/1/statement`");
});

it("never throws: whatever the bytes, there is evidence or a reason", async () => {
  const start = fc.constantFrom("", "{", "[", "a: ", "---\n", '{"bomFormat":"CycloneDX",', '{"payloadType":"x","payload":"', "\uFEFF{");
  const name = fc.constantFrom("x.json", "x.yaml", "x");
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), fc.string({ maxLength: 40 }), name, async (head, bytes, tail, file) => {
      const whole = new Uint8Array([...bytesOf(head), ...bytes, ...bytesOf(tail)]);
      const { value, diagnostics } = await admit(whole, file, "sha256:00");
      expect(value.length > 0 || diagnostics.some((d) => d.level === "error")).toBe(true);
    }),
    { numRuns: 1000 },
  );
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      const { value, diagnostics } = await open(text);
      expect(value.length > 0 || diagnostics.some((d) => d.level === "error")).toBe(true);
    }),
    { numRuns: 300 },
  );
});
