import { expect, it } from "vitest";
import { compileText } from "../../test/bench/project.ts";
import { runWithCoverage } from "./coverage.ts";
import { mutants } from "./mutation/program.ts";
import { runMutation } from "./mutation/run.ts";

const policy = `
module acme.intake
enum Age { young < old }
table verdict(age: Age, trusted: Bool) -> Bool {
  | old   | _    -> true
  | young | true -> true
  | young | _    -> false
}
policy intake for package at firewall {
  require many: count(package.install_scripts) <= 2 else warn "{package.name} has many scripts"
  forbid evil: package.malicious or package.name in ["evil", "worse"]
    on missing warn because "nobody has looked yet"
}
`;
const weak = `
test "a quiet package enters" {
  given package { name: "left-pad", malicious: false, install_scripts: [] }
  expect allow
}
`;
const strong = `
${weak}
test "a malicious one does not" {
  given package { name: "left-pad", malicious: true, install_scripts: [] }
  expect deny by intake.evil
}
test "nor one by a bad name" {
  given package { name: "evil", malicious: false, install_scripts: [] }
  expect deny by intake.evil
}
test "nor one by the other" {
  given package { name: "worse", malicious: false, install_scripts: [] }
  expect deny by intake.evil
}
test "one that nobody looked at enters with a warning" {
  given package { name: "left-pad", install_scripts: [] }
  expect warn
}
test "two scripts are few" {
  given package { name: "left-pad", malicious: false, install_scripts: ["a", "b"] }
  expect allow
}
test "three are many" {
  given package { name: "left-pad", malicious: false, install_scripts: ["a", "b", "c"] }
  expect warn by intake.many
}
`;
const everything = (): boolean => true;

it("lists what weak tests would not notice", () => {
  const program = compileText("intake.scp", policy + weak);
  const report = runMutation(program, new Map(), program.tests, everything);
  expect(report.score).toBeLessThan(0.7);
  expect(report.survivors.map((survivor) => survivor.change)).toContain("the clause was dropped");
});

it("finds that strong tests notice everything but the table that no clause reads", () => {
  const program = compileText("intake.scp", policy + strong);
  const report = runMutation(program, new Map(), program.tests, everything);
  expect(report.survivors.map((survivor) => survivor.change)).toEqual(Array.from({ length: 3 }, () => "the row gives another outcome"));
  expect(report.failing).toEqual([]);
});

it("leaves out tests that fail without any fault, and names them", () => {
  const program = compileText("intake.scp", `${policy}test "wrong" { given package { name: "evil" } expect allow }`);
  const report = runMutation(program, new Map(), program.tests, everything);
  expect(report).toMatchObject({ killed: 0, failing: ["wrong"] });
});

it("changes one thing in each mutant, and none in sources that do not count", () => {
  const program = compileText("intake.scp", policy);
  expect([...mutants(program, () => false)]).toEqual([]);
  for (const mutant of mutants(program, everything)) {
    expect(JSON.stringify(mutant.program.policies) === JSON.stringify(program.policies)).toBe(
      JSON.stringify(mutant.program.tables) !== JSON.stringify(program.tables),
    );
  }
});

it("says which outcomes, conditions and rows no test reached", () => {
  const program = compileText("intake.scp", policy + weak);
  const { coverage, results } = runWithCoverage(program, new Map(), program.tests, everything);
  expect(results.every((result) => result.passed)).toBe(true);
  expect(coverage.clauses.map((clause) => [clause.label, clause.outcomes])).toEqual([
    ["many", ["passed"]],
    ["evil", ["passed"]],
  ]);
  expect(coverage.clauses[1]?.gaps.map((gap) => gap.never)).toEqual(["true", "true"]);
  expect(coverage.tables[0]).toMatchObject({ rows: 3 });
  expect(coverage.tables[0]?.unreached.map((row) => row.row)).toEqual([0, 1, 2]);
  expect(coverage.ratio).toBeCloseTo(2 / 7);
});

const vex = `
module acme.exploitability
import waybill.vuln
vex v for finding in image where image.tag != "old" {
  when finding.kev then affected("upgrade")
  when finding.reachable == false then not_affected(vulnerable_code_not_in_execute_path)
  else under_investigation
}
test "exploited" {
  given image { ref: "shop:1" }
  given finding { id: "CVE-2024-21538", kev: true }
  expect affected("upgrade") by v
}
`;

it("says of `vex` which rows decided in no test, and which conditions never went either way", () => {
  const program = compileText("vex.scp", vex);
  const { results, coverage } = runWithCoverage(program, new Map(), program.tests, () => true);
  expect(results.map((result) => result.passed)).toEqual([true]);
  const [one] = coverage.vexes;
  const text = (at: { start: number; end: number }): string => vex.slice(at.start, at.end);
  expect(one?.unreached.map(({ row, at }) => [row, text(at)])).toEqual([
    [1, "when finding.reachable == false then not_affected(vulnerable_code_not_in_execute_path)"],
    [2, "under_investigation"],
  ]);
  expect(one?.gaps.map(({ at, never }) => [text(at), never])).toContainEqual(["finding.reachable == false", "true"]);
  expect(coverage.ratio).toBeCloseTo(1 / 3);
});

it("puts faults into the scope, the rows, their order and their statuses, and says which no test notices", () => {
  const program = compileText("vex.scp", vex);
  const all = [...mutants(program, () => true)];
  expect(all.map((mutant) => mutant.change)).toEqual(
    expect.arrayContaining([
      "`where` was dropped",
      "`!=` became `==`",
      "the row was dropped",
      "`affected` became `fixed`",
      "`not_affected` became `under_investigation`",
      "`==` became `!=`",
      "the row changed places with the one above",
      "`under_investigation` became `fixed`",
    ]),
  );
  const report = runMutation(program, new Map(), program.tests, () => true);
  expect(report.killed).toBeGreaterThan(1);
  expect(report.survivors.map((survivor) => survivor.change)).toContain("`not_affected` became `under_investigation`");
  expect(report.survivors.map((survivor) => survivor.change)).not.toContain("`affected` became `fixed`");
});
