import { expect, it } from "vitest";
import { compileText } from "../../test/bench/project.ts";
import { runTest, TestPrograms, type TestResult } from "./testing.ts";

const policy = `
module acme.shop
import waybill.sbom, waybill.slsa
trust release = spiffe { id: "spiffe://acme.example/release" }
trust security = spiffe { id: "spiffe://acme.example/security" }
trust either = any of [release, security]
trust both = all of [release, security]
input level: Int = 3
policy shop for image at [admission, ci] where image.namespace == "prod" {
  let provenance = attestation slsa.Provenance by release
  require built: provenance.build.level >= slsa.L3
  forbid old: level > 5 else warn "too much is asked"
}
policy believed for artifact at ci { require listed: (attestation sbom.Bom by either).format == "cyclonedx" }
waive shop.built where image.repository == "ghcr.io/acme/old" until 2026-12-31 because "sunset" approved by security
`;

function run(test: string): TestResult {
  const program = compileText("shop.scp", `${policy}\ntest "it" {\n${test}\n}`);
  const [first] = program.tests;
  if (first === undefined) throw new Error("no test");
  return runTest(new TestPrograms(program), first);
}

const image = 'given image { ref: "ghcr.io/acme/shop@sha256:*", namespace: "prod" }';

it("passes where the decision is what is expected, at every point of the policies", () => {
  const result = run(
    `${image}\n given attestation slsa.Provenance by release { build: { level: slsa.L3 } }\n with point = admission\n expect allow`,
  );
  expect(result).toMatchObject({ passed: true, failures: [] });
  expect(result.decisions.map((decision) => decision.point)).toEqual(["admission"]);
});

it("takes everything that is not given for absent, and says what was found instead", () => {
  const result = run(`${image}\n with point = admission\n expect allow`);
  expect(result.failures).toMatchObject([{ message: "the decision is another one at `admission`", expected: "allow" }]);
  expect(result.failures[0]?.found).toBe("deny (undecided): shop.built undecided");
  expect(run(`${image}\n with point = admission\n expect undecided missing by shop.built`).passed).toBe(true);
  expect(run(`${image}\n with point = admission\n expect undecided transient by shop.built`).passed).toBe(false);
});

it("asks of `deny by` that the clause itself denies", () => {
  expect(run(`${image}\n with point = admission\n expect deny by shop.built`).passed).toBe(true);
  const other = run(`${image}\n with point = admission\n expect deny by shop.old`);
  expect(other.failures).toMatchObject([{ message: "`acme.shop.shop.old` did not decide it at `admission`", found: "allow (passed)" }]);
});

it("lets a look-up fail, which is not the same as absence", () => {
  const result = run(
    `${image}\n given slsa.Provenance unknown transient\n with point = admission\n expect undecided transient by shop.built`,
  );
  expect(result.passed).toBe(true);
  expect(result.decisions[0]?.reason).toBe("fault");
});

it("has no time without `with clock`: dated waivers count as ended", () => {
  const old = 'given image { ref: "ghcr.io/acme/old:1", namespace: "prod" }\n with point = admission';
  expect(run(`${old}\n expect deny by shop.built`).passed).toBe(true);
  expect(run(`${old}\n with clock = 2026-11-21T00:00Z\n expect allow`).passed).toBe(true);
  expect(run(`${old}\n with clock = 2027-01-01T00:00Z\n expect deny`).passed).toBe(true);
});

it("sets inputs for one test", () => {
  expect(
    run(
      `${image}\n with acme.shop.level = 6\n with point = admission\n given attestation slsa.Provenance by release { build: { level: slsa.L3 } }\n expect warn by shop.old`,
    ).passed,
  ).toBe(true);
});

it("believes a signer under every declaration that accepts it, and no other", () => {
  const bom = (trust: string): TestResult =>
    run(
      `given image { ref: "ghcr.io/acme/shop:1", namespace: "dev" }\n given attestation sbom.Bom by ${trust} { format: "cyclonedx" }\n with point = ci\n expect allow`,
    );
  expect([bom("release"), bom("security"), bom("both"), bom("either")].map((result) => result.passed)).toEqual([true, true, true, true]);
  const provenance = (trust: string, more = ""): TestResult =>
    run(
      `${image}\n given attestation slsa.Provenance by ${trust} { build: { level: slsa.L3 } }\n ${more}\n with point = admission\n expect allow`,
    );
  expect([provenance("release"), provenance("both"), provenance("either"), provenance("security")].map((result) => result.passed)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(provenance("security", "with release = security").passed).toBe(true);
});

it("says why a test cannot be run", () => {
  expect(run("expect allow").failures[0]?.message).toBe("no `given` says what is judged");
  expect(run('given image { ref: "a" }\n with point = ci\n expect allow').failures[0]?.message).toContain("`given image.namespace = …`");
});

it("gives attestations about the subject, signed at the test's clock", () => {
  const attested = `
module acme.newest
import waybill.slsa
trust release = spiffe { id: "spiffe://acme.example/release" }
policy newest_built for image at ci {
  let newest_one = newest attestation slsa.Provenance by release
  let same       = attestation slsa.Provenance by release about image.digest
  require latest: newest_one.build.level >= slsa.L3
  require same: same.build.level >= slsa.L3
}`;
  const runs = (test: string): TestResult => {
    const program = compileText("newest.scp", `${attested}\ntest "it" {\n${test}\n}`);
    const [first] = program.tests;
    if (first === undefined) throw new Error("no test");
    return runTest(new TestPrograms(program), first);
  };
  const ref = 'given image { ref: "ghcr.io/acme/shop@sha256:*" }';
  const level3 = "given attestation slsa.Provenance by release { build: { level: slsa.L3 } }";
  const clock = "with clock = 2026-11-21T00:00Z";
  expect(runs(`${clock}\n${ref}\n${level3}\nexpect allow`).failures).toEqual([]);
  expect(runs(`${clock}\n${ref}\n${level3}\n${level3}\nexpect undecided conflict by newest_built.latest`).failures).toEqual([]);
  expect(runs(`${ref}\n${level3}\nexpect undecided missing by newest_built.latest`).failures).toEqual([]);
});

it("gives evidence about what a test names, which is not about the subject", () => {
  const source = `
module acme.based
import waybill.image, waybill.slsa
trust release = key { file: "a.pub" }
let golden: Digest = "sha256:${"ba5e".repeat(16)}"
policy based for image at ci {
  let base = attestation slsa.Provenance by release about golden
  let own  = attestation slsa.Provenance by release
  require base: base.build.level >= slsa.L3
  require own: own.build.level >= slsa.L2
}`;
  const runs = (test: string): TestResult => {
    const program = compileText("based.scp", `${source}\ntest "it" {\n${test}\n}`);
    const [first] = program.tests;
    if (first === undefined) throw new Error("no test");
    return runTest(new TestPrograms(program), first);
  };
  const ref = 'given image { ref: "ghcr.io/acme/shop@sha256:*" }';
  const at = (about: string, level: string) => `given attestation slsa.Provenance by release${about} { build: { level: slsa.${level} } }`;
  const base = ` about "sha256:${"ba5e".repeat(16)}"`;
  expect(runs(`${ref}\n${at(base, "L3")}\n${at("", "L2")}\nexpect allow`).failures).toEqual([]);
  expect(runs(`${ref}\n${at(" about golden", "L3")}\n${at("", "L2")}\nexpect allow`).failures).toEqual([]);
  expect(runs(`${ref}\n${at(base, "L2")}\n${at("", "L3")}\nexpect deny by based.base`).failures).toEqual([]);
  // What is about the base says nothing of the subject, and the reverse.
  expect(runs(`${ref}\n${at(base, "L3")}\nexpect undecided missing by based.own`).failures).toEqual([]);
  expect(runs(`${ref}\n${at("", "L3")}\nexpect undecided missing by based.base`).failures).toEqual([]);
  expect(runs(`${ref}\n${at(` about "sha256:*"`, "L3")}\nexpect undecided missing by based.base`).failures).toEqual([]);
  // The digest of the subject, written out, is the subject.
  expect(runs(`${ref}\n${at(base, "L3")}\n${at(` about "sha256:*"`, "L2")}\nexpect allow`).failures).toEqual([]);
  expect(() => runs(`${ref}\n${at(` about "nginx:1"`, "L3")}\nexpect allow`)).toThrow("`nginx` is not a digest algorithm");
});

const declarations = `
module acme.exploitability
import waybill.vuln
vex a for finding in image where image.repository == "ghcr.io/acme/shop" {
  when finding.kev then affected("upgrade {finding.component.name}")
  when finding.reachable == false then not_affected(vulnerable_code_not_in_execute_path, "not called")
  else under_investigation
}
vex b for finding in image {
  when finding.severity == low then fixed
  else affected("look")
}
`;

function said(test: string): TestResult {
  const program = compileText("vex.scp", `${declarations}\ntest "it" {\n${test}\n}`);
  const [first] = program.tests;
  if (first === undefined) throw new Error("no test");
  return runTest(new TestPrograms(program), first);
}

const shop = 'given image { ref: "ghcr.io/acme/shop@sha256:*" }';

it("asks `vex` declarations for a status, and says what was found and what it waits for", () => {
  const unreached = `${shop}\n given finding { id: "CVE-2024-21538", kev: false, reachable: false, component: { name: "x" } }`;
  expect(said(`${unreached}\n expect not_affected(vulnerable_code_not_in_execute_path, "not called") by a`).passed).toBe(true);
  expect(said(`${unreached}\n expect not_affected(vulnerable_code_not_in_execute_path) by a`).passed).toBe(true);
  expect(said(`${unreached}\n expect not_affected(component_not_present) by a`).failures).toMatchObject([
    {
      message: "the status is another one",
      expected: "not_affected(component_not_present)",
      found: 'not_affected(vulnerable_code_not_in_execute_path, "not called")',
    },
  ]);
  const unknown = `${shop}\n given finding { id: "CVE-2024-21538", reachable: false, component: { name: "x" } }`;
  expect(said(`${unknown}\n expect not_affected(vulnerable_code_not_in_execute_path) by a`).failures[0]?.found).toBe(
    "under_investigation (not decided: `finding.kev`)",
  );
  expect(said(`${unknown}\n expect affected("look") by b\n expect under_investigation by a`).passed).toBe(true);
});

it("asks all declarations together where none is named, and shows that they disagree", () => {
  const finding = 'given finding { id: "CVE-2024-21538", kev: true, severity: low, component: { name: "x" } }';
  expect(said(`${shop}\n ${finding}\n expect fixed`).failures[0]?.found).toBe(
    "under_investigation (`acme.exploitability.b` and `acme.exploitability.a` disagree)",
  );
  expect(said(`given image { ref: "ghcr.io/acme/other@sha256:*" }\n ${finding}\n expect fixed`).passed).toBe(true);
});

it("asks of each finding of the evidence, and of none nothing", () => {
  const scan = (findings: string): string => `${shop}\n given attestation vuln.Scan claimed { findings: [${findings}] }`;
  const one = (kev: boolean): string => `{ id: "CVE-2024-2153${kev ? 8 : 9}", kev: ${kev}, component: { name: "x" } }`;
  expect(said(`${scan(one(true))}\n expect affected("upgrade x") by a`).passed).toBe(true);
  expect(said(`${scan(`${one(true)}, ${one(false)}`)}\n expect affected("upgrade x") by a`).passed).toBe(false);
  expect(said(`${scan("")}\n expect affected("upgrade x") by a`).failures[0]?.message).toContain("there is no finding");
  expect(
    said(`given image { ref: "ghcr.io/acme/other@sha256:*" }\n given finding { id: "CVE-2024-21538" }\n expect under_investigation by a`)
      .failures,
  ).toMatchObject([{ message: "`acme.exploitability.a` did not speak", found: "no status" }]);
});

it("compares versions of a test that stand beside a purl as its ecosystem does", () => {
  const policy = `module acme.v\nimport waybill.vuln\nvex v for finding in artifact {\n when finding.installed >= finding.first_fixed then fixed\n when finding.installed in finding.fixed_range then fixed\n else under_investigation\n}`;
  const of = (finding: string, status: string): boolean => {
    const program = compileText(
      "v.scp",
      `${policy}\ntest "it" {\n given artifact { name: "x" }\n given finding ${finding}\n expect ${status}\n}`,
    );
    return program.tests.every((test) => runTest(new TestPrograms(program), test).passed);
  };
  const component = (purl: string): string => `component: { purl: ${purl} }`;
  expect(of(`{ installed: "1.10.0", first_fixed: "1.9.0", ${component("pkg:npm/x@1.10.0")} }`, "fixed")).toBe(true);
  expect(of(`{ installed: "1.9.0", first_fixed: "1.10.0", ${component("pkg:npm/x@1.9.0")} }`, "under_investigation")).toBe(true);
  expect(of(`{ installed: "1.9.0", fixed_range: ">=1.8.0", ${component("pkg:npm/x@1.9.0")} }`, "fixed")).toBe(true);
  expect(of('{ installed: "1.10.0", first_fixed: "1.9.0", component: { name: "x" } }', "under_investigation")).toBe(true);
});
