/** Names that lead from one CVE to another: what is said of one must not silence the other. */
import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { indexVex, vexDecider } from "./decide.ts";
import { digest, finding, image, now, product, read, statement, vex } from "./fixtures/statements.ts";
import type { VexVerdict } from "./verdict.ts";

const [one, other, shared] = ["CVE-2021-0001", "CVE-2021-0002", "GHSA-xvch-5gv4-984h"];
const says = (vulnerability: string, aliases: readonly string[] = [], rest: DataRecord = {}): DataRecord =>
  statement({ vulnerability, aliases, products: [product(digest)], ...rest });
const elsewhere = (vulnerability: string, aliases: readonly string[]): DataRecord =>
  says(vulnerability, aliases, { status: "affected", products: [product("pkg:npm/elsewhere@1.0.0")] });
const verdict = (statements: readonly DataRecord[], id: string, aliases: readonly string[] = []): VexVerdict =>
  read([vex(...statements)], undefined, finding(undefined, { id, aliases }));

describe("a statement about one CVE says nothing of another", () => {
  it.each<[string, readonly DataRecord[], string, readonly string[]]>([
    ["where statements give both the name of one advisory", [says(one, [shared]), elsewhere(shared, [other])], other, []],
    ["where a statement calls one a name of the other", [says(one), elsewhere(one, [other])], other, []],
    ["where the scanner gives the finding a name that the statement has too", [says(one, [shared])], other, [shared]],
    ["where the scanner takes both for one", [says(one)], other, [one]],
    ["where the finding is of an advisory that covers both", [says(one)], "ALAS-2021-1", [one, other]],
    ["where an advisory without a CVE is given both", [says(one), elsewhere(shared, [one, other])], shared, []],
    [
      "over an advisory that is no name of the finding",
      [says("GHSA-2222-3333-4444", [shared]), elsewhere(shared, [one])],
      other,
      [one, shared],
    ],
  ])("%s", (_name, statements, id, aliases) => {
    expect(verdict(statements, id, aliases)).toMatchObject({ kind: "kept", rejected: [{ why: { kind: "version-unknown" } }] });
  });
});

describe("a statement is about the finding", () => {
  it.each<[string, readonly DataRecord[], string, readonly string[]]>([
    ["that has no CVE, by its CVE and an alias", [says(one, [shared])], shared, []],
    ["by another statement's alias", [says(one), elsewhere(one, [shared])], shared, []],
    ["by the advisory that both name", [says(shared), elsewhere(shared, [one])], other, [shared]],
    ["of several CVEs, where it names each", [says(one, [other])], "ALAS-2021-1", [one, other]],
    ["of several CVEs, by the finding's own name", [says("ALAS-2021-1")], "ALAS-2021-1", [one, other]],
    ["by its CVE, whatever others call the same", [says(one), elsewhere(one, [other])], one, []],
  ])("%s", (_name, statements, id, aliases) => {
    expect(verdict(statements, id, aliases)).toMatchObject({ kind: "suppressed" });
  });
});

it("warns of the other CVE all the same", () => {
  const warning = says(one, [shared], { status: "affected" });
  expect(verdict([warning, says(other, [], { timestamp: "2024-01-01T00:00:00Z" })], other, [shared])).toMatchObject({ kind: "kept" });
});

it("does not heed what those who are trusted less say of names", () => {
  const vendor = { name: "vendor", documents: [vex(says(shared), elsewhere(shared, [one]))] };
  const stranger = { name: "stranger", documents: [vex(elsewhere(one, [other]))] };
  const asked = finding(undefined, { id: one, aliases: [] });
  expect(vexDecider(indexVex([vendor, stranger]), image, { now })(asked)).toMatchObject({ kind: "suppressed", used: [{ by: "vendor" }] });
});
