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
