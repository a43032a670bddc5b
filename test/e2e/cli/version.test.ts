import { expect, it } from "vitest";
import { waybill } from "./waybill.ts";

const ecosystems = [
  "npm",
  "pypi",
  "maven",
  "golang",
  "nuget",
  "gem",
  "deb",
  "rpm",
  "apk",
  "composer",
  "pub",
  "cran",
  "hackage",
  "cargo",
  "conan",
  "alpm",
];

it.each([
  [[], "a command is missing after the verb"],
  [["compar", "1", "2"], "did you mean `compare`?"],
  [["compare", "--ecosystem", "debian", "1", "2"], "did you mean `deb`?"],
  [["compare", "--ecosystem", "mavn", "1", "2"], "did you mean `maven`?"],
  [["compare", "--ecosystem", "NPM", "1.0.0", "2.0.0"], "did you mean `npm`?"],
  [["compare", "--ecosystem", "oci", "1", "2"], "not an ecosystem whose versions have an order"],
  [["compare", "1", "2"], "--ecosystem"],
  [["compare", "--ecosystem", "npm", "1.0.0"], "needs two versions"],
  [["compare", "--ecosystem", "npm", "--batch", "1.0.0"], "the versions are on stdin"],
  [["contains", "vers:npm/<2.0.0|>=1.0.0", "1.0.0"], "did you mean `vers:npm/>=1.0.0|<2.0.0`?"],
  [["contains", ">=1.0.0", "1.0.0"], "is not a VERS string"],
  [["contains", "vers:generic/|1", "1"], "no `|` stands first"],
  [["contains", "vers:NPM/1.0.0", "1.0.0"], "did you mean `vers:npm/1.0.0`?"],
])("refuses %j with a sentence and exit 2", async (words, said) => {
  const ran = await waybill(["version", ...words]);
  expect(ran.err).toContain(said);
  expect(ran.out).toBe("");
  expect(ran.code).toBe(2);
});

it.each([
  ["npm", "1.0.0-rc.1", "1.0.0", "<"],
  ["pypi", "1.0", "1.0.0", "="],
  ["deb", "1:0.1", "9", ">"],
  ["deb", "1.0~rc1", "1.0", "<"],
  ["maven", "1.0-rc1", "1.0.ga", "<"],
  ["alpm", "1.0-1", "1.0", "="],
  ["npm", "1.2", "1.2.0", "?"],
  ["pypi", "1.0-bulbasaur", "1.0", "?"],
])("says of %s how %s and %s stand: %s", async (ecosystem, a, b, sign) => {
  expect(await waybill(["version", "compare", "--ecosystem", ecosystem, a, b])).toEqual({ code: 0, out: `${sign}\n`, err: "" });
});

it("answers a line a line, whatever a line is", async () => {
  const long = `1.0\t1.${"1".repeat(40_000)}`;
  const stdin = `1.0\t1.1\r\n1.1\t1.0\n\n1.0\t1.0.0\nonly\n1\t2\t3\n${long}\n2\t1`;
  const ran = await waybill(["version", "compare", "--ecosystem", "pypi", "--batch"], { stdin });
  expect(ran).toEqual({ code: 0, out: "<\n>\n?\n=\n?\n?\n?\n>\n", err: "" });
  expect(await waybill(["version", "compare", "--ecosystem", "pypi", "--batch"], { stdin: "" })).toEqual({ code: 0, out: "", err: "" });
});

it("orders versions of every ecosystem that the documentation names", async () => {
  for (const ecosystem of ecosystems) {
    const ran = await waybill(["version", "compare", "--ecosystem", ecosystem, "--batch"], {
      stdin: "1.0.0\t1.0.10\n1.0.10\t1.0.9\n2.0.0\t2.0.0\n",
    });
    expect(ran, ecosystem).toEqual({ code: 0, out: "<\n>\n=\n", err: "" });
  }
});

it("says whether a version lies in a VERS range", async () => {
  const cases = [
    ["vers:npm/>=1.0.0|<2.0.0", "1.5.0", "in", 0],
    ["vers:npm/>=1.0.0|<2.0.0", "2.0.0", "out", 1],
    ["vers:npm/>=1.0.0|<2.0.0", "latest", "?", 3],
    ["vers:tomee/>=8.0.0|<=8.0.1", "8.0.0", "?", 3],
    ["vers:deb/*", "1.0-1", "in", 0],
  ] as const;
  for (const [range, version, out, code] of cases)
    expect(await waybill(["version", "contains", range, version]), range).toEqual({ code, out: `${out}\n`, err: "" });
});

it("has help with examples, and is completed", async () => {
  for (const words of [["version"], ["version", "compare"], ["version", "contains"]]) {
    const help = await waybill([...words, "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("Example");
  }
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = await waybill(["completion", shell]);
    expect(script.out).toContain("compare contains");
  }
});
