/**
 * The dependency graph of a bill of materials, read upwards: by which ways a component comes into the product. Built when
 * a VEX statement about a product in between asks for it, and once for all findings of one bill of materials.
 */
import { type DataRecord, type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import { recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";

/** Where a finding stands: components of the graph that it cannot tell apart, in groups that many places share. */
export class Place {
  readonly graph: DependencyGraph;
  readonly #groups: readonly (readonly DataRecord[])[];

  constructor(graph: DependencyGraph, groups: readonly (readonly DataRecord[])[]) {
    this.graph = graph;
    this.#groups = groups;
  }

  /** Whether it is one component of the bill of materials, and no other. */
  get isSingle(): boolean {
    return this.#groups.length === 1 && this.#groups[0]?.length === 1;
  }

  /** How many they are. */
  get size(): number {
    return this.#groups.reduce((sum, group) => sum + group.length, 0);
  }

  /** Made anew each time: a hostile bill of materials has places without number that have thousands of components. */
  instances(): readonly DataRecord[] {
    return this.#groups.length === 1 ? (this.#groups[0] ?? nobody) : this.#groups.flat();
  }
}

const nobody: readonly DataRecord[] = [];
const places = new WeakMap<DataRecord, Place>();

/** Remembers where a component stands that findings share: a join makes new records of those of the document. */
export function rememberPlace(component: DataRecord, place: Place): void {
  places.set(component, place);
}

/** Undefined: no bill of materials was joined, or none of its components matched. */
export function placeOf(component: DataRecord): Place | undefined {
  return places.get(component);
}

interface Edges {
  /** What depends on a component. */
  readonly parents: ReadonlyMap<DataRecord, readonly DataRecord[]>;
  /** Components that something leads to from the root, or from what nothing depends on. */
  readonly reached: ReadonlySet<DataRecord>;
  readonly unsettled: string | undefined;
}

export class DependencyGraph {
  readonly root: DataRecord | undefined;
  /** The root among them. */
  readonly components: readonly DataRecord[];
  readonly #doubt: string | undefined;
  readonly #countNames: () => ReadonlyMap<string, number>;
  #names: ReadonlyMap<string, number> | undefined;
  #edges: Edges | undefined;

  /** `names`: how many components there are of each package, by `PackageName.name`; `doubt`: why the list of components is not settled. */
  constructor(components: readonly DataValue[], root: DataValue, names: () => ReadonlyMap<string, number>, doubt?: string) {
    this.#countNames = names;
    this.root = recordOf(root);
    const records = components.map(recordOf).filter((record) => record !== undefined);
    this.components = this.root === undefined || records.includes(this.root) ? records : [...records, this.root];
    this.#doubt = doubt;
  }

  /** How many components are of a package, of whatever version; of the root nothing is counted that is not in the list too. */
  countOf(name: string): number {
    this.#names ??= this.#countNames();
    return this.#names.get(name) ?? 0;
  }

  /** Why there may be other ways than those listed: a list of dependencies is incomplete or cannot be read. */
  get unsettled(): string | undefined {
    return this.#doubt ?? this.#known().unsettled;
  }

  /** Everything that a way from one of the components to the root leads over, these included. */
  above(components: Iterable<DataRecord>): ReadonlySet<DataRecord> {
    const { parents } = this.#known();
    const seen = new Set(components);
    for (const at of seen) for (const parent of parents.get(at) ?? nobody) seen.add(parent);
    return seen;
  }

  /**
   * A way from one of the components to the root that leads over none of `cut`, from the root down; undefined: there is
   * none. What nothing depends on, or only what depends on itself, is taken for a part of the root.
   */
  wayAround(components: readonly DataRecord[], cut: ReadonlySet<DataRecord>): readonly DataRecord[] | undefined {
    if (this.root !== undefined && cut.has(this.root)) return undefined;
    const { parents, reached } = this.#known();
    const from = new Map<DataRecord, DataRecord | undefined>();
    for (const component of components) if (!cut.has(component)) from.set(component, undefined);
    for (const at of from.keys()) {
      const above = parents.get(at) ?? nobody;
      if (at === this.root || above.length === 0 || !reached.has(at)) return this.#wayDown(at, from);
      for (const parent of above) if (!cut.has(parent) && !from.has(parent)) from.set(parent, at);
    }
    return undefined;
  }

  #wayDown(top: DataRecord, from: ReadonlyMap<DataRecord, DataRecord | undefined>): readonly DataRecord[] {
    const way: DataRecord[] = top === this.root || this.root === undefined ? [] : [this.root];
    for (let at: DataRecord | undefined = top; at !== undefined; at = from.get(at)) way.push(at);
    return way;
  }

  #known(): Edges {
    this.#edges ??= edgesOf(this.components, this.root);
    return this.#edges;
  }
}

function edgesOf(components: readonly DataRecord[], root: DataRecord | undefined): Edges {
  const known = new Set(components);
  let byId: Map<string, DataRecord> | undefined;
  const resolve = (item: DataValue): DataRecord | undefined => {
    const record = recordOf(item);
    if (record === undefined || known.has(record)) return record;
    byId ??= new Map(components.flatMap((one) => (textOf(one["id"]) === undefined ? [] : [[textOf(one["id"]) ?? "", one] as const])));
    return byId.get(textOf(record["id"]) ?? "");
  };
  const parents = new Map<DataRecord, DataRecord[]>();
  const children = new Map<DataRecord, DataRecord[]>();
  let unsettled: string | undefined;
  for (const component of components) {
    const { items, doubt } = dependenciesOf(component);
    if (doubt !== undefined) unsettled ??= doubt;
    const below: DataRecord[] = [];
    for (const item of items) {
      const child = resolve(item);
      if (child === undefined) {
        unsettled ??= `\`${textOf(component["name"]) ?? "a component"}\` depends on something that is not in the list of components`;
        continue;
      }
      below.push(child);
      const above = parents.get(child);
      if (above === undefined) parents.set(child, [component]);
      else above.push(component);
    }
    if (below.length > 0) children.set(component, below);
  }
  const reached = new Set(components.filter((component) => component === root || !parents.has(component)));
  for (const at of reached) for (const child of children.get(at) ?? nobody) reached.add(child);
  return { parents, reached, unsettled };
}

const nothing: readonly DataValue[] = [];

function dependenciesOf(component: DataRecord): { readonly items: readonly DataValue[]; readonly doubt: string | undefined } {
  const list = component["dependencies"];
  if (list instanceof OpenList) return { items: list.items, doubt: list.lacks[0]?.detail };
  if (list instanceof Lack) return { items: nothing, doubt: list.cause === "missing" ? undefined : list.detail };
  return { items: Array.isArray(list) ? (list as readonly DataValue[]) : nothing, doubt: undefined };
}
