import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, type DataValue, Known, Lack, OpenList } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { joinFindings } from "./findings.ts";
import { recordOf } from "./raw.ts";

const bom = (components: DataValue, root?: DataRecord): DataRecord => ({ components, root });
const scan = (findings: DataValue): DataRecord => ({ findings });
const component = (purl: string, rest: DataRecord = {}): DataRecord => ({ id: purl, name: "x", purl, ...rest });
const finding = (purl: string | undefined, rest: DataRecord = {}): DataRecord => ({
  id: "CVE-2024-0001",
  component: { name: "x", purl },
  ...rest,
});

function items(value: readonly DataValue[] | OpenList): readonly DataRecord[] {
  return (value instanceof OpenList ? value.items : value).map((item) => recordOf(item) ?? {});
}

function joinOne(componentPurl: string, findingPurl: string): DataRecord {
  const [first] = items(joinFindings(bom([component(componentPurl)]), scan([finding(findingPurl)])).findings);
  return recordOf(first?.["component"]) ?? {};
}

describe("a finding that matches no component", () => {
  it("stays, its component's presence missing, and is counted", () => {
    const joined = joinFindings(bom([component("pkg:npm/a@1.0.0")]), scan([finding("pkg:npm/b@1.0.0"), finding("pkg:npm/a@1.0.0")]));
    expect([joined.matched, joined.unmatched]).toEqual([1, 1]);
    const [lost, found] = items(joined.findings);
    expect(recordOf(lost?.["component"])?.["present"]).toEqual(
      new Lack("missing", "no component of the SBOM has the purl and version of the finding"),
    );
    expect(recordOf(found?.["component"])?.["present"]).toBe(true);
  });

  it("keeps what the scanner said of the component", () => {
    const [lost] = items(joinFindings(bom([]), scan([finding("pkg:npm/b@1.0.0")])).findings);
    expect(recordOf(lost?.["component"])).toMatchObject({ name: "x", purl: "pkg:npm/b@1.0.0" });
  });

  it("is told apart from one without a purl, and from one whose purl cannot be read", () => {
    const joined = joinFindings(bom([component("pkg:npm/a@1.0.0")]), scan([finding(undefined), finding("npm:a@1.0.0")]));
    const details = items(joined.findings).map((one) => recordOf(one["component"])?.["present"]);
    expect(details).toEqual(Array(2).fill(new Lack("missing", "the finding names no purl to look up in the SBOM")));
  });

  it("has the cause of a look-up of components that failed, not the word that there is none", () => {
    const failed = new OpenList([], true, [new Lack("transient", "registry timed out")]);
    const [lost] = items(joinFindings(bom(failed), scan([finding("pkg:npm/a@1.0.0")])).findings);
    expect(recordOf(lost?.["component"])?.["present"]).toEqual(new Lack("transient", "registry timed out"));
  });

  it("is passed on as it stands where it is no record", () => {
    const joined = joinFindings(bom([]), scan([null, 7]));
    expect(joined.findings).toEqual([null, 7]);
    expect(joined.unmatched).toBe(2);
  });
});

describe("openness", () => {
  it("of the joined list is the scan's", () => {
    const open = new OpenList([finding("pkg:npm/a@1.0.0")], true, [new Lack("transient", "the database failed")]);
    const { findings } = joinFindings(bom([component("pkg:npm/a@1.0.0")]), scan(open));
    expect(findings).toMatchObject({ undeclared: true, lacks: [new Lack("transient", "the database failed")] });
  });

  it("of an SBOM that does not declare completeness does not open the findings", () => {
    const { findings } = joinFindings(bom(new OpenList([], true)), scan([finding("pkg:npm/a@1.0.0")]));
    expect(findings).toBeInstanceOf(Array);
  });

  it("of components that are absent or no list opens the findings as malformed", () => {
    for (const components of [undefined, null, "all of them", { a: 1 } as DataRecord]) {
      expect(joinFindings(bom(components), scan([])).findings).toMatchObject({ lacks: [{ cause: "malformed" }] });
    }
    expect(joinFindings(bom(new Lack("transient", "no answer")), scan([])).findings).toMatchObject({ lacks: [{ cause: "transient" }] });
  });

  it("of findings that are absent is malformed", () => {
    expect(joinFindings(bom([]), scan(undefined)).findings).toMatchObject({ items: [], lacks: [{ cause: "malformed" }] });
  });
});

describe("matching", () => {
  it.each([
    ["another type", "pkg:npm/a@1", "pkg:pypi/a@1"],
    ["another namespace", "pkg:maven/org.x/a@1", "pkg:maven/org.y/a@1"],
    ["another version", "pkg:npm/a@1.0.0", "pkg:npm/a@1.0.1"],
    ["a component without version", "pkg:npm/a", "pkg:npm/a@1.0.0"],
    ["another architecture", "pkg:deb/debian/a@1?arch=amd64", "pkg:deb/debian/a@1?arch=arm64"],
    ["another distribution", "pkg:deb/debian/a@1?distro=debian-11", "pkg:deb/debian/a@1?distro=debian-12"],
    ["a release whose number begins alike", "pkg:deb/debian/a@1?distro=debian-1", "pkg:deb/debian/a@1?distro=debian-12"],
    ["another epoch", "pkg:deb/debian/a@1:1.0", "pkg:deb/debian/a@2:1.0"],
  ])("refuses %s", (_name, component, finding) => {
    expect(joinOne(component, finding)["present"]).toBeInstanceOf(Lack);
  });

  it.each([
    ["purls in another spelling", "pkg:pypi/Foo_Bar@1.0", "pkg:pypi/foo-bar@1.0"],
    ["an architecture on one side", "pkg:deb/debian/a@1", "pkg:deb/debian/a@1?arch=arm64"],
    ["a distribution with fewer digits", "pkg:deb/debian/a@1?distro=debian-10", "pkg:deb/debian/a@1?distro=debian-10.13"],
    ["Red Hat's two names", "pkg:rpm/redhat/a@1-2?distro=rhel-8.4", "pkg:rpm/redhat/a@1-2?distro=redhat-8.4"],
    ["an epoch as qualifier", "pkg:deb/debian/a@2:1.0-1", "pkg:deb/debian/a@1.0-1?epoch=2"],
    ["an epoch of 0", "pkg:rpm/redhat/a@1-2?epoch=0", "pkg:rpm/redhat/a@1-2"],
    ["a Go version without its v", "pkg:golang/example.com/a@v1.2.3", "pkg:golang/example.com/a@1.2.3"],
    ["other qualifiers", "pkg:npm/a@1?package-id=77", "pkg:npm/a@1"],
  ])("sees through %s", (_name, component, finding) => {
    expect(joinOne(component, finding)["present"]).toBe(true);
  });

  it("takes the version of the record where the purl has none", () => {
    const versionless = { ...component("pkg:npm/a"), version: "1.2.3" };
    const [one] = items(joinFindings(bom([versionless]), scan([finding("pkg:npm/a", { installed: "1.2.3" })])).findings);
    expect(recordOf(one?.["component"])?.["present"]).toBe(true);
  });

  it("gives the finding the SBOM's component, whatever the scanner says of its licence or presence", () => {
    const claimed = finding("pkg:npm/a@1.0.0", { component: { purl: "pkg:npm/a@1.0.0", license: "MIT", present: false } });
    const [one] = items(joinFindings(bom([component("pkg:npm/a@1.0.0", { license: "GPL-2.0-only" })]), scan([claimed])).findings);
    expect(recordOf(one?.["component"])).toMatchObject({ license: "GPL-2.0-only", present: true });
  });

  it("leaves a component absent that the SBOM calls absent", () => {
    const [one] = items(joinFindings(bom([component("pkg:npm/a@1.0.0", { present: false })]), scan([finding("pkg:npm/a@1.0.0")])).findings);
    expect(recordOf(one?.["component"])?.["present"]).toBe(false);
  });

  it("finds the root component", () => {
    const [one] = items(
      joinFindings(bom([], component("pkg:golang/example.com/app@v1.0.0")), scan([finding("pkg:golang/example.com/app@v1.0.0")])).findings,
    );
    expect(recordOf(one?.["component"])?.["present"]).toBe(true);
  });

  it("reads what tests give in run-time form", () => {
    const parsed = parsePurl("pkg:npm/a@1.0.0");
    if (!parsed.ok) throw new Error(parsed.problem);
    const given = { component: { purl: new Known(parsed.value) } };
    const [one] = items(joinFindings(bom(new Known([component("pkg:npm/a@1.0.0")])), scan([given])).findings);
    expect(recordOf(one?.["component"])?.["present"]).toBe(true);
  });
});

describe("components that share a purl", () => {
  it("cannot hide one another: what they disagree on is not known", () => {
    const joined = joinFindings(
      bom([
        component("pkg:npm/a@1.0.0", { direct: false, optional: true, supplier: "good", license: "MIT" }),
        component("pkg:npm/a@1.0.0", { direct: true, supplier: "evil", license: "MIT" }),
        component("pkg:npm/a@1.0.0", { present: false, direct: false, supplier: "good", license: "MIT" }),
      ]),
      scan([finding("pkg:npm/a@1.0.0")]),
    );
    const [one] = items(joined.findings);
    expect(recordOf(one?.["component"])).toMatchObject({
      present: true,
      direct: true,
      optional: false,
      license: "MIT",
      supplier: { cause: "conflict" },
    });
  });

  it("of which only one says its licence leave it missing", () => {
    const joined = joinFindings(
      bom([component("pkg:npm/a@1.0.0"), component("pkg:npm/a@1.0.0", { license: "MIT" })]),
      scan([finding("pkg:npm/a@1.0.0")]),
    );
    expect(recordOf(items(joined.findings)[0]?.["component"])?.["license"]).toMatchObject({ cause: "missing" });
  });

  it("are told apart by architecture where the finding gives one", () => {
    const components = ["amd64", "arm64"].map((arch) => component(`pkg:deb/debian/a@1?arch=${arch}`, { supplier: arch }));
    const joined = joinFindings(bom(components), scan([finding("pkg:deb/debian/a@1?arch=arm64"), finding("pkg:deb/debian/a@1")]));
    const [exact, either] = items(joined.findings).map((one) => recordOf(one["component"])?.["supplier"]);
    expect(exact).toBe("arm64");
    expect(either).toMatchObject({ cause: "conflict" });
  });

  it("may refer to each other in a circle", () => {
    const first: Record<string, DataValue> = { ...component("pkg:npm/a@1.0.0") };
    const second: Record<string, DataValue> = { ...component("pkg:npm/a@1.0.0"), dependencies: [first] };
    first["dependencies"] = [second];
    const [one] = items(joinFindings(bom([first, second]), scan([finding("pkg:npm/a@1.0.0")])).findings);
    expect(recordOf(one?.["component"])?.["dependencies"]).toBeInstanceOf(OpenList);
  });
});

it("joins as the definition says, on any components and findings", () => {
  const purls = fc
    .record({
      type: fc.constantFrom("deb", "rpm"),
      name: fc.constantFrom("a", "b"),
      version: fc.constantFrom("", "@1", "@2"),
      arch: fc.constantFrom(undefined, "amd64", "arm64"),
      distro: fc.constantFrom(undefined, "debian-12", "debian-12.4", "debian-11"),
    })
    .map(({ type, name, version, arch, distro }) => {
      const query = [arch && `arch=${arch}`, distro && `distro=${distro}`].filter((pair) => pair !== undefined).join("&");
      return { type, name, version, arch, distro, purl: `pkg:${type}/debian/${name}${version}${query === "" ? "" : `?${query}`}` };
    });
  const near = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || a === b || `${a}`.startsWith(`${b}.`) || `${b}`.startsWith(`${a}.`);
  fc.assert(
    fc.property(fc.array(purls, { maxLength: 12 }), fc.array(purls, { maxLength: 12 }), (components, findings) => {
      const joined = joinFindings(bom(components.map(({ purl }) => component(purl))), scan(findings.map(({ purl }) => finding(purl))));
      const present = items(joined.findings).map((one) => recordOf(one["component"])?.["present"] === true);
      const expected = findings.map((f) =>
        components.some(
          (c) =>
            c.type === f.type &&
            c.name === f.name &&
            c.version === f.version &&
            (!c.arch || !f.arch || c.arch === f.arch) &&
            near(c.distro, f.distro),
        ),
      );
      expect(present).toEqual(expected);
      expect(joined.matched).toBe(expected.filter(Boolean).length);
    }),
    { numRuns: 500 },
  );
});

describe("200,000 components and 200,000 findings are one pass, which would not end if each were compared with each", () => {
  const count = 200_000;
  it.each<[string, (i: number) => string]>([
    ["where each is a package of its own", (i) => `pkg:npm/p${i}@1.0.0`],
    ["where every purl is the same", () => "pkg:npm/a@1.0.0"],
    ["where they differ in the distribution", (i) => `pkg:deb/debian/a@1?distro=d${i}`],
    [
      "where they differ in the distribution or the architecture",
      (i) => (i % 2 ? `pkg:deb/debian/a@1?distro=d${i}` : `pkg:deb/debian/a@1?arch=x${i}`),
    ],
  ])(
    "%s",
    (_name, purlOf) => {
      const left = bom(Array.from({ length: count }, (_, i) => component(purlOf(i))));
      const right = scan(Array.from({ length: count }, (_, i) => finding(purlOf(i))));
      expect(joinFindings(left, right).matched).toBe(count);
    },
    120_000,
  );
});

describe("components that a finding cannot tell apart", () => {
  const read = (field: string, ...values: readonly DataValue[]): DataValue => {
    const components = values.map((value) => component("pkg:npm/a@1.0.0", { [field]: value }));
    const [first] = items(joinFindings(bom(components), scan([finding("pkg:npm/a@1.0.0")])).findings);
    return recordOf(first?.["component"])?.[field];
  };
  const missing = new Lack("missing", "nobody says");
  const failed = new Lack("transient", "no answer");

  it("disagree where two say different things, also if a third says nothing", () => {
    for (const values of [
      ["x", "y", undefined],
      ["x", undefined, "y"],
      [missing, "x", "y"],
    ])
      expect(read("supplier", ...values)).toMatchObject({ cause: "conflict" });
    expect(read("supplier", "x", "x", undefined)).toMatchObject({ cause: "missing" });
  });

  it("disagree whatever their variants are, also where they are very many", () => {
    const variants = [
      ["x", "?distro=debian-12"],
      ["y", ""],
      [undefined, ""],
    ] as const;
    for (const times of [1, 100]) {
      const components = Array.from({ length: times }, () => variants).flat();
      const all = components.map(([supplier, rest]) => component(`pkg:deb/debian/a@1.0.0${rest}`, { supplier }));
      const [first] = items(joinFindings(bom(all), scan([finding("pkg:deb/debian/a@1.0.0")])).findings);
      expect(recordOf(first?.["component"])?.["supplier"]).toMatchObject({ cause: "conflict" });
    }
  });

  it.each(["present", "direct", "optional"])("do not say of a look-up that failed that nobody says whether they are %s", (field) => {
    const rest = field === "optional";
    expect(read(field, missing, failed, rest)).toEqual(failed);
    expect(read(field, failed, missing, rest)).toEqual(failed);
  });
});
