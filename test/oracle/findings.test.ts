/**
 * `vuln.findings(bom, scan)` against reading each finding beside each component (library.md, "Findings"): joined by purl type,
 * namespace, name and version, then by `arch` and `distro` where both give them. Purls are read by another parser.
 */
import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { expect, it } from "vitest";
import { joinFindings } from "../../engine/evaluate/intrinsics/findings.ts";
import { membersOf, recordOf } from "../../engine/evaluate/intrinsics/raw.ts";
import { type DataRecord, type DataValue, Known, Lack, OpenList } from "../../language/core/data.ts";
import { pairRuns as numRuns, patience } from "./runs.ts";

const names = ["npm/a", "npm/%40org/a", "npm/b", "pypi/a_b", "pypi/a-b", "golang/x.org/a", "deb/debian/a", "rpm/redhat/a", "maven/org/a"];
const versions = ["", "@1.0.0", "@v1.0.0", "@2.0.0", "@1:2-3", "@0:2-3", "@2-3"];
const qualifiers = [
  "",
  "",
  "",
  "?arch=amd64",
  "?arch=arm64",
  "?distro=debian-12",
  "?distro=debian-12.4",
  "?distro=debian-11",
  "?epoch=1",
  "?arch=amd64&distro=debian-12",
  "?distro=redhat-9",
  "?distro=rhel-9",
];
const lack = fc.constantFrom(new Lack("missing", "nobody says"), new Lack("transient", "no answer"));
const flag = fc.oneof({ weight: 5, arbitrary: fc.constantFrom<DataValue>(true, false, undefined, null, new Known(true)) }, lack);
const word = fc.oneof({ weight: 5, arbitrary: fc.constantFrom<DataValue>("x", "x", "y", undefined) }, lack);
const version = fc.constantFrom(undefined, undefined, "1.0.0", "2-3");

/** A bill of materials and a scan of few packages, so that they meet. */
const documents = fc
  .tuple(fc.subarray(names, { minLength: 1, maxLength: 2 }), fc.subarray(versions, { minLength: 2, maxLength: 3 }))
  .chain(([ofNames, ofVersions]) => {
    const purl = fc
      .tuple(fc.constantFrom(...ofNames), fc.constantFrom(...ofVersions), fc.constantFrom(...qualifiers))
      .map(([name, own, rest]) => `pkg:${name}${own}${rest}`);
    const anyPurl = fc.oneof({ weight: 12, arbitrary: purl }, fc.constantFrom(undefined, "npm:a", ""));
    const component = fc.record({ purl: anyPurl, version, present: flag, direct: flag, optional: flag, supplier: word });
    const scanned = fc.record({ name: fc.constant("scanned"), purl: anyPurl, version });
    const finding = fc.record({ id: fc.constantFrom("CVE-2026-1", "CVE-2026-2"), installed: version, component: scanned });
    return fc.record({
      components: fc.array(component, { maxLength: 8 }),
      findings: fc.array(finding, { maxLength: 5 }),
      isOpen: fc.boolean(),
    });
  });

/** What a finding and a component are compared by; undefined: it names no package. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly arch: string | undefined;
  readonly distro: string | undefined;
}

function packageOf(text: DataValue, beside: DataValue): Package | undefined {
  if (typeof text !== "string" || !text.startsWith("pkg:")) return undefined;
  const read = PackageURL.fromString(text);
  const own = read.version ?? (typeof beside === "string" ? beside : "");
  const distro = read.qualifiers?.["distro"];
  return {
    name: [read.type, read.namespace, read.name].join("\n"),
    version: versionAsAll(read.type, own, read.qualifiers?.["epoch"]),
    arch: read.qualifiers?.["arch"],
    distro: distro?.startsWith("redhat-") ? distro.replace("redhat-", "rhel-") : distro,
  };
}

/** Tools write Go versions with or without `v`, and the epoch of Linux packages in the version, beside it, or not where it is 0. */
function versionAsAll(type: string, text: string, beside: string | undefined): string {
  if (type === "golang") return text.replace(/^v(?=\d)/, "");
  if (type !== "deb" && type !== "rpm") return text;
  const [epoch, rest] = text.includes(":") ? text.split(":", 2) : [beside ?? "0", text];
  return `${Number(epoch)}:${rest}`;
}

function isOne(a: Package, b: Package): boolean {
  const both = (x: string | undefined, y: string | undefined, same: (x: string, y: string) => boolean) =>
    x === undefined || y === undefined || same(x, y);
  const distro = (x: string, y: string): boolean => x === y || x.startsWith(`${y}.`) || y.startsWith(`${x}.`);
  return a.name === b.name && a.version === b.version && both(a.arch, b.arch, (x, y) => x === y) && both(a.distro, b.distro, distro);
}

/** A value, or why there is none: any of these causes. */
type Said = { readonly value: unknown } | { readonly causes: readonly string[] };

function said(raw: DataValue): Said {
  if (raw instanceof Lack) return { causes: [raw.cause] };
  return { value: raw instanceof Known ? raw.value : (raw ?? undefined) };
}

const missing: Said = { causes: ["missing"] };

/** `or` of what each says: a component that is there once is there. */
function any(all: readonly Said[]): Said {
  if (all.some((one) => "value" in one && one.value === true)) return { value: true };
  const open = all.flatMap((one) => ("causes" in one ? one.causes : one.value === false ? [] : ["missing"]));
  return open.length > 0 ? { causes: open } : { value: false };
}

/** Only what all say alike is known; where some say nothing and others disagree, it is both (semantics, section 8). */
function agreed(all: readonly Said[]): Said {
  const values = new Set(all.flatMap((one) => ("value" in one && one.value !== undefined ? [one.value] : [])));
  const unknown = all.flatMap((one) => ("causes" in one ? one.causes : one.value === undefined ? ["missing"] : []));
  const causes = values.size > 1 ? [...unknown, "conflict"] : unknown;
  return causes.length > 0 ? { causes } : { value: [...values][0] };
}

function naive(one: DataRecord, components: readonly DataRecord[], unsettled: string | undefined): Readonly<Record<string, Said>> {
  const own = recordOf(one["component"]) ?? {};
  const named = packageOf(own["purl"], one["installed"] ?? own["version"]);
  const found = components.filter((each) => {
    const other = packageOf(each["purl"], each["version"]);
    return named !== undefined && other !== undefined && isOne(named, other);
  });
  if (found.length === 0) return { name: { value: "scanned" }, present: unsettled === undefined ? missing : { causes: [unsettled] } };
  const field = (name: string): readonly Said[] => found.map((each) => said(each[name]));
  const present = field("present").map((value): Said => ("value" in value && value.value === undefined ? { value: true } : value));
  const optional = field("optional");
  const isOptional = optional.every((value) => "value" in value && value.value === true);
  const open = optional.flatMap((value) => ("causes" in value ? value.causes : []));
  const [only] = found;
  const alone = found.length === 1 && only !== undefined;
  return {
    name: { value: undefined },
    present: alone ? (present[0] ?? missing) : any(present),
    direct: alone ? said(only["direct"]) : any(field("direct")),
    optional: alone ? said(only["optional"]) : isOptional ? { value: true } : open.length > 0 ? { causes: open } : { value: false },
    supplier: alone ? said(only["supplier"]) : agreed(field("supplier")),
  };
}

/** One cause stands for all, and `missing` for no other: that is the only one which `otherwise` and `known` see through. */
function isSame(found: Said, wanted: Said): boolean {
  const [ours, theirs] = [causesOf(found), causesOf(wanted)];
  if (ours.length === 0 || theirs.length === 0)
    return ours.length === theirs.length && "value" in found && "value" in wanted && found.value === wanted.value;
  return ours.every((cause) => theirs.includes(cause)) && isMissing(ours) === isMissing(theirs);
}

function causesOf(one: Said): readonly string[] {
  return "causes" in one ? one.causes : one.value === undefined ? ["missing"] : [];
}

function isMissing(causes: readonly string[]): boolean {
  return causes.every((cause) => cause === "missing");
}

it(
  "findings are joined with the components that reading each beside each finds, and read as these agree",
  () => {
    const tally = { none: 0, some: 0 };
    fc.assert(
      fc.property(documents, ({ components, findings, isOpen }) => {
        const listed = isOpen ? new OpenList(components, true, [new Lack("transient", "no answer")]) : components;
        const joined = joinFindings({ components: listed }, { findings });
        const items = membersOf(joined.findings, "findings").items.map((item) => recordOf(item) ?? {});
        expect(items.map((item) => item["id"])).toEqual(findings.map((one) => one["id"]));
        for (const [i, one] of findings.entries()) {
          const ours = recordOf(items[i]?.["component"]) ?? {};
          const theirs = naive(one, components, isOpen ? "transient" : undefined);
          for (const [name, wanted] of Object.entries(theirs)) {
            const found = said(ours[name]);
            if (!isSame(found, wanted))
              throw new Error(`${name}: the engine says ${JSON.stringify(found)}, the naive reading ${JSON.stringify(wanted)}`);
          }
          tally[Object.keys(theirs).length === 2 ? "none" : "some"]++;
        }
        const matched = findings.filter((one) => Object.keys(naive(one, components, undefined)).length > 2).length;
        expect([joined.matched, joined.unmatched]).toEqual([matched, findings.length - matched]);
      }),
      { numRuns },
    );
    expect(tally.some).toBeGreaterThan(numRuns / 5);
    expect(tally.none).toBeGreaterThan(numRuns / 5);
  },
  patience,
);
