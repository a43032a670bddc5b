/**
 * `vuln.findings(Bom, Scan) -> List<Finding>`: the findings of a scan on the components of an SBOM.
 *
 * Joined by purl type, namespace, name and version, then by `arch` and `distro` where both give them (library.md,
 * "Findings"). One pass over each side: components are hashed.
 */
import { type DataRecord, type DataValue, Lack, type OpenList } from "../../../language/core/data.ts";
import { DependencyGraph, Place, rememberPlace } from "../../decide/vex/graph.ts";
import { asOneComponent } from "./components.ts";
import { compatible, compatibleDistro, type PackageName, packageOf } from "./package-key.ts";
import { listOf, membersOf, type PurlReader, purlReader, recordOf, textOf } from "./raw.ts";

export interface JoinedFindings {
  /**
   * Every finding of the scan, in its order. Where a component of the SBOM matches, the finding has that component,
   * `present` unless the SBOM says otherwise; where none does, it keeps its own, with `present` missing. Open for the
   * reasons that `scan.findings` has, and for those of `bom.components` other than undeclared completeness.
   */
  readonly findings: readonly DataValue[] | OpenList;
  readonly matched: number;
  readonly unmatched: number;
}

/** Joins; both records are present ones. Components that share what is joined by count as one (`asOneComponent`). */
export function joinFindings(bom: DataRecord, scan: DataRecord): JoinedFindings {
  const components = membersOf(bom["components"], "components");
  const findings = membersOf(scan["findings"], "findings");
  const readPurl = purlReader();
  const unsettled = components.lacks.find((lack) => lack.cause !== "missing") ?? components.lacks[0];
  const graph = new DependencyGraph(components.items, bom["root"], () => index.countNames(), unsettled?.detail);
  const index: ComponentIndex = new ComponentIndex(graph, readPurl);
  let matched = 0;
  const items = findings.items.map((item): DataValue => {
    const finding = recordOf(item);
    if (finding === undefined) return item;
    const own = recordOf(finding["component"]) ?? {};
    const named = packageOf(own["purl"], textOf(finding["installed"]) ?? textOf(own["version"]), readPurl);
    const found = named === undefined ? undefined : index.find(named);
    if (found === undefined) {
      const present = unsettled ?? (named === undefined ? unnamed : unknownToBom);
      return { ...finding, component: { ...own, present } };
    }
    matched++;
    return { ...finding, component: found };
  });
  const lacks = components.lacks.length === 0 ? findings.lacks : [...findings.lacks, ...components.lacks];
  return { findings: listOf({ items, undeclared: findings.undeclared, lacks }), matched, unmatched: items.length - matched };
}

const unknownToBom = new Lack("missing", "no component of the SBOM has the purl and version of the finding");
const unnamed = new Lack("missing", "the finding names no purl to look up in the SBOM");

/** Components of one type, namespace, name and version that agree on `arch` and `distro`. */
interface Variant {
  /** Of the package. */
  readonly name: string;
  readonly arch: string | undefined;
  readonly distro: string | undefined;
  readonly components: DataRecord[];
  /** All of them as one, once it was asked for. */
  joined: DataRecord | undefined;
}

/** More variants of one version than this are not told apart, so that a hostile SBOM costs no more than a large one. */
const mostVariants = 64;

/** More components than this are joined by their variants. */
const mostUnited = 64;

class ComponentIndex {
  readonly #variants = new Map<string, Variant[]>();
  readonly #answers = new Map<string, DataRecord | undefined>();
  readonly #readPurl: PurlReader;
  readonly #graph: DependencyGraph;

  constructor(graph: DependencyGraph, readPurl: PurlReader) {
    this.#readPurl = readPurl;
    this.#graph = graph;
    graph.components.forEach((component) => {
      this.#add(component);
    });
  }

  #add(component: DataRecord): void {
    const named = packageOf(component["purl"], textOf(component["version"]), this.#readPurl);
    if (named === undefined) return;
    const variants = this.#variants.get(named.key);
    const full = variants !== undefined && variants.length >= mostVariants;
    const arch = full ? undefined : named.arch;
    const distro = full ? undefined : named.distro;
    const known = variants?.find((variant) => variant.arch === arch && variant.distro === distro);
    if (known !== undefined) known.components.push(component);
    else if (variants !== undefined) variants.push({ name: named.name, arch, distro, components: [component], joined: undefined });
    else this.#variants.set(named.key, [{ name: named.name, arch, distro, components: [component], joined: undefined }]);
  }

  /** How many components there are of each package, of all versions. */
  countNames(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const variants of this.#variants.values())
      for (const { name, components } of variants) counts.set(name, (counts.get(name) ?? 0) + components.length);
    return counts;
  }

  /** The component that a finding on a package is about. */
  find({ key, arch, distro }: PackageName): DataRecord | undefined {
    const variants = this.#variants.get(key);
    if (variants === undefined) return undefined;
    const [only] = variants;
    if (only !== undefined && variants.length === 1) {
      return compatible(only.arch, arch) && compatibleDistro(only.distro, distro) ? this.#joined(only) : undefined;
    }
    const question = JSON.stringify([key, arch, distro]);
    if (this.#answers.has(question)) return this.#answers.get(question);
    const matching = variants.filter((variant) => compatible(variant.arch, arch) && compatibleDistro(variant.distro, distro));
    const [first] = matching;
    const found =
      first === undefined
        ? undefined
        : matching.length === 1
          ? this.#joined(first)
          : this.#placed(
              this.#united(matching),
              matching.map(({ components }) => components),
            );
    this.#answers.set(question, found);
    return found;
  }

  /** Very many are not looked at again for each question. */
  #united(variants: readonly Variant[]): DataRecord {
    const count = variants.reduce((sum, { components }) => sum + components.length, 0);
    return count <= mostUnited
      ? asOneComponent(variants.flatMap(({ components }) => components))
      : asOneComponent(
          variants.map((variant) => this.#joined(variant)),
          true,
        );
  }

  #joined(variant: Variant): DataRecord {
    variant.joined ??= this.#placed(asOneComponent(variant.components), [variant.components]);
    return variant.joined;
  }

  /** What is said of a component in between counts for what depends on it: VEX is told where the component stands. */
  #placed(component: DataRecord, groups: readonly (readonly DataRecord[])[]): DataRecord {
    rememberPlace(component, new Place(this.#graph, groups));
    return component;
  }
}
