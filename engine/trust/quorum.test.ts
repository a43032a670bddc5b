import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../language/compile.ts";
import type { Program, Trust } from "../../language/core/ir.ts";
import { closeQuorums, judgeTrusts, type StatementSignature, trustsOf } from "./quorum.ts";

const print = (letter: string) => `sha256:${letter.repeat(64)}`;
const signature = (letter: string): StatementSignature => ({ signer: { kind: "key", fingerprint: print(letter) }, times: [] });

function program(quorums: string): Program {
  const text = `module acme
trust a = key { fingerprint: "${print("a")}" }
trust b = key { fingerprint: "${print("b")}" }
trust c = key { fingerprint: "${print("c")}" }
trust late = key { fingerprint: "${print("d")}", not_after: 2030-01-01 }
${quorums}
`;
  const { value, diagnostics } = compile({ deciding: [{ path: "a.scp", text }], load: () => undefined });
  expect(diagnostics.filter((one) => one.level === "error")).toEqual([]);
  return value;
}

function held(quorums: string, signers: string): readonly string[] {
  return trustsOf(program(quorums), [...signers].map(signature), new Map()).map((key) => key.replace("acme.", ""));
}

it("counts two signatures of one member once", () => {
  expect(held("trust two = 2 of [a, b, c]", "aa")).toEqual(["a"]);
  expect(held("trust two = 2 of [a, b, c]", "ab")).toEqual(["a", "b", "two"]);
});

it("needs every member of `all of`, and one of `any of`", () => {
  const quorums = "trust all_of = all of [a, b, c]\ntrust any_of = any of [b, c]";
  expect(held(quorums, "")).toEqual([]);
  expect(held(quorums, "a")).toEqual(["a"]);
  expect(held(quorums, "ab")).toEqual(["a", "b", "any_of"]);
  expect(held(quorums, "cba")).toEqual(["a", "b", "c", "all_of", "any_of"]);
});

it("counts quorums of quorums", () => {
  const quorums = "trust pair = all of [a, b]\ntrust board = 2 of [pair, c, late]";
  expect(held(quorums, "ac")).toEqual(["a", "c"]);
  expect(held(quorums, "abc")).toEqual(["a", "b", "c", "pair", "board"]);
});

it("counts a signer for every member that accepts it", () => {
  expect(held(`trust same = key { fingerprint: "${print("a")}" }\ntrust two = 2 of [a, same]`, "a")).toEqual(["a", "same", "two"]);
});

it("says that it cannot tell where a member without a verified time would make up the number", () => {
  const judged = judgeTrusts(program("trust two = 2 of [a, b, late]"), ["a", "d"].map(signature), new Map());
  expect(judged.find(({ trust }) => trust === "acme.two")?.acceptance).toEqual({
    kind: "unknown",
    detail: "1 of 2 members signed; of acme.late it cannot be told",
  });
  const short = judgeTrusts(program("trust three = all of [a, b, late]"), ["a", "d"].map(signature), new Map());
  expect(short.find(({ trust }) => trust === "acme.three")?.acceptance).toMatchObject({ kind: "rejected", field: "quorum" });
});

it("gives of several signatures the reason that comes nearest", () => {
  const judged = judgeTrusts(
    program(""),
    [{ signer: { kind: "spiffe", id: "spiffe://x/y", fingerprint: "" }, times: [] }, signature("b")],
    new Map(),
  );
  expect(judged.find(({ trust }) => trust === "acme.a")?.acceptance).toEqual({
    kind: "rejected",
    field: "key",
    expected: print("a"),
    found: print("b"),
  });
});

/** The definition, read off the specification without regard to cost. */
function holds(trusts: readonly Trust[], accepted: ReadonlySet<string>, name: string): boolean {
  const body = trusts.find(({ key }) => key === name)?.body;
  if (accepted.has(name) || body?.kind !== "quorum") return accepted.has(name);
  return new Set(body.members.filter((member) => holds(trusts, accepted, member))).size >= body.threshold;
}

it("agrees with the definition on any quorums of quorums", () => {
  const at = { path: "a.scp", start: 0, end: 0 };
  const programs = fc
    .array(fc.record({ members: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), threshold: fc.nat({ max: 4 }) }), { maxLength: 8 })
    .map((quorums): readonly Trust[] => {
      const names = ["a", "b", "c", "d"];
      return quorums.map(({ members, threshold }, index) => {
        const chosen = [...new Set(members.map((member) => names[member % names.length] ?? "a"))];
        names.push(`q${index}`);
        return { key: `q${index}`, body: { kind: "quorum", members: chosen, threshold: (threshold % chosen.length) + 1 }, at };
      });
    });
  fc.assert(
    fc.property(programs, fc.subarray(["a", "b", "c", "d"]), (trusts, signers) => {
      const accepted = new Set(signers);
      const found = closeQuorums(trusts, accepted);
      expect(trusts.filter(({ key }) => found.has(key))).toEqual(trusts.filter(({ key }) => holds(trusts, accepted, key)));
    }),
  );
});

it("ends on quorums that rest on themselves", () => {
  const at = { path: "a.scp", start: 0, end: 0 };
  const circle: readonly Trust[] = [
    { key: "p", body: { kind: "quorum", members: ["q"], threshold: 1 }, at },
    { key: "q", body: { kind: "quorum", members: ["p", "a"], threshold: 1 }, at },
  ];
  expect([...closeQuorums(circle, new Set())]).toEqual([]);
  expect([...closeQuorums(circle, new Set(["a"]))].sort()).toEqual(["a", "p", "q"]);
});
