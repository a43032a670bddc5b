/** What findings ask of the statements, and how components and subjects may be named there. */
import { type DataRecord, type DataValue, origin } from "../../../language/core/data.ts";
import type { Cpe } from "../../../language/domains/cpe.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { idReader } from "../../evaluate/intrinsics/aliases.ts";
import { packageOf, purlText } from "../../evaluate/intrinsics/package-key.ts";
import { membersOf, recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";
import { type Place, placeOf } from "./graph.ts";
import { within } from "./nested.ts";
import { bomKey, bomLink, canonicalDigest, cpeOf, isComparable, linkKey, ownLink } from "./product.ts";
import type { Named } from "./product-match.ts";
import { type Several, severalOf } from "./several.ts";
import { cpeKeysOf, nameKey, purlNameKey, type VexIndex, versionedKey, vulnerabilitiesOf } from "./statement-index.ts";
import type { VexSubject } from "./subject.ts";

/** The keys under which statements may name a package: of every version, of its own, of any where that is not known. */
function packageKeys(index: VexIndex, purl: DataValue, version: string | undefined): readonly string[] {
  const named = packageOf(purl, version, index.readPurl);
  if (named === undefined) return nobody;
  const name = purlNameKey(named.name);
  const text = named.key.slice(named.name.length + 1);
  const ecosystem = named.name.slice(0, named.name.indexOf("/"));
  const known = text !== "" && isComparable(ecosystem, text);
  return known ? [name, versionedKey(name, ecosystem, text)] : [name, ...(index.versioned.get(name) ?? nobody)];
}

const nobody: readonly string[] = [];

/** What some statement is about of the ids of findings; one object for all findings of the same ids. */
export interface Spoken {
  /** Alias classes, in each tier. */
  readonly vulnerabilities: readonly string[];
  /** The ids, for each tier by whose words they lead to more than one CVE. */
  readonly several: readonly (Several | undefined)[];
}

/** What a finding asks of the index. */
export interface VexQuestion extends Spoken {
  readonly component: DataRecord;
  /** Where the purl has none. */
  readonly version: string | undefined;
  /** Where the component stands in its bill of materials, if that is known. */
  readonly place: Place | undefined;
}

/**
 * A reader of what statements are about of the vulnerabilities of findings; undefined: none is about any. It lives as long as
 * one decision: it holds every id that it has seen.
 */
export function spokenReader(index: VexIndex): (finding: DataRecord) => Spoken | undefined {
  const readIds = idReader();
  const seen = new Map<readonly string[], Spoken>();
  return (finding) => {
    const ids = readIds(finding, "id");
    let spoken = seen.get(ids);
    if (spoken === undefined) {
      const vulnerabilities = spokenOf(index, ids);
      spoken = { vulnerabilities, several: vulnerabilities.length === 0 ? single : severalIn(index, ids) };
      seen.set(ids, spoken);
    }
    return spoken.vulnerabilities.length === 0 ? undefined : spoken;
  };
}

/** What a finding asks; `spoken` is what statements are about of its ids. */
export function questionOf(finding: DataRecord, { vulnerabilities, several }: Spoken): VexQuestion {
  const component = recordOf(finding["component"]) ?? noComponent;
  const version = textOf(finding["installed"]) ?? textOf(component["version"]);
  return { vulnerabilities, several, component, version, place: placeOf(component) };
}

/** `severalOf` for each tier, with what its statements take for names of what the ids name. */
function severalIn({ classes, cves }: VexIndex, ids: readonly string[]): readonly (Several | undefined)[] {
  const [only = ""] = ids;
  if (ids.length === 1 && classes.every((own, tier) => isAlone(only, cves[tier]?.get(own.of(only))))) return single;
  const all = classes.map((own, tier) =>
    severalOf(
      ids,
      ids.flatMap((id) => [...(cves[tier]?.get(own.of(id)) ?? nobody)]),
    ),
  );
  return all.some((one) => one !== undefined) ? all : single;
}

const single: readonly undefined[] = [];

/** Whether the name leads to no CVE, to itself, or from no CVE to one. */
function isAlone(id: string, taken: ReadonlySet<string> | undefined): boolean {
  return taken === undefined || taken.size === 0 || (taken.size === 1 && (taken.has(id) || !id.startsWith("CVE-")));
}

/** The alias classes of ids, in each tier, that some statement is about. */
function spokenOf(index: VexIndex, ids: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let tier = 0; tier < index.classes.length; tier++) {
    for (const vulnerability of vulnerabilitiesOf(index.classes, tier, ids)) {
      if (index.entries.has(vulnerability)) found.push(vulnerability);
    }
  }
  return found.sort();
}

const noComponent: DataRecord = {};

/**
 * Findings of the same ids, the same component and one key are one question. The component is the same by its purl, or by `identity`
 * where its place in a bill of materials counts.
 */
export function keyOfQuestion({ kinds }: VexIndex, question: VexQuestion, identity: (record: DataRecord) => number): string {
  const { component, version = "", place } = question;
  if (place !== undefined || kinds.size === 0) return version;
  const hashes = readsDigests(kinds) && component["hashes"] !== undefined ? identity(component) : 0;
  const id = kinds.has("link") ? [component["id"], component[origin]?.document.digest] : [];
  const cpe = kinds.has("cpe") ? textOf(component["cpe"]) : "";
  return JSON.stringify([version, hashes, id, kinds.has("name") ? namesOf(component) : [], cpe]);
}

/** The full name of a component, and without its group if it has one: what others have too. */
function namesOf(component: DataRecord): readonly string[] {
  const [name, group] = [textOf(component["name"]), textOf(component["group"])];
  if (name === undefined) return nobody;
  return group === undefined ? [name] : [`${group}/${name}`, name];
}

/** Names of components and subjects, as statements may have them. */
export class Names {
  readonly #index: VexIndex;
  /** By document: the bill of materials that it is, as BOM-Links name it. */
  readonly #boms: ReadonlyMap<string, string>;
  readonly #packages = new Map<string, Map<string, readonly string[]>>();
  readonly #cpes = new Map<string, Cpe>();
  readonly subject: readonly Named[];
  readonly subjectKeys: readonly string[];

  constructor(index: VexIndex, subject: VexSubject) {
    this.#index = index;
    const boms = subject.boms ?? [];
    this.#boms = new Map(
      boms.flatMap(({ document, serial, version }) => (serial === undefined ? [] : [[document, bomKey(serial, version ?? 1)] as const])),
    );
    const { digests, purl, repository, tag } = subject;
    const own: Named = { purl, version: undefined, names: nobody, digests, repository, tag, links: [] };
    this.subject = [own, ...boms.map((bom) => this.#asRoot(own, bom.document, bom.root))];
    this.subjectKeys = [...new Set(this.subject.flatMap((named) => this.#subjectKeys(named)))];
  }

  /** Whether a bill of materials is at hand: its serial number and version, as `bomKey` has them. */
  isAtHand(bom: string): boolean {
    for (const known of this.#boms.values()) if (known === bom) return true;
    return false;
  }

  /** The root of a bill of materials is another name for the subject; its digests are the subject's own. */
  #asRoot(own: Named, document: string, root: DataRecord | undefined): Named {
    const bom = this.#boms.get(document);
    const links = [...(bom === undefined ? [] : [bom]), ...(root === undefined ? [] : this.#linksOf(root))];
    const purl = root === undefined ? undefined : this.#index.readPurl(root["purl"]);
    const cpe = root === undefined ? undefined : this.#cpeOf(root);
    return {
      ...{ ...own, purl: purl ?? own.purl, version: textOf(root?.["version"]), names: namesOf(root ?? noComponent), links },
      ...(cpe === undefined ? {} : { cpes: [cpe] }),
    };
  }

  #subjectKeys(named: Named): readonly string[] {
    const keys = named.digests.map((digest) => `d:${digest}`);
    if (named.repository !== undefined) keys.push(`r:${named.repository}`);
    for (const link of named.links) keys.push(`l:${link}`);
    for (const name of named.names) keys.push(nameKey(name));
    for (const cpe of named.cpes ?? []) keys.push(...cpeKeysOf(cpe));
    if (named.purl !== undefined) keys.push(...packageKeys(this.#index, named.purl.text, named.version));
    return keys;
  }

  /** Keys of a component; `version` is used where its purl has none. `place` is as for `of`. */
  keysOf(component: DataRecord, version: string | undefined, place?: Place): readonly string[] {
    const { kinds } = this.#index;
    const packages = this.#packageKeys(component["purl"], version);
    if (kinds.size === 0) return packages;
    const keys = [...packages];
    if (kinds.has("digest")) for (const digest of this.#digestsOf(component)) keys.push(`d:${digest}`);
    if (kinds.has("link"))
      for (const one of instancesOf(component, place))
        for (const link of [...this.#linksOf(one), ...this.#statedLinksOf(one)]) keys.push(`l:${link}`);
    if (kinds.has("name")) for (const name of namesOf(component)) keys.push(nameKey(name));
    if (kinds.has("cpe")) for (const cpe of this.#cpesOf(instancesOf(component, place))) keys.push(...cpeKeysOf(cpe));
    return keys;
  }

  /** The same package has several findings. */
  #packageKeys(purl: DataValue, version: string | undefined): readonly string[] {
    const versions = within(this.#packages, purlText(purl) ?? "");
    let keys = versions.get(version ?? "");
    if (keys === undefined) {
      keys = packageKeys(this.#index, purl, version);
      versions.set(version ?? "", keys);
    }
    return keys;
  }

  /** `place` is where it stands: where that is several components, none of their names is its own. */
  of(component: DataRecord, version: string | undefined, place?: Place): Named {
    return this.#named(component, version, place, place !== undefined);
  }

  /** A component of a bill of materials that was joined. */
  ofNode(component: DataRecord): Named {
    return this.#named(component, textOf(component["version"]), undefined, true);
  }

  #named(component: DataRecord, version: string | undefined, place: Place | undefined, isListed: boolean): Named {
    const { kinds } = this.#index;
    const instances = kinds.has("link") ? instancesOf(component, place) : [];
    const links = instances.map((one) => this.#linksOf(one));
    const stated = instances.flatMap((one) => this.#statedLinksOf(one));
    const named = {
      purl: this.#index.readPurl(component["purl"]),
      version,
      names: namesOf(component),
      digests: readsDigests(this.#index.kinds) ? this.#digestsOf(component) : nobody,
      links: links.length === 1 ? (links[0] ?? nobody) : nobody,
      ...(links.length > 1 ? { someLinks: links.flat() } : {}),
      ...(stated.length > 0 ? { statedLinks: stated } : {}),
    };
    if (!kinds.has("cpe")) return named;
    const all = instancesOf(component, place);
    return { ...named, cpes: this.#cpesOf(all), cpeDoubt: this.#doubtOfCpe(component, all.length, isListed) };
  }

  /** Scanners guess the CPEs of packages by their names: what counts is the word of a bill of materials about what no ecosystem names. */
  #doubtOfCpe(component: DataRecord, instances: number, isListed: boolean): string | undefined {
    if (!isListed) return "the CPE of the component is a scanner's guess";
    if (instances > 1) return "the finding cannot tell apart several components that have the CPE or may have it";
    const purl = component["purl"];
    const isUnnamed = purl === undefined || purl === null || this.#index.readPurl(purl)?.type === "generic";
    return isUnnamed ? undefined : "the component is a package of an ecosystem: CPEs of such are guessed by their names";
  }

  /** Each once. */
  #cpesOf(components: readonly DataRecord[]): readonly Cpe[] {
    const found = new Set<Cpe>();
    for (const component of components) {
      const cpe = this.#cpeOf(component);
      if (cpe !== undefined) found.add(cpe);
    }
    return [...found];
  }

  #cpeOf(component: DataRecord): Cpe | undefined {
    const text = this.#index.kinds.has("cpe") ? textOf(component["cpe"]) : undefined;
    if (text === undefined) return undefined;
    const cpe = this.#cpes.get(text) ?? cpeOf(text);
    if (cpe !== undefined) this.#cpes.set(text, cpe);
    return cpe;
  }

  #linksOf(component: DataRecord): readonly string[] {
    const id = textOf(component["id"]);
    if (id === undefined) return nobody;
    const place = component[origin];
    const own = ownLink(place, id);
    const bom = place === undefined ? undefined : this.#boms.get(place.document.digest);
    // What a finding of another document calls its component may be a BOM-Link itself.
    const foreign = bomLink(id);
    const links = own === undefined ? [] : [own];
    if (bom !== undefined) links.push(linkKey(bom, id));
    if (foreign !== undefined && this.isAtHand(foreign.bom)) links.push(linkKey(foreign.bom, foreign.ref));
    return links;
  }

  /** Anybody can call a component by the name that another bill of materials has for its own: without that one, nothing tells whether it is. */
  #statedLinksOf(component: DataRecord): readonly string[] {
    const foreign = bomLink(textOf(component["id"]) ?? "");
    return foreign === undefined || this.isAtHand(foreign.bom) ? nobody : [linkKey(foreign.bom, foreign.ref)];
  }

  #digestsOf(component: DataRecord): readonly string[] {
    const purl = readsDigests(this.#index.kinds) ? this.#index.readPurl(component["purl"]) : undefined;
    const image = purl?.type === "oci" && purl.version !== undefined ? canonicalDigest(purl.version) : undefined;
    const found = image === undefined ? [] : [image];
    const hashes = component["hashes"];
    if (hashes === undefined || hashes === null) return found;
    for (const item of membersOf(hashes, "hashes").items) {
      const hash = recordOf(item);
      const digest = digestOf(textOf(hash?.["algorithm"]) ?? "", textOf(hash?.["value"]) ?? "");
      if (digest.ok) found.push(digest.value);
    }
    return found;
  }
}

/** A digest tells of what a link names which it is, also where no statement names one. */
function readsDigests(kinds: VexIndex["kinds"]): boolean {
  return kinds.has("digest") || kinds.has("link");
}

/** The records of the document that a component stands for: those that a join made one, or itself. */
function instancesOf(component: DataRecord, place: Place | undefined): readonly DataRecord[] {
  return place === undefined || place.isSingle ? [component] : place.instances();
}
