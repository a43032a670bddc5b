import { expect, it } from "vitest";
import { parse } from "../../../language/syntax/parse.ts";
import { testGroups } from "./test-groups.ts";

const module = (path: string, text: string) => parse({ path, text }).value;
const policy = "policy p for image {\n  require true\n}\n";
const test = 'test "t" {\n  given image { ref: "x" }\n  expect allow\n}\n';

it("lets a file's own policies decide in its tests, and not those of its neighbours", () => {
  const groups = testGroups([module("a.scp", `module a\n${policy}${test}`), module("b.scp", `module b\n${policy}${test}`)]);
  expect(groups).toEqual([
    { deciding: ["a.scp"], tested: ["a.scp"], counted: ["a.scp"] },
    { deciding: ["b.scp"], tested: ["b.scp"], counted: ["b.scp"] },
  ]);
});

it("lets policies decide in the tests of a file that imports them", () => {
  const groups = testGroups([module("a.scp", `module a\n${policy}`), module("a.test.scp", `module a_test\nimport a\n${test}`)]);
  expect(groups).toEqual([{ deciding: ["a.test.scp", "a.scp"], tested: ["a.test.scp"], counted: ["a.test.scp", "a.scp"] }]);
});

it("joins two test files of the same policies, so that each clause is measured once by both", () => {
  const groups = testGroups([
    module("a.scp", `module a\n${policy}`),
    module("one.scp", `module one\nimport a\n${test}`),
    module("two.scp", `module two\nimport a\n${test}`),
  ]);
  expect(groups).toHaveLength(1);
  expect([...(groups[0]?.tested ?? [])].sort()).toEqual(["one.scp", "two.scp"]);
});

it("counts a file that tests itself in its own group only", () => {
  const groups = testGroups([module("a.scp", `module a\n${policy}${test}`), module("b.scp", `module b\nimport a\n${policy}${test}`)]);
  expect(groups.map((group) => group.counted)).toEqual([["a.scp"], ["b.scp"]]);
});

it("keeps policies that nobody tests, so that coverage can say so", () => {
  expect(testGroups([module("a.scp", `module a\n${policy}`)])).toEqual([{ deciding: ["a.scp"], tested: [], counted: ["a.scp"] }]);
});
